#pragma once

#include <span>

#include "gridpilot/api/page.hpp"

namespace gridpilot::api {

/// What the build embedded; the definition is generated from the list in this room's CMakeLists.txt.
[[nodiscard]] std::span<const EmbeddedFile> embedded_page_files();

}  // namespace gridpilot::api
