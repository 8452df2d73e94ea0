#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "gridpilot/core/money.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/core/units.hpp"

namespace gridpilot::config {

// Values as people write them in files: a decimal number, a blank or none, a unit. Every failure is bad_input with a
// sentence that shows a right value and the units that are allowed.

using Milliseconds = std::chrono::milliseconds;

[[nodiscard]] Result<Power> parse_power(std::string_view text);            ///< "5 kW", "4600 W"
[[nodiscard]] Result<Current> parse_current(std::string_view text);        ///< "25 A"
[[nodiscard]] Result<Energy> parse_energy(std::string_view text);          ///< "10 kWh", "800 Wh", "4 MWh"
[[nodiscard]] Result<Milliseconds> parse_duration(std::string_view text);  ///< "20 s", "500 ms", "15 min", "1 h"
[[nodiscard]] Result<double> parse_percent(std::string_view text);         ///< "95 %" → 95
/// "1.5 PLN/kWh", "350 PLN/MWh"; more than nine decimals per kWh are rounded half to even.
[[nodiscard]] Result<double> parse_price_per_kwh(std::string_view text);
[[nodiscard]] Result<double> parse_degrees(std::string_view text);  ///< "35", "35 deg", "35°"

[[nodiscard]] Result<double> parse_plain_number(std::string_view text);  ///< "50.06"
[[nodiscard]] Result<std::int64_t> parse_plain_integer(std::string_view text);
[[nodiscard]] Result<bool> parse_yes_no(std::string_view text);       ///< "true", "false", "yes", "no"
[[nodiscard]] Result<Ratio> parse_factor(std::string_view text);      ///< "1.23", "100 %"
[[nodiscard]] Result<std::string> parse_text(std::string_view text);  ///< not empty, no control characters
/// "https://host[:port]/path" or http, without blanks.
[[nodiscard]] Result<std::string> parse_url(std::string_view text);
/// Minutes of the day: "12:40" → 760; "24:00" is the day's end.
[[nodiscard]] Result<int> parse_clock(std::string_view text);

/// An address and a port: "127.0.0.1:8080", "[::1]:8080".
struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
  [[nodiscard]] friend bool operator==(const Endpoint&, const Endpoint&) = default;
};
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace gridpilot::config
