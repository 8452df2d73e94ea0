#include "gridpilot/sim/measured.hpp"

#include <cmath>

#include "gridpilot/plant/noise.hpp"

namespace gridpilot::sim {

Mains mains_at(Instant now, std::optional<Voltage> first_phase) {
  constexpr std::uint64_t seed = 0x6F77;
  const double minutes = static_cast<double>(now.time_since_epoch().count()) / 60.0;
  Mains mains;
  double sum = 0.0;
  for (std::size_t i = 0; i < 3; ++i) {
    mains.volts[i] = 233.0 + 7.0 * (plant::smooth_noise(plant::derived_seed(seed, i), minutes / 11.0) - 0.5);
    mains.load_shares[i] = 0.3 + plant::smooth_noise(plant::derived_seed(seed, 10 + i), minutes / 23.0);
    sum += mains.load_shares[i];
  }
  for (double& share : mains.load_shares) share /= sum;
  if (first_phase) mains.volts[0] = in_volts(*first_phase);
  mains.hertz = 50.0 + 0.06 * (plant::smooth_noise(plant::derived_seed(seed, 20), minutes / 2.0) - 0.5);
  return mains;
}

std::array<double, 2> tracker_watts(const plant::House& house) {
  const double available = in_watts(house.pv_output().total());
  const double share = available > 0.0 ? in_watts(house.pv_output().trackers[0]) / available : 0.0;
  const double pv = std::round(in_watts(house.flows().pv));
  const double first = std::round(pv * share);
  return {first, pv - first};
}

double tenths_of_kwh(Energy energy) {
  return std::floor(in_kilowatt_hours(energy) * 10.0 + 1e-9);
}

double hours_in_service(Instant now) {
  return Hours(now - std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)).count();
}

}  // namespace gridpilot::sim
