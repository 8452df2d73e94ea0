#include "gridpilot/config/values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

#include "gridpilot/core/text.hpp"

namespace gridpilot::config {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Digits, at most one point, a sign in front: no exponents, no group separators.
std::size_t number_length(std::string_view text) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  bool point = false;
  while (at < text.size() && ((text[at] >= '0' && text[at] <= '9') || (text[at] == '.' && !point))) {
    point = point || text[at] == '.';
    ++at;
  }
  return at;
}

std::optional<double> decimal(std::string_view text) {
  if (text.empty() || number_length(text) != text.size()) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  return parse_number(text);
}

Result<double> with_unit(std::string_view text, std::span<const Unit> units, std::string_view example) {
  text = trimmed(text);
  std::string allowed;
  for (const Unit& unit : units) allowed += (allowed.empty() ? "" : ", ") + std::string(unit.name);
  const std::string hint = "; write it like '" + std::string(example) + "', units: " + allowed;
  const std::size_t length = number_length(text);
  const auto number = decimal(text.substr(0, length));
  if (!number) return failure(ErrorCode::bad_input, "'" + std::string(text) + "' is not a number with a unit" + hint);
  const std::string_view unit = trimmed(text.substr(length));
  if (unit.empty()) return failure(ErrorCode::bad_input, "'" + std::string(text) + "' has no unit" + hint);
  for (const Unit& known : units)
    if (known.name == unit) return *number * known.factor;
  return failure(ErrorCode::bad_input, "unit '" + std::string(unit) + "' does not fit here" + hint);
}

}  // namespace

Result<Power> parse_power(std::string_view text) {
  static constexpr std::array units{Unit{"W", 1.0}, Unit{"kW", 1000.0}};
  const auto value = with_unit(text, units, "5 kW");
  if (!value) return value.failed();
  return watts(*value);
}

Result<Current> parse_current(std::string_view text) {
  static constexpr std::array units{Unit{"A", 1.0}};
  const auto value = with_unit(text, units, "25 A");
  if (!value) return value.failed();
  return amperes(*value);
}

Result<Energy> parse_energy(std::string_view text) {
  static constexpr std::array units{Unit{"Wh", 0.001}, Unit{"kWh", 1.0}, Unit{"MWh", 1000.0}};
  const auto value = with_unit(text, units, "10 kWh");
  if (!value) return value.failed();
  return kilowatt_hours(*value);
}

Result<Milliseconds> parse_duration(std::string_view text) {
  static constexpr std::array units{Unit{"ms", 1.0}, Unit{"s", 1000.0}, Unit{"min", 60'000.0}, Unit{"h", 3'600'000.0}};
  const auto value = with_unit(text, units, "20 s");
  if (!value) return value.failed();
  if (std::fabs(*value) > 1e12) return failure(ErrorCode::bad_input, "'" + std::string(text) + "' is too long");
  return Milliseconds(std::llround(*value));
}

Result<double> parse_percent(std::string_view text) {
  static constexpr std::array units{Unit{"%", 1.0}};
  return with_unit(text, units, "95 %");
}

Result<double> parse_price_per_kwh(std::string_view text) {
  static constexpr std::array units{Unit{"PLN/kWh", 1.0}, Unit{"PLN/MWh", 0.001}};
  return with_unit(text, units, "0.05 PLN/kWh");
}

Result<double> parse_degrees(std::string_view text) {
  text = trimmed(text);
  for (const std::string_view unit : {"deg", "°"})
    if (text.ends_with(unit)) text = trimmed(text.substr(0, text.size() - unit.size()));
  const auto value = decimal(text);
  if (!value) return failure(ErrorCode::bad_input, "'" + std::string(text) + "' is not an angle; write it like '35'");
  return *value;
}

Result<double> parse_plain_number(std::string_view text) {
  const auto value = decimal(trimmed(text));
  if (!value) return failure(ErrorCode::bad_input, "'" + std::string(text) + "' is not a number");
  return *value;
}

Result<std::int64_t> parse_plain_integer(std::string_view text) {
  const auto value = parse_integer(trimmed(text));
  if (!value) return failure(ErrorCode::bad_input, "'" + std::string(text) + "' is not a whole number");
  return *value;
}

Result<bool> parse_yes_no(std::string_view text) {
  text = trimmed(text);
  if (text == "true" || text == "yes") return true;
  if (text == "false" || text == "no") return false;
  return failure(ErrorCode::bad_input,
                 "'" + std::string(text) + "' is neither yes nor no; allowed: true, false, yes, no");
}

Result<Ratio> parse_factor(std::string_view text) {
  text = trimmed(text);
  double scale = 1e6;
  if (text.ends_with('%')) {
    text = trimmed(text.substr(0, text.size() - 1));
    scale = 1e4;
  }
  const auto value = decimal(text);
  if (!value || std::fabs(*value) > 1e6)
    return failure(ErrorCode::bad_input,
                   "'" + std::string(text) + "' is not a factor; write it like '1.23' or '100 %'");
  return Ratio{std::llround(*value * scale)};
}

Result<std::string> parse_text(std::string_view text) {
  if (text.empty()) return failure(ErrorCode::bad_input, "is empty");
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    return failure(ErrorCode::bad_input, "has control characters");
  return std::string(text);
}

Result<std::string> parse_url(std::string_view text) {
  std::string_view rest = text;
  for (const std::string_view scheme : {"https://", "http://"})
    if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (rest.size() == text.size() || rest.empty() || rest.front() == '/' || !clean)
    return failure(ErrorCode::bad_input,
                   "'" + std::string(text) + "' is not an address of the web; write it like 'https://host/path'");
  while (text.ends_with('/')) text.remove_suffix(1);
  return std::string(text);
}

Result<int> parse_clock(std::string_view text) {
  text = trimmed(text);
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -1; };
  const auto wrong = [&] {
    return failure(ErrorCode::bad_input, "'" + std::string(text) + "' is not a time of day; write it like '06:00'");
  };
  if (text.size() != 5 || text[2] != ':') return wrong();
  for (const std::size_t i : {0U, 1U, 3U, 4U})
    if (digit(i) < 0) return wrong();
  const int hour = digit(0) * 10 + digit(1);
  const int minute = digit(3) * 10 + digit(4);
  if (minute > 59 || hour * 60 + minute > 24 * 60) return wrong();
  return hour * 60 + minute;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto wrong = [&] {
    return failure(ErrorCode::bad_input,
                   "'" + std::string(text) + "' is not an address and a port; write it like '127.0.0.1:8080'");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return wrong();
  std::string_view address = text.substr(0, colon);
  const auto port = parse_integer(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return wrong();
  if (address.front() == '[') {
    if (address.size() < 3 || address.back() != ']') return wrong();
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string_view::npos) {
    return wrong();
  }
  if (address.find_first_of(" \t\r\n/") != std::string_view::npos) return wrong();
  return Endpoint{.address = std::string(address), .port = static_cast<std::uint16_t>(*port)};
}

}  // namespace gridpilot::config
