#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "gridpilot/core/result.hpp"
#include "gridpilot/core/time.hpp"

namespace gridpilot::codec::test {

inline Instant at(const char* text) {
  return parse_rfc3339(text).value();
}
inline Slot slot_at(const char* start) {
  return Slot::containing(at(start));
}

/// A recorded document; empty where the folder of recorded documents is not at hand.
inline std::string recorded(const std::string& name) {
  const char* const data = std::getenv("GRIDPILOT_DATA");
  if (data == nullptr) return {};
  std::ifstream file(std::string(data) + "/data/api_samples/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class T>
void expect_error(const Result<T>& result, ErrorCode code, const std::string& words) {
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(name_of(result.error().code), name_of(code)) << result.error().message;
  EXPECT_THAT(result.error().message, testing::HasSubstr(words));
}

/// The text with one piece replaced; fails where the piece is not in it.
inline std::string with(std::string text, const std::string& piece, const std::string& other) {
  const auto place = text.find(piece);
  EXPECT_NE(place, std::string::npos) << piece;
  if (place != std::string::npos) text.replace(place, piece.size(), other);
  return text;
}

}  // namespace gridpilot::codec::test
