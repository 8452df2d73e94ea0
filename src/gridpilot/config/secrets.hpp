#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "gridpilot/config/section.hpp"

namespace gridpilot::config {

/// Where a path that is written in the configuration lies.
using PlaceOf = std::function<std::filesystem::path(const std::string& written)>;

/// Reads the secret in the first line of the file that `key` names; a file that cannot be read, or is empty, is a
/// problem. Both texts stay as they are where the key is absent.
void read_secret_file(Section& section, const std::string& key, const PlaceOf& place_of, std::string& secret,
                      std::string& file);

}  // namespace gridpilot::config
