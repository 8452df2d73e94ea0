#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/weather.hpp"

namespace gridpilot::codec::forecast_solar {

inline constexpr std::string_view source_name = "forecast-solar";

/// What the service says of its limit of questions.
struct Allowance {
  Seconds period{0};
  std::int64_t limit = 0;
  std::optional<std::int64_t> remaining;
};

struct Answer {
  PvForecast forecast;
  std::optional<Allowance> allowance;
};

/// Gives a zone by the name that the document has ("Europe/Amsterdam"); asked only where times have no offset.
using ZoneByName = std::function<Result<TimeZone>(const std::string& name)>;

/// Reads an estimate (https://doc.forecast.solar/api): `watts` are powers at their instants, `watt_hours_period` the
/// energies of the periods that END at their labels, the first label of a day being sunrise. Labels are irregular
/// (sunrise, full hours, sunset), with offset or in the zone that `message.info` names.
/// A quarter's energy is its part of its period's energy, in proportion to the power that runs straight between the
/// labels; with `watts` alone the power's integral; with `watt_hours_period` alone spread evenly. The night between two
/// days' labels is zero where the document says so (its period has 0 Wh); what lies before the first label or behind
/// the last is unknown, and so is a period of more than two hours in which something was produced.
/// malformed (with path) for anything else, for labels that do not ascend, for numbers below zero; busy and rejected
/// where the document is the service's refusal.
[[nodiscard]] Result<Answer> decode(std::string text, Instant fetched_at, const ZoneByName& zone_by_name);

}  // namespace gridpilot::codec::forecast_solar
