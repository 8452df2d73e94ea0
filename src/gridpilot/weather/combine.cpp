#include "gridpilot/weather/combine.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "gridpilot/core/verify.hpp"

namespace gridpilot::weather {

WeatherForecast combine(std::vector<WeatherForecast> parts) {
  GRIDPILOT_VERIFY(!parts.empty());
  WeatherForecast whole = std::move(parts.front());
  for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
    whole.fetched_at = std::min(whole.fetched_at, part->fetched_at);
    for (TiltedIrradiance& plane : part->planes) whole.planes.push_back(std::move(plane));
  }
  return whole;
}

PvForecast combine(std::vector<PvForecast> parts) {
  GRIDPILOT_VERIFY(!parts.empty());
  PvForecast whole = std::move(parts.front());
  for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
    whole.fetched_at = std::min(whole.fetched_at, part->fetched_at);
    std::map<Slot, const PvForecastSlot*> others;
    for (const PvForecastSlot& slot : part->slots) others.emplace(slot.slot, &slot);
    std::erase_if(whole.slots, [&](const PvForecastSlot& slot) { return !others.contains(slot.slot); });
    for (PvForecastSlot& slot : whole.slots) {
      const PvForecastSlot& other = *others.at(slot.slot);
      slot.expected += other.expected;
      slot.p10 = slot.p10 && other.p10 ? std::optional(*slot.p10 + *other.p10) : std::nullopt;
      slot.p90 = slot.p90 && other.p90 ? std::optional(*slot.p90 + *other.p90) : std::nullopt;
    }
  }
  return whole;
}

WeatherObservation combine(std::vector<WeatherObservation> parts) {
  GRIDPILOT_VERIFY(!parts.empty());
  return std::move(parts.front());
}

}  // namespace gridpilot::weather
