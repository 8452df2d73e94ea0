#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

struct FetchOptions {
  std::string source;                                    ///< a source of the configuration, or a kind of source
  std::string date;                                      ///< local day; empty: today
  std::optional<std::filesystem::path> configuration{};  ///< absent: the default file, where there is one
  std::string url;                                       ///< asks there instead
  std::string station;                                   ///< of IMGW
  std::vector<std::string> sites;                        ///< of Solcast
  std::string zone;                                      ///< bidding zone
  std::string series;                                    ///< of prices; empty: all that the source has
  std::string currency;                                  ///< that prices are shown in; empty: PLN
  std::optional<std::filesystem::path> key_file{};       ///< the access key in its first line
  bool as_json = false;
};

/// `gridpilot fetch SOURCE`: asks the source now, whatever is remembered, and prints what it says of one local day.
/// done; failed where it does not answer, answers nonsense, or has nothing for that day; bad_input for an unknown
/// source or option.
[[nodiscard]] ExitCode fetch_source(const FetchOptions& options, const Streams& streams);

}  // namespace gridpilot::app
