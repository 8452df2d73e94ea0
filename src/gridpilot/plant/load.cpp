#include "gridpilot/plant/load.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

#include "gridpilot/plant/noise.hpp"

namespace gridpilot::plant {
namespace {

constexpr double hours_per_year = 8766.0;
constexpr double reference_annual_kwh = 4000.0;
constexpr double standing_at_reference_w = 105.0;

/// What an appliance draws while it runs, from its start on.
struct Phase {
  int seconds;
  double power_w;
};

/// A time of day at which an appliance may be started once.
struct Occasion {
  int first_minute;
  int last_minute;
  double weekday_chance;
  double weekend_chance;
};

struct Appliance {
  std::span<const Phase> phases;
  std::span<const Occasion> occasions;
};

constexpr std::array kettle_phases{Phase{170, 2000.0}};
constexpr std::array kettle_occasions{Occasion{360, 450, 0.95, 0.5},    Occasion{520, 680, 0.4, 0.95},
                                      Occasion{720, 840, 0.4, 0.7},     Occasion{930, 1050, 0.8, 0.8},
                                      Occasion{1080, 1200, 0.85, 0.85}, Occasion{1220, 1340, 0.6, 0.6}};
// An induction hob: boiling up, then simmering in pulses that average out over a reading.
constexpr std::array hob_phases{Phase{420, 2600.0}, Phase{300, 1300.0}, Phase{1200, 700.0}};
constexpr std::array hob_occasions{Occasion{430, 560, 0.15, 0.5}, Occasion{740, 840, 0.15, 0.75},
                                   Occasion{960, 1110, 0.75, 0.35}, Occasion{1110, 1200, 0.25, 0.35}};
constexpr std::array oven_phases{Phase{600, 2300.0}, Phase{240, 0.0}, Phase{180, 2300.0}, Phase{240, 0.0},
                                 Phase{180, 2300.0}, Phase{240, 0.0}, Phase{180, 2300.0}};
constexpr std::array oven_occasions{Occasion{680, 820, 0.03, 0.45}, Occasion{1000, 1130, 0.2, 0.15}};
constexpr std::array washer_phases{Phase{180, 150.0}, Phase{1100, 2050.0}, Phase{2700, 170.0}, Phase{700, 420.0}};
constexpr std::array washer_occasions{Occasion{540, 780, 0.12, 0.5}, Occasion{1000, 1230, 0.3, 0.25}};
constexpr std::array dishwasher_phases{Phase{240, 60.0}, Phase{900, 1950.0}, Phase{2700, 70.0}, Phase{840, 1950.0},
                                       Phase{900, 30.0}};
constexpr std::array dishwasher_occasions{Occasion{840, 960, 0.05, 0.25}, Occasion{1200, 1335, 0.55, 0.5}};
constexpr std::array vacuum_phases{Phase{1300, 850.0}};
constexpr std::array vacuum_occasions{Occasion{600, 780, 0.08, 0.6}, Occasion{1020, 1140, 0.15, 0.05}};

constexpr std::array<Appliance, 6> appliances{{{kettle_phases, kettle_occasions},
                                               {hob_phases, hob_occasions},
                                               {oven_phases, oven_occasions},
                                               {washer_phases, washer_occasions},
                                               {dishwasher_phases, dishwasher_occasions},
                                               {vacuum_phases, vacuum_occasions}}};

// What people at home use apart from the appliances, hour by hour, as a multiple of its daily mean.
constexpr std::array<double, 24> weekday_activity{0.40, 0.25, 0.20, 0.20, 0.20, 0.35, 0.95, 1.10,
                                                  0.80, 0.60, 0.55, 0.55, 0.60, 0.65, 0.75, 0.95,
                                                  1.30, 1.65, 2.00, 2.25, 2.25, 1.95, 1.35, 0.75};
constexpr std::array<double, 24> weekend_activity{0.55, 0.35, 0.25, 0.20, 0.20, 0.20, 0.35, 0.65,
                                                  1.00, 1.20, 1.25, 1.25, 1.30, 1.30, 1.25, 1.25,
                                                  1.35, 1.55, 1.85, 2.05, 2.05, 1.85, 1.40, 0.90};

double mean_of(std::span<const double> values) {
  double sum = 0.0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

bool is_weekend(const CivilTime& civil) {
  const std::chrono::weekday day{std::chrono::sys_days(civil.date)};
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
}

double energy_of(const Appliance& appliance) {
  double watt_seconds = 0.0;
  for (const Phase& phase : appliance.phases) watt_seconds += phase.power_w * phase.seconds;
  return watt_seconds / 3.6e6;
}

/// kWh a year of all appliances at the frequency written above.
double appliances_annual_kwh() {
  double kwh = 0.0;
  for (const Appliance& appliance : appliances)
    for (const Occasion& occasion : appliance.occasions)
      kwh += energy_of(appliance) * (5.0 * occasion.weekday_chance + 2.0 * occasion.weekend_chance) / 7.0;
  return kwh * 365.25;
}

double power_at(std::span<const Phase> phases, int seconds_since_start) {
  int end = 0;
  for (const Phase& phase : phases) {
    end += phase.seconds;
    if (seconds_since_start < end) return phase.power_w;
  }
  return 0.0;
}

int length_of(std::span<const Phase> phases) {
  int seconds = 0;
  for (const Phase& phase : phases) seconds += phase.seconds;
  return seconds;
}

/// A compressor: on for a part of each cycle that varies from one to the next.
struct Compressor {
  std::uint64_t stream;
  double cycle_s;
  double least_share;
  double varying_share;
  double power_w;

  [[nodiscard]] double mean_w() const { return power_w * (least_share + varying_share / 2.0); }
  [[nodiscard]] double at(std::uint64_t seed, Instant t) const {
    const std::uint64_t own = derived_seed(seed, stream);
    const double position = static_cast<double>(t.time_since_epoch().count()) / cycle_s + uniform(own, -1);
    const double whole = std::floor(position);
    const double share = least_share + varying_share * uniform(own, static_cast<std::int64_t>(whole));
    return position - whole < share ? power_w : 0.0;
  }
};
constexpr Compressor fridge{.stream = 21, .cycle_s = 2700, .least_share = 0.3, .varying_share = 0.15, .power_w = 85};
constexpr Compressor freezer{.stream = 22, .cycle_s = 3500, .least_share = 0.3, .varying_share = 0.15, .power_w = 70};

}  // namespace

Household::Household(TimeZone zone, Energy annual, std::uint64_t seed) : zone_(std::move(zone)), seed_(seed) {
  const double size = in_kilowatt_hours(annual) / reference_annual_kwh;
  standing_w_ = standing_at_reference_w * size;
  cooling_scale_ = std::min(size, 1.0);
  // A bigger home cooks and washes more often, up to what its occasions allow; it does not own a bigger kettle.
  frequency_ = std::clamp(size, 0.1, 1.3);
  const double others_kwh =
      appliances_annual_kwh() * frequency_ +
      (standing_w_ + cooling_scale_ * (fridge.mean_w() + freezer.mean_w())) * hours_per_year / 1000.0;
  activity_w_ = std::max(0.0, in_kilowatt_hours(annual) - others_kwh) * 1000.0 / hours_per_year;
}

double Household::appliances_w(const CivilTime& civil) const {
  const int second_of_day = civil.minute_of_day() * 60 + civil.second;
  const bool weekend = is_weekend(civil);
  const std::int64_t day = std::chrono::sys_days(civil.date).time_since_epoch().count();
  double sum = 0.0;
  std::uint64_t stream = 100;
  for (const Appliance& appliance : appliances) {
    const int length = length_of(appliance.phases);
    for (const Occasion& occasion : appliance.occasions) {
      ++stream;
      if (second_of_day < occasion.first_minute * 60 || second_of_day >= occasion.last_minute * 60 + length) continue;
      const std::uint64_t own = derived_seed(seed_, stream);
      const double chance = frequency_ * (weekend ? occasion.weekend_chance : occasion.weekday_chance);
      if (uniform(own, 2 * day) >= chance) continue;
      const double start =
          occasion.first_minute * 60 + uniform(own, 2 * day + 1) * (occasion.last_minute - occasion.first_minute) * 60;
      const int since = second_of_day - static_cast<int>(start);
      if (since >= 0) sum += power_at(appliance.phases, since);
    }
  }
  return sum;
}

Power Household::at(Instant t) const {
  const CivilTime civil = zone_.civil(t);
  const auto& shape = is_weekend(civil) ? weekend_activity : weekday_activity;
  const auto hour = static_cast<std::size_t>(civil.hour);
  const double part = (civil.minute + civil.second / 60.0) / 60.0;
  const double activity = (shape[hour] + (shape[(hour + 1) % 24] - shape[hour]) * part) /
                          ((5.0 * mean_of(weekday_activity) + 2.0 * mean_of(weekend_activity)) / 7.0);
  const double minutes = static_cast<double>(t.time_since_epoch().count()) / 60.0;
  const double liveliness = 0.4 + 0.8 * smooth_noise(derived_seed(seed_, 31), minutes / 25.0) +
                            0.4 * smooth_noise(derived_seed(seed_, 32), minutes / 4.0);
  // Lamps and drying: a fifth more in midwinter than the mean, a fifth less in midsummer.
  const double days = minutes / 1440.0;
  const double season = 1.0 + 0.2 * std::cos(2.0 * std::numbers::pi * (days - 5.0) / 365.2425);
  const double cooling = cooling_scale_ * (fridge.at(seed_, t) + freezer.at(seed_, t));
  return watts(standing_w_ + cooling + activity_w_ * activity * liveliness * season + appliances_w(civil));
}

}  // namespace gridpilot::plant
