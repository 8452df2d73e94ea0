#include "gridpilot/sim/market_prices.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "gridpilot/plant/noise.hpp"

namespace gridpilot::sim {
namespace {

// The middle of Poland.
constexpr double country_latitude = 52.1;
constexpr double country_longitude = 19.4;

// Demand of a working day by local hour, the day's highest being 1.
constexpr std::array<double, 24> working_day{0.68, 0.65, 0.64, 0.64, 0.66, 0.73, 0.83, 0.93, 0.97, 0.97, 0.96, 0.95,
                                             0.95, 0.94, 0.93, 0.94, 0.97, 1.00, 1.00, 0.99, 0.95, 0.88, 0.80, 0.73};
constexpr double weekend_less = 0.10;
constexpr double solar_share = 0.95;  // of the highest demand, at a clear noon with the sun overhead

struct CurvePoint {
  double demand;
  double pln_per_mwh;
};
// What the last plant needed asks for: must-run plants pay to stay on, lignite, coal, gas, scarcity.
constexpr std::array<CurvePoint, 11> supply_curve{{{-0.20, -900},
                                                   {0.05, -260},
                                                   {0.20, -40},
                                                   {0.32, 60},
                                                   {0.45, 200},
                                                   {0.62, 335},
                                                   {0.80, 430},
                                                   {0.92, 520},
                                                   {1.00, 680},
                                                   {1.10, 1000},
                                                   {1.25, 1900}}};

constexpr std::chrono::hours ramp{4};
constexpr double ramp_share = 0.32;

double asked_by_supply(double demand) {
  std::size_t right = 1;
  while (right + 1 < supply_curve.size() && supply_curve[right].demand < demand) ++right;
  const CurvePoint a = supply_curve[right - 1];
  const CurvePoint b = supply_curve[right];
  return a.pln_per_mwh + (b.pln_per_mwh - a.pln_per_mwh) * (demand - a.demand) / (b.demand - a.demand);
}

NetPrice with_two_decimals(double pln_per_mwh) {
  return NetPrice::from_per_mwh(std::round(pln_per_mwh * 100.0) / 100.0);
}

}  // namespace

GeneratedPrices::GeneratedPrices(TimeZone zone, std::uint64_t seed)
    : zone_(std::move(zone)),
      seed_(seed),
      country_(country_latitude, country_longitude, plant::derived_seed(seed, 41)) {}

/// Demand less sun and wind, in units of the highest demand.
double GeneratedPrices::residual_demand(Slot slot) const {
  const Instant middle = slot.start() + slot_length / 2;
  const CivilTime civil = zone_.civil(middle);
  const auto hour = static_cast<std::size_t>(civil.hour);
  const double part = civil.minute / 60.0;
  double demand = working_day[hour] + (working_day[(hour + 1) % 24] - working_day[hour]) * (part - 0.5);
  const std::chrono::weekday day{std::chrono::sys_days(civil.date)};
  if (day == std::chrono::Saturday || day == std::chrono::Sunday) demand -= weekend_less;
  const double hours = static_cast<double>(middle.time_since_epoch().count()) / 3600.0;
  const double season = std::cos(2.0 * std::numbers::pi * (hours / 24.0 - 15.0) / 365.2425);  // 1 in mid-January
  demand *= 0.98 + 0.05 * season;
  const plant::Sky sky = country_.at(middle);
  // A whole country is never quite overcast nor quite clear.
  const double clear = 1.0 - 0.75 * (0.2 + 0.6 * sky.cloud_cover);
  const double sun = solar_share * std::max(0.0, sky.sun.up) * clear;
  // Plants that stood still at noon start up again in the evening, and ask for it.
  const plant::SunDirection before = plant::sun_direction(middle - ramp, country_latitude, country_longitude);
  demand += ramp_share * std::max(0.0, before.up - std::max(0.0, sky.sun.up));
  const double wind = (0.12 + 0.05 * season) * plant::smooth_noise(plant::derived_seed(seed_, 42), hours / 19.0);
  return demand - sun - wind;
}

double GeneratedPrices::day_ahead(Slot slot) const {
  const double hours = static_cast<double>(slot.index()) / 4.0;
  const double fuel = 80.0 * (plant::smooth_noise(plant::derived_seed(seed_, 43), hours / 300.0) - 0.5);
  const double scatter = 34.0 * (plant::uniform(plant::derived_seed(seed_, 44), slot.index()) - 0.5);
  return asked_by_supply(residual_demand(slot)) + fuel + scatter;
}

std::optional<NetPrice> GeneratedPrices::price(PriceSeries series, Slot slot) const {
  const double sdac = day_ahead(slot);
  if (series == PriceSeries::sdac_15min) return with_two_decimals(sdac);
  const double hours = static_cast<double>(slot.index()) / 4.0;
  const double drift = 22.0 * (plant::smooth_noise(plant::derived_seed(seed_, 45), hours / 5.0) - 0.5);
  return with_two_decimals(sdac + drift);
}

}  // namespace gridpilot::sim
