#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gridpilot::obs {

/// Keeps secrets out of the log: they are registered when they are read, and masked wherever text leaves.
class Redactor {
 public:
  static constexpr std::string_view mask = "***";

  /// Also masked as it looks in a URL. An empty secret is ignored.
  void add_secret(std::string_view secret);
  /// Each occurrence of each secret replaced by the mask, the longest secret first.
  [[nodiscard]] std::string masked(std::string_view text) const;

 private:
  void add(std::string secret);
  std::vector<std::string> secrets_;  // the longest first
};

}  // namespace gridpilot::obs
