#include "gridpilot/domain/plan.hpp"

namespace gridpilot {

Action action_of(const PlannedFlow& flow, Energy load, Energy pv, Energy stored_before, const Battery& battery) {
  // Below this an energy of a slot is rounding and not an intention: 5 W over a quarter.
  constexpr Energy negligible = watt_hours(1.25);
  const Energy surplus = pv - load;
  const Energy reserve = stored_at(battery.reserve, battery.capacity);
  if (flow.curtailed > negligible) return Action::curtail;
  if (flow.ac > negligible && flow.ac > surplus + negligible) return Action::charge;
  if (flow.ac < -negligible && flow.ac < surplus - negligible) return Action::sell;
  const bool is_idle = flow.ac <= negligible && flow.ac >= -negligible;
  if (is_idle && surplus > negligible && stored_before < battery.capacity - negligible) return Action::standby;
  if (is_idle && surplus < -negligible && stored_before > reserve + negligible) return Action::hold;
  return Action::self_use;
}

}  // namespace gridpilot
