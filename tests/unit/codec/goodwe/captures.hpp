#pragma once

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "unit/codec/goodwe/hex.hpp"

namespace gridpilot::goodwe {

/// A captured frame by its path below api_samples/goodwe; nullopt where the captures are not at hand.
inline std::optional<std::vector<std::uint8_t>> capture(const std::string& name) {
  const char* root = std::getenv("GRIDPILOT_DATA");
  if (root == nullptr) return std::nullopt;
  std::ifstream file(std::string(root) + "/data/api_samples/goodwe/" + name);
  std::string word;
  std::string last;
  while (file >> word) last = word;
  return from_hex(last);
}

}  // namespace gridpilot::goodwe

#define GRIDPILOT_CAPTURE(variable, name)                                                               \
  const auto variable##_maybe = ::gridpilot::goodwe::capture(name);                                     \
  if (!variable##_maybe) GTEST_SKIP() << "Captured frames are not at hand: GRIDPILOT_DATA is not set."; \
  const std::vector<std::uint8_t>& variable = *variable##_maybe
