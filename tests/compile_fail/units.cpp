// Built once as it stands and once per GRIDPILOT_WRONG number, where it must not compile.
#include "gridpilot/core/units.hpp"

#include "gridpilot/core/json_writer.hpp"
#include "gridpilot/core/money.hpp"
#include "gridpilot/core/result.hpp"

using namespace gridpilot;

Result<Energy> measured() {
  return kilowatt_hours(1);
}

void right_and_wrong() {
  const Power power = kilowatts(2);
  const Energy energy = power * Hours(0.25);
  const NetPrice net = NetPrice::from_nanos_per_kwh(400'000'000);
  const GrossPrice gross = with_vat(net, Ratio::from_percent(23));
  std::string out;
  json::Writer writer(out);
  writer.begin_object().member("power_w", in_watts(power)).end_object();
  static_cast<void>(energy);
  static_cast<void>(gross);
#if GRIDPILOT_WRONG == 1
  static_cast<void>(power * power);
#elif GRIDPILOT_WRONG == 2
  static_cast<void>(power + energy);
#elif GRIDPILOT_WRONG == 3
  static_cast<void>(net + gross);
#elif GRIDPILOT_WRONG == 4
  const Power bare = 2000.0;
  static_cast<void>(bare);
#elif GRIDPILOT_WRONG == 5
  const GrossPrice taken_for_gross = net;
  static_cast<void>(taken_for_gross);
#elif GRIDPILOT_WRONG == 6
  measured();
#elif GRIDPILOT_WRONG == 7
  writer.begin_object().member("power \"in\" W", 2000).end_object();
#elif GRIDPILOT_WRONG == 8
  writer.value(&power);
#endif
}
