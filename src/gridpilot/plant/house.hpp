#pragma once

#include <array>
#include <cstdint>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/site.hpp"
#include "gridpilot/plant/battery.hpp"
#include "gridpilot/plant/inverter.hpp"
#include "gridpilot/plant/load.hpp"
#include "gridpilot/plant/photovoltaics.hpp"
#include "gridpilot/plant/weather.hpp"

namespace gridpilot::plant {

/// Energies counted since some beginning.
struct Counters {
  Energy pv;
  Energy load;
  Energy grid_import;
  Energy grid_export;
  Energy charge;     ///< into the battery's terminals
  Energy discharge;  ///< out of them
  Energy ac_out;     ///< out of the inverter's AC port
  Energy ac_in;      ///< into it
  Energy losses;     ///< of the inverter
  [[nodiscard]] friend bool operator==(const Counters&, const Counters&) = default;
};

struct HouseOptions {
  double latitude_degrees = 50.06;
  double longitude_degrees = 19.94;
  std::vector<PvPlane> planes{PvPlane{}};
  Energy annual_consumption = kilowatt_hours(4000);
  InverterOptions inverter;
  PackOptions pack;
  bool has_battery = true;
  double backup_share = 0.0;  ///< part of the load on the back-up output, 0 … 1
  Soc initial_soc = percent(50);
  Counters initial_totals;  ///< what the counters stood at before
  std::uint64_t seed = 1;

  /// The house that a site and a battery of the configuration describe. The battery's efficiencies and powers are at
  /// its AC side; the inverter's part of the losses is taken out of them.
  [[nodiscard]] static HouseOptions of(const Site& site, const Battery& battery);
};

/// A house with its PV, battery and inverter as it lives through time, in steps of at most 20 s during which every
/// power is constant. The same options, settings and instants give the same life, on every machine.
class House {
 public:
  static constexpr Seconds step{20};

  House(TimeZone zone, const HouseOptions& options, Instant start);

  /// The weather that a house of this seed lives in at a place.
  [[nodiscard]] static Weather weather_of(double latitude_degrees, double longitude_degrees, std::uint64_t seed);

  /// Lives on to `t`; does nothing where that is not later than now().
  void advance_to(Instant t);
  [[nodiscard]] Instant now() const { return now_; }

  /// Acts from now() on.
  void set(const InverterSetting& setting);
  [[nodiscard]] const InverterSetting& setting() const { return setting_; }

  /// The powers from now() to the end of the step.
  [[nodiscard]] const Flows& flows() const { return flows_; }
  [[nodiscard]] Power backup() const { return flows_.load * options_.backup_share; }
  [[nodiscard]] const PvOutput& pv_output() const { return pv_output_; }
  [[nodiscard]] const Pack& pack() const { return pack_; }
  [[nodiscard]] Temperature air_temperature() const { return air_; }
  [[nodiscard]] Temperature inverter_temperature() const { return inverter_temperature_; }
  [[nodiscard]] const Counters& totals() const { return totals_; }
  /// Since the last local midnight (or since the start).
  [[nodiscard]] const Counters& today() const { return today_; }
  [[nodiscard]] const HouseOptions& options() const { return options_; }

  /// For a house that goes on from a record.
  void set_soc(Soc soc);

 private:
  void look_around();
  void settle_flows();
  void run_until(Instant t);

  TimeZone zone_;
  HouseOptions options_;
  Weather weather_;
  Photovoltaics photovoltaics_;
  Household household_;
  Pack pack_;
  InverterSetting setting_;

  Instant now_;
  Instant step_end_{};
  Instant next_midnight_{};
  PvOutput pv_output_;
  Power load_;
  Temperature air_;
  Temperature inverter_temperature_;
  Flows flows_;
  Counters totals_;
  Counters today_;
};

}  // namespace gridpilot::plant
