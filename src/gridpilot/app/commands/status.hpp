#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "gridpilot/app/commands/exit_code.hpp"
#include "gridpilot/core/result.hpp"

namespace gridpilot::app {

struct StatusOptions {
  std::optional<std::string> url;                        ///< "http://127.0.0.1:8080"; absent: from the configuration
  std::optional<std::filesystem::path> configuration{};  ///< absent: the default file, where there is one
  bool as_json = false;
};

/// `gridpilot status`: asks the running daemon. done; degraded where it is not healthy or a source fails or is stale;
/// not_running where nobody answers within 5 s, or somebody else does.
[[nodiscard]] ExitCode print_status(const StatusOptions& options, const Streams& streams);

struct StatusText {
  std::string table;     ///< lines for a person, in the site's local time
  bool is_well = false;  ///< healthy, and no source fails or is stale
};
/// The API's status document for a person. malformed where it is none.
[[nodiscard]] Result<StatusText> describe_status(std::string_view document);

}  // namespace gridpilot::app
