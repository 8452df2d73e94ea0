#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gridpilot::config {

/// One thing wrong in a file, with everything its owner needs to put it right.
struct Problem {
  std::string file;
  int line = 0;     ///< from 1; 0 where the whole file is meant
  std::string key;  ///< "inverter.address"; empty where the file cannot be read at all
  std::string reason;
  std::vector<std::string> allowed;  ///< what may stand there; empty where that is not a list
  std::string nearest;               ///< the allowed word that was perhaps meant; empty where none is near
};

/// "gridpilot.yaml:2: inverter.adress: unknown key; did you mean 'address'? Allowed: address, family, …"
[[nodiscard]] std::string to_text(const Problem& problem);
/// One line each.
[[nodiscard]] std::string to_text(std::span<const Problem> problems);

}  // namespace gridpilot::config
