#pragma once

#include <array>
#include <optional>
#include <string>

#include "gridpilot/domain/battery_profile.hpp"
#include "gridpilot/domain/measures.hpp"
#include "gridpilot/domain/reading.hpp"

namespace gridpilot::control {

/// What must not be while energy is moved, in the order in which it is named.
enum class Emergency {
  battery_alarm,
  battery_too_hot,
  battery_too_cold_to_discharge,
  battery_too_cold_to_charge,
  battery_voltage,
  grid_voltage,
};
inline constexpr std::size_t emergency_count = 6;

/// The limit in the owner's words: "battery too hot (above 53 °C)".
[[nodiscard]] std::string describe(Emergency emergency, const BatteryProfile& profile);

inline constexpr Voltage least_grid_voltage = volts(200);
inline constexpr Voltage most_grid_voltage = volts(253);
/// Below it on every phase there is no grid at all: the back-up output lives from the battery, which nobody may stop.
inline constexpr Voltage no_grid_voltage = volts(50);
/// What must be back within the limits by so much, for so long without a break, before an emergency ends.
inline constexpr Voltage voltage_hysteresis = volts(2);
inline constexpr double temperature_hysteresis_kelvin = 2.0;
inline constexpr Seconds emergency_clears_after{60};

/// What a measurement says of one emergency.
enum class Sight {
  none,     ///< not measured now
  bad,      ///< outside the limits
  between,  ///< inside, but not by the hysteresis
  good,
};

/// One emergency over time: begins with one bad measurement, ends after a steady minute of good ones.
class EmergencyLatch {
 public:
  void look(Sight sight, Instant measured_at);
  /// No measurement that may be believed: it goes on as it was, and the steady minute begins anew.
  void look_away() { good_since_.reset(); }
  void reset();
  [[nodiscard]] bool is_active() const { return active_; }

 private:
  bool active_ = false;
  std::optional<Instant> good_since_;
};

/// All of them.
class Emergencies {
 public:
  /// `reading` is null where there is none that is fresh.
  void look(const Reading* reading, const BatteryProfile& profile);
  [[nodiscard]] bool is_active(Emergency emergency) const { return latch(emergency).is_active(); }
  /// The first in order under which the battery must stand still; absent where it need not.
  [[nodiscard]] std::optional<Emergency> standing_still() const;

 private:
  [[nodiscard]] const EmergencyLatch& latch(Emergency emergency) const {
    return latches_[static_cast<std::size_t>(emergency)];
  }
  std::array<EmergencyLatch, emergency_count> latches_;
};

/// The grid's voltage is measured and near nothing on every phase.
[[nodiscard]] bool is_outage(const Reading& reading);

/// Which value that safety rests on this unit has and did not deliver, in the owner's words; absent where all are
/// there.
[[nodiscard]] std::optional<std::string> missing_for_safety(const Reading& reading, const MeasuredBySafety& measures);

}  // namespace gridpilot::control
