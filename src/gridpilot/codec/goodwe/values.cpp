#include "gridpilot/codec/goodwe/values.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace gridpilot::goodwe {
namespace {

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto byte = [&out](std::uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xC0U | (code_point >> 6U));
    byte(0x80U | (code_point & 0x3FU));
  } else if (code_point < 0x10000) {
    byte(0xE0U | (code_point >> 12U));
    byte(0x80U | ((code_point >> 6U) & 0x3FU));
    byte(0x80U | (code_point & 0x3FU));
  } else {
    byte(0xF0U | (code_point >> 18U));
    byte(0x80U | ((code_point >> 12U) & 0x3FU));
    byte(0x80U | ((code_point >> 6U) & 0x3FU));
    byte(0x80U | (code_point & 0x3FU));
  }
}

/// nullopt for a surrogate without its partner.
std::optional<std::u32string> utf16be(Bytes bytes) {
  std::u32string out;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    std::uint32_t unit = u16_at(bytes, i);
    if (unit >= 0xDC00 && unit <= 0xDFFF) return std::nullopt;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      if (i + 3 >= bytes.size()) return std::nullopt;
      const std::uint32_t low = u16_at(bytes, i + 2);
      if (low < 0xDC00 || low > 0xDFFF) return std::nullopt;
      unit = 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U);
      i += 2;
    }
    out.push_back(static_cast<char32_t>(unit));
  }
  return out;
}

bool is_blank(char32_t c) {
  return c == U' ' || (c >= 9 && c <= 13) || c == 0x3000;
}

}  // namespace

bool all_ones(Bytes bytes) noexcept {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0xFF; });
}

std::optional<std::string> device_text(Bytes bytes) {
  if (all_ones(bytes)) return std::nullopt;
  const bool has_control = std::ranges::any_of(bytes, [](std::uint8_t byte) { return byte < 32; });
  if (!has_control) {
    if (std::ranges::any_of(bytes, [](std::uint8_t byte) { return byte >= 0x80; })) return lower_hex(bytes);
    std::string out(bytes.begin(), bytes.end());
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  }
  if (std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; })) return std::string();
  if (bytes.size() % 2 != 0) return lower_hex(bytes);
  auto wide = utf16be(bytes);
  if (!wide) return lower_hex(bytes);
  while (!wide->empty() && is_blank(wide->back())) wide->pop_back();
  std::string out;
  for (const char32_t c : *wide)
    if (c != 0) append_utf8(out, static_cast<std::uint32_t>(c));
  return out;
}

std::optional<std::string> timestamp_text(Bytes six_bytes) {
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::year;
  const std::chrono::year_month_day date = year(2000 + six_bytes[0]) / month(six_bytes[1]) / day(six_bytes[2]);
  if (!date.ok() || six_bytes[3] > 23 || six_bytes[4] > 59 || six_bytes[5] > 59) return std::nullopt;
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", 2000 + six_bytes[0],
                                 static_cast<unsigned>(six_bytes[1]), static_cast<unsigned>(six_bytes[2]), six_bytes[3],
                                 six_bytes[4], six_bytes[5]);
  return std::string(text.data(), static_cast<std::size_t>(size));
}

std::string lower_hex(Bytes bytes) {
  std::string out = to_hex(bytes);
  for (char& c : out)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

double rounded(double value, int decimals) noexcept {
  constexpr std::array<double, 4> scales{1.0, 10.0, 100.0, 1000.0};
  const double scale = scales[static_cast<std::size_t>(std::clamp(decimals, 0, 3))];
  return std::nearbyint(value * scale) / scale + 0.0;
}

}  // namespace gridpilot::goodwe
