#include "gridpilot/plant/photovoltaics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace gridpilot::plant {
namespace {

constexpr double degree = std::numbers::pi / 180.0;
constexpr double standard_irradiance = 1000.0;  // W/m²
constexpr double ground_reflectance = 0.18;
constexpr double wiring_and_soiling = 0.955;
constexpr double power_per_kelvin = -0.0036;
constexpr double voltage_per_kelvin = -0.0027;
// Kelvin above the air at 800 W/m² on a roof (a nominal operating temperature of 47 °C).
constexpr double warming_at_800 = 27.0;
constexpr double string_voltage = 610.0;  // V at standard conditions

struct PlaneOutput {
  double power_w = 0.0;
  double voltage_v = 0.0;
};

PlaneOutput output_of(const PvPlane& plane, const Sky& sky) {
  const double tilt = plane.tilt_degrees * degree;
  const double azimuth = plane.azimuth_degrees * degree;
  const double incidence = sky.sun.up * std::cos(tilt) +
                           (sky.sun.east * std::sin(azimuth) + sky.sun.north * std::cos(azimuth)) * std::sin(tilt);
  // Reflection at the glass (ASHRAE, b0 = 0.05).
  const double taken = incidence > 0.09 ? incidence * std::max(0.0, 1.0 - 0.05 * (1.0 / incidence - 1.0)) : 0.0;
  const double horizontal = sky.beam_normal * std::max(sky.sun.up, 0.0) + sky.diffuse_horizontal;
  const double irradiance = sky.beam_normal * taken + sky.diffuse_horizontal * (1.0 + std::cos(tilt)) / 2.0 +
                            horizontal * ground_reflectance * (1.0 - std::cos(tilt)) / 2.0;
  if (irradiance < 3.0) return {};  // too dark for the tracker to start
  const double over_standard = in_celsius(sky.air) + warming_at_800 * irradiance / 800.0 - 25.0;
  // Modules lose some percent in weak light.
  const double weak_light = 1.0 + 0.025 * std::log(std::min(irradiance / standard_irradiance, 1.0));
  const double power = in_watts(plane.peak) * irradiance / standard_irradiance * weak_light *
                       (1.0 + power_per_kelvin * over_standard) * wiring_and_soiling;
  const double voltage = string_voltage * (1.0 + voltage_per_kelvin * over_standard) *
                         (1.0 + 0.03 * std::log(irradiance / standard_irradiance));
  return {.power_w = std::max(power, 0.0), .voltage_v = std::clamp(voltage, 180.0, 850.0)};
}

}  // namespace

PvOutput Photovoltaics::at(const Sky& sky) const {
  PvOutput out;
  if (sky.sun.up <= 0.0) return out;
  if (planes_.size() == 1) {
    const PlaneOutput half = output_of(planes_.front(), sky);
    for (int tracker = 0; tracker < tracker_count; ++tracker) {
      out.trackers[static_cast<std::size_t>(tracker)] = watts(half.power_w / tracker_count);
      out.voltages[static_cast<std::size_t>(tracker)] = volts(half.voltage_v);
    }
    return out;
  }
  for (std::size_t i = 0; i < planes_.size(); ++i) {
    const PlaneOutput plane = output_of(planes_[i], sky);
    const std::size_t tracker = std::min<std::size_t>(i, tracker_count - 1);
    out.trackers[tracker] += watts(plane.power_w);
    out.voltages[tracker] = std::max(out.voltages[tracker], volts(plane.voltage_v));
  }
  return out;
}

}  // namespace gridpilot::plant
