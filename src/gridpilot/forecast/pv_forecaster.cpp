#include "gridpilot/forecast/pv_forecaster.hpp"

#include <algorithm>
#include <cmath>

#include "gridpilot/forecast/pv_power.hpp"

namespace gridpilot::forecast {
namespace {

constexpr std::int64_t slots_a_day = std::chrono::days(1) / slot_length;
// Below this no light that is worth a forecast reaches the modules.
constexpr double night_degrees = -6.0;
// Added to every slot's scale, kW per kW of modules: what comes in the twilight is not taken relative to nothing.
constexpr double floor_share = 0.04;
// Share of a clear sky's energy that arrives, and of the energy that the foreseen weather would give, before the home
// has taught anything.
constexpr Levels sky_prior{0.15, 0.35, 0.60, 0.85, 1.00};
constexpr Levels guide_prior{0.55, 0.85, 1.00, 1.10, 1.30};

constexpr ProfileOptions fading(double half_life_days, double width_quarters) {
  return {.half_life_days = half_life_days,
          .width_quarters = width_quarters,
          .same_kind_share = 1.0,
          .other_kind_share = 1.0};
}

SlotQuantiles::Options options(double rate_far) {
  return {.profiles = {{fading(5, 1.0), fading(8, 1.0), fading(12, 1.5), fading(18, 1.5), fading(28, 2.0),
                        fading(10, 1.0), fading(14, 1.0)}},
          .ratios = {.least = 0.005, .most = 3.0},
          .rate_near = 0.04,
          .rate_far = rate_far,
          .typical_ratio = 0.6,
          .follows_typical_ratio = false,
          .fades_in_gaps = false};
}

const WeatherSlot* find(std::span<const WeatherSlot> weather, Slot slot) {
  const auto found = std::ranges::lower_bound(weather, slot, {}, &WeatherSlot::slot);
  return found != weather.end() && found->slot == slot ? &*found : nullptr;
}

Power peak_of(const Site& site) {
  Power peak;
  for (const PvPlane& plane : site.planes) peak += plane.peak;
  return peak;
}

}  // namespace

PvForecaster::PvForecaster(Site site)
    : site_(std::move(site)),
      floor_kwh_(in_kilowatt_hours(floor_share * peak_of(site_) * Hours(slot_length))),
      by_sky_(options(0.001)),
      by_weather_(options(0.004)),
      by_service_(options(0.004)) {}

void PvForecaster::take_planes(std::vector<TiltedIrradiance> given) {
  planes_ = std::move(given);
}

void PvForecaster::take(const PvForecast& of_service) {
  if (of_service.slots.empty()) return;
  for (const PvForecastSlot& slot : of_service.slots) service_.insert_or_assign(slot.slot, slot.expected);
  service_.erase(service_.begin(), service_.lower_bound(of_service.slots.front().slot - 2 * slots_a_day));
}

const PvForecaster::SkySlot& PvForecaster::sky(Slot slot) {
  SkySlot& kept = skies_[static_cast<std::size_t>(slot.index()) % skies_.size()];
  if (kept.slot == slot.index()) return kept;
  const Instant middle = slot.start() + slot_length / 2;
  // The sun's own clock: no summer time, and the same place in the sky at the same quarter for weeks.
  const auto solar = slot.index() + static_cast<std::int64_t>(std::floor(site_.longitude_degrees / 15.0 * 4.0));
  kept = {.slot = slot.index(),
          .sun = sun_position(middle, site_.latitude_degrees, site_.longitude_degrees),
          .clear_kwh = in_kilowatt_hours(clear_sky_energy(site_, slot)),
          .quarter = static_cast<std::size_t>(((solar % slots_a_day) + slots_a_day) % slots_a_day)};
  return kept;
}

SlotQuantiles::Place PvForecaster::place_by_sky(const SkySlot& sky) const {
  return {.slot = Slot::from_index(sky.slot),
          .week = {.weekday = 0, .quarter = sky.quarter},
          .scale = sky.clear_kwh * shading_.at(sky.sun) + floor_kwh_,
          .prior = sky_prior};
}

std::optional<Energy> PvForecaster::by_service(Slot slot) const {
  const auto found = service_.find(slot);
  return found == service_.end() ? std::nullopt : std::optional(found->second);
}

PvBasis PvForecaster::basis_of(Slot slot, const WeatherSlot* weather) const {
  if (service_.contains(slot)) return PvBasis::service;
  return weather != nullptr && pv_energy(site_, *weather, planes_) ? PvBasis::weather : PvBasis::sky;
}

/// Relative to what somebody who knows of clouds expects.
SlotQuantiles::Place PvForecaster::place_by_guide(const SkySlot& sky, Energy guide) const {
  SlotQuantiles::Place place = place_by_sky(sky);
  place.scale = in_kilowatt_hours(guide) * shading_.at(sky.sun) + floor_kwh_;
  place.prior = guide_prior;
  // Forecasts err in their own way under clouds: half a clear sky is 0.
  place.influence = std::clamp(in_kilowatt_hours(guide) / (sky.clear_kwh + floor_kwh_) - 0.5, -0.5, 0.5);
  return place;
}

void PvForecaster::learn(const Observation& known, PvFreedom freedom) {
  if (!std::isfinite(known.value) || known.value < 0.0 || freedom == PvFreedom::curtailed) return;
  const SkySlot& sky = this->sky(known.slot);
  if (sky.sun.elevation_degrees < night_degrees || floor_kwh_ <= 0.0) return;
  by_sky_.learn(place_by_sky(sky), known.value, 1.0);
  if (const auto guide = by_service(known.slot)) by_service_.learn(place_by_guide(sky, *guide), known.value, 1.0);
  if (known.weather != nullptr)
    if (const auto guide = pv_energy(site_, *known.weather, planes_))
      by_weather_.learn(place_by_guide(sky, *guide), known.value, 1.0);
  if (sky.clear_kwh > floor_kwh_) shading_.learn(sky.sun, known.value / sky.clear_kwh);
}

Quantiles PvForecaster::at(Slot slot, const WeatherSlot* weather, const Issue& issue) {
  const SkySlot& sky = this->sky(slot);
  if (sky.sun.elevation_degrees < night_degrees || floor_kwh_ <= 0.0) return Quantiles::certain(0.0);
  if (const auto guide = by_service(slot)) return by_service_.at(place_by_guide(sky, *guide), issue.by_service);
  if (weather != nullptr)
    if (const auto guide = pv_energy(site_, *weather, planes_))
      return by_weather_.at(place_by_guide(sky, *guide), issue.by_weather);
  return by_sky_.at(place_by_sky(sky), issue.by_sky);
}

std::vector<std::optional<Quantiles>> PvForecaster::forecast(Instant issued_at, SlotRange range,
                                                             std::span<const WeatherSlot> weather) {
  const Slot present = Slot::containing(issued_at);
  const Issue issue{.by_service = by_service_.known_before(present),
                    .by_weather = by_weather_.known_before(present),
                    .by_sky = by_sky_.known_before(present)};
  const double most = in_kilowatt_hours(site_.inverter_rating * Hours(slot_length));
  std::vector<std::optional<Quantiles>> expected;
  expected.reserve(static_cast<std::size_t>(std::max<std::int64_t>(range.size(), 0)));
  for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
    auto levels = at(slot, find(weather, slot), issue).by_level();
    for (double& level : levels) level = std::min(level, most);
    expected.emplace_back(Quantiles::from_levels(levels));
  }
  return expected;
}

}  // namespace gridpilot::forecast
