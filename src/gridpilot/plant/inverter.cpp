#include "gridpilot/plant/inverter.hpp"

#include <algorithm>

namespace gridpilot::plant {
namespace {

/// Power at the AC port for a power out of the DC bus, and back.
class Bridge {
 public:
  Bridge(const InverterOptions& inverter, Power extra)
      : efficiency_(inverter.efficiency), standing_(inverter.standing + extra) {}
  [[nodiscard]] Power ac(Power dc) const { return (dc >= watts(0) ? dc * efficiency_ : dc / efficiency_) - standing_; }
  [[nodiscard]] Power dc(Power at_ac) const {
    const Power before_standing = at_ac + standing_;
    return before_standing >= watts(0) ? before_standing / efficiency_ : before_standing * efficiency_;
  }
  [[nodiscard]] double efficiency() const { return efficiency_; }

 private:
  double efficiency_;
  Power standing_;
};

/// What a rule wants of PV and battery before any limit is applied; battery + charges.
struct Wish {
  Power pv;
  Power battery;
};

Wish wish_of(const InverterSetting& setting, const Bridge& bridge, const BatteryRoom& room, Power pv, Power load,
             Power backup) {
  const Power x = setting.power;
  switch (setting.rule) {
    case Rule::self_use: return {pv, pv - bridge.dc(load - setting.meter_target)};
    case Rule::charge: return {pv, x};
    case Rule::discharge: return {pv, -x};
    case Rule::charge_from_pv: return {pv, pv + x * bridge.efficiency()};
    case Rule::discharge_beside_pv: return {pv, -x};
    case Rule::import_at_ac: {
      const Power from_grid = x * bridge.efficiency();
      const Power room_for_pv = std::max(watts(0), room.charge - from_grid);
      const Power used = std::min(pv, room_for_pv);
      return {used, used + from_grid};
    }
    case Rule::export_at_ac: {
      const Power wanted = bridge.dc(x);
      const Power used = std::min(pv, wanted);
      return {used, used - wanted};
    }
    case Rule::conserve: return {pv, pv};
    case Rule::off_grid: return {pv, pv - bridge.dc(backup)};
    case Rule::standby: return {pv, watts(0)};
    case Rule::peak_shaving: {
      const Power at_zero = pv - bridge.dc(load);       // charges from a surplus
      const Power at_limit = pv - bridge.dc(load - x);  // discharges for what exceeds the limit
      return {pv, at_zero > watts(0) ? at_zero : std::min(watts(0), at_limit)};
    }
    case Rule::stopped: return {watts(0), watts(0)};
  }
  return {pv, watts(0)};
}

/// Takes `excess` DC power back: from PV first where the battery goes first, else from the battery's discharge first.
void give_way(Wish& flow, Power excess, Rule rule) {
  const bool battery_first = rule == Rule::discharge;
  const auto throttle_pv = [&] {
    const Power cut = std::min(excess, flow.pv);
    flow.pv -= cut;
    excess -= cut;
  };
  const auto spare_battery = [&] {
    const Power cut = std::clamp(-flow.battery, watts(0), excess);
    flow.battery += cut;
    excess -= cut;
  };
  if (battery_first) {
    throttle_pv();
    spare_battery();
  } else {
    spare_battery();
    throttle_pv();
  }
}

}  // namespace

Flows flows_under(const InverterSetting& setting, const InverterOptions& inverter, const BatteryRoom& room,
                  Power pv_available, Power load, Power backup) {
  const Bridge bridge(inverter, setting.standing_extra);
  const Power reachable = std::min(pv_available, inverter.max_pv);
  Wish flow = wish_of(setting, bridge, room, reachable, load, backup);
  flow.battery = std::clamp(flow.battery, -room.discharge, room.charge);
  if (setting.grid_charge_limit)
    flow.battery = std::min(flow.battery, flow.pv + *setting.grid_charge_limit * bridge.efficiency());

  Power highest = inverter.rating;
  if (setting.export_limit) highest = std::min(highest, load + *setting.export_limit);
  if (setting.rule == Rule::off_grid) highest = std::min(highest, backup);
  const Power excess = flow.pv - flow.battery - bridge.dc(highest);
  if (excess > watts(0)) give_way(flow, excess, setting.rule);
  // The AC port cannot take more than its rating either: the battery charges less.
  const Power lowest_dc = bridge.dc(-inverter.rating);
  if (flow.pv - flow.battery < lowest_dc) flow.battery = std::max(watts(0), flow.pv - lowest_dc);

  Flows flows;
  flows.pv = flow.pv;
  flows.pv_available = pv_available;
  flows.load = load;
  flows.battery = flow.battery;
  flows.ac = bridge.ac(flow.pv - flow.battery);
  flows.grid = load - flows.ac;
  flows.losses = flow.pv - flow.battery - flows.ac;
  return flows;
}

}  // namespace gridpilot::plant
