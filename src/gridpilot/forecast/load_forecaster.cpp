#include "gridpilot/forecast/load_forecaster.hpp"

#include <algorithm>
#include <cmath>

#include "gridpilot/forecast/standard_load.hpp"

namespace gridpilot::forecast {
namespace {

// Outdoor temperature below which homes are heated; the usual base of degree days.
constexpr double heating_limit_celsius = 15.0;
// One kelvin more is this share of the standard load before its weight is learnt.
constexpr double influence_per_kelvin = 0.05;
const double keep_cold = std::exp(-1.0 / (3 * 96.0));
// A day below this share of the usual load is one on which nobody is at home.
constexpr double away_level = 0.5;
constexpr double weight_of_away = 0.02;
// What is known of a household by its annual consumption alone, as multiples of the standard shape.
constexpr std::array standard_spread{0.35, 0.60, 0.85, 1.15, 1.90};

SlotQuantiles::Options load_options() {
  return {
      .profiles = {{{.half_life_days = 4, .width_quarters = 1.0, .same_kind_share = 0.8, .other_kind_share = 0.2},
                    {.half_life_days = 10, .width_quarters = 1.0, .same_kind_share = 0.8, .other_kind_share = 0.2},
                    {.half_life_days = 25, .width_quarters = 1.2, .same_kind_share = 0.8, .other_kind_share = 0.2},
                    {.half_life_days = 60, .width_quarters = 1.5, .same_kind_share = 0.8, .other_kind_share = 0.3},
                    {.half_life_days = 60, .width_quarters = 1.2, .same_kind_share = 0.05, .other_kind_share = 0.02},
                    {.half_life_days = 100, .width_quarters = 1.2, .same_kind_share = 0.02, .other_kind_share = 0.01},
                    {.half_life_days = 15, .width_quarters = 4.0, .same_kind_share = 0.8, .other_kind_share = 0.3}}},
      .ratios = {.least = 0.002, .most = 10.0},
      .rate_near = 0.03,
      .rate_far = 0.01,
      .typical_ratio = 0.1,
      .follows_typical_ratio = true};
}

const WeatherSlot* find(std::span<const WeatherSlot> weather, Slot slot) {
  const auto found = std::ranges::lower_bound(weather, slot, {}, &WeatherSlot::slot);
  return found != weather.end() && found->slot == slot ? &*found : nullptr;
}

}  // namespace

LoadForecaster::LoadForecaster(TimeZone zone, IsFreeDay is_free_day, Energy annual_consumption)
    : zone_(std::move(zone)),
      is_free_day_(std::move(is_free_day)),
      annual_consumption_(annual_consumption),
      quantiles_(load_options()) {}

const LoadForecaster::CivilSlot& LoadForecaster::civil(Slot slot) {
  CivilSlot& kept = civil_[static_cast<std::size_t>(slot.index()) % civil_.size()];
  if (kept.slot == slot.index()) return kept;
  const CivilTime local = zone_.civil(slot.start());
  const std::chrono::weekday weekday{std::chrono::sys_days(local.date)};
  kept = {
      .slot = slot.index(),
      .week = {.weekday = is_free_day_(local.date) && weekday != std::chrono::Saturday ? 6 : weekday.iso_encoding() - 1,
               .quarter = static_cast<std::size_t>(local.minute_of_day() / 15)},
      .standard_kwh = in_kilowatt_hours(standard_load(annual_consumption_, zone_, slot))};
  return kept;
}

/// Kelvins below the heating limit, above what was usual lately; 0 where it is not known.
double LoadForecaster::cold(const WeatherSlot* weather) const {
  if (weather == nullptr || !weather->air || !knows_cold_) return 0.0;
  return std::max(heating_limit_celsius - in_celsius(*weather->air), 0.0) - usual_cold_;
}

SlotQuantiles::Place LoadForecaster::place_of(Slot slot, const WeatherSlot* weather) {
  const CivilSlot& local = civil(slot);
  SlotQuantiles::Place place{.slot = slot, .week = local.week, .scale = 1.0};
  for (std::size_t level = 0; level < place.prior.size(); ++level)
    place.prior[level] = local.standard_kwh * standard_spread[level];
  place.influence = cold(weather) * influence_per_kelvin * local.standard_kwh;
  return place;
}

void LoadForecaster::learn(const Observation& known) {
  if (!std::isfinite(known.value) || known.value < 0.0) return;
  const bool is_away = quantiles_.days_learnt() > 7.0 && quantiles_.last_day_level() < away_level;
  quantiles_.learn(place_of(known.slot, known.weather), known.value, is_away ? weight_of_away : 1.0);
  if (known.weather == nullptr || !known.weather->air) return;
  const double cold_now = std::max(heating_limit_celsius - in_celsius(*known.weather->air), 0.0);
  usual_cold_ = knows_cold_ ? keep_cold * usual_cold_ + (1.0 - keep_cold) * cold_now : cold_now;
  knows_cold_ = true;
}

std::vector<std::optional<Quantiles>> LoadForecaster::forecast(Instant issued_at, SlotRange range,
                                                               std::span<const WeatherSlot> weather) {
  std::vector<std::optional<Quantiles>> expected;
  expected.reserve(static_cast<std::size_t>(std::max<std::int64_t>(range.size(), 0)));
  const SlotQuantiles::Moment issue = quantiles_.known_before(Slot::containing(issued_at));
  for (Slot slot = range.first; slot < range.last; slot = slot.next())
    expected.emplace_back(quantiles_.at(place_of(slot, find(weather, slot)), issue));
  return expected;
}

}  // namespace gridpilot::forecast
