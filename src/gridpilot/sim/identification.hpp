#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/units.hpp"

namespace gridpilot::sim {

/// What every family answers to the AA55 identification read: 77 bytes, texts padded with blanks.
struct Identification {
  std::string_view firmware;           ///< 5 characters at 0
  std::string_view model;              ///< 10 at 5
  std::string_view serial;             ///< 16 at 31
  std::string_view arm_firmware = {};  ///< 12 at 51
};
[[nodiscard]] inline std::vector<std::uint8_t> identification_of(const Identification& identification) {
  std::vector<std::uint8_t> data(77, 0);
  const auto put = [&data](std::size_t at, std::size_t length, std::string_view text) {
    for (std::size_t i = 0; i < length; ++i) data[at + i] = static_cast<std::uint8_t>(i < text.size() ? text[i] : ' ');
  };
  put(0, 5, identification.firmware);
  put(5, 10, identification.model);
  put(31, 16, identification.serial);
  put(51, 12, identification.arm_firmware);
  return data;
}

/// "9010KETU000W0001": the rating at 2 to 5, a tag of three letters at 6 to 8, as the maker numbers its units.
[[nodiscard]] inline std::string serial_of(Power rating, std::string_view tag) {
  char text[32];
  const int kilowatts = std::clamp(static_cast<int>(std::lround(in_kilowatts(rating))), 1, 999);
  std::snprintf(text, sizeof text, "9%03dK%.*s000W0001", kilowatts, static_cast<int>(tag.size()), tag.data());
  return text;
}

}  // namespace gridpilot::sim
