#include "gridpilot/control/reason.hpp"

#include <cstdio>

namespace gridpilot::control {
namespace {

std::string amount(double value, int decimals, std::string_view unit) {
  char text[48];
  const int length = std::snprintf(text, sizeof text, "%.*f ", decimals, value);
  return std::string(text, static_cast<std::size_t>(length)).append(unit);
}

/// The numbers a reason may quote, as text.
struct Facts {
  std::string buy, sell, worth;
  bool has_surplus;
};

Facts facts_of(const Plan& plan, std::string_view currency) {
  const PlanSlot& slot = plan.slots.front();
  const std::string unit = std::string(currency) + "/kWh";
  return {.buy = amount(slot.price.import_price.per_kwh(), 2, unit),
          .sell = amount(slot.price.export_price.per_kwh(), 2, unit),
          .worth = amount(in_per_kilowatt_hour(plan.value_of_stored), 2, unit),
          .has_surplus = slot.outlook.pv > slot.outlook.load};
}

std::string sentence(Action action, const Facts& facts) {
  switch (action) {
    case Action::charge: return "Charging: the grid costs " + facts.buy + " now, a stored kWh is worth " + facts.worth;
    case Action::sell: return "Discharging: the grid pays " + facts.sell + " now, a stored kWh is worth " + facts.worth;
    case Action::hold:
      return "Keeping the stored energy: it is worth " + facts.worth + ", the grid costs " + facts.buy + " now";
    case Action::standby:
      return "Battery at rest: the grid pays " + facts.sell + " now, a stored kWh is worth " + facts.worth;
    case Action::curtail:
      return "Throttling PV: the grid pays " + facts.sell + " now, a stored kWh is worth " + facts.worth;
    case Action::self_use: break;
  }
  if (facts.has_surplus)
    return "Self-use, surplus PV into the battery: a stored kWh is worth " + facts.worth + ", the grid pays " +
           facts.sell + " now";
  return "Self-use, the battery covers the load: a stored kWh is worth " + facts.worth + ", the grid costs " +
         facts.buy + " now";
}

std::string_view spoken(Action given) {
  switch (given) {
    case Action::self_use: return "Self-use";
    case Action::hold: return "Keeping the stored energy";
    case Action::charge: return "Charging";
    case Action::sell: return "Discharging";
    case Action::curtail: return "Throttling PV";
    case Action::standby: return "Battery at rest";
  }
  return "";
}

std::string sentence_of_fallback(Action decided, Action given) {
  return std::string(spoken(given)) + " instead of " + std::string(name_of(decided)) + ": ";
}

}  // namespace

std::string reason_for(const Command& command, const Plan& plan, std::string_view currency) {
  const bool is_foreseen = plan.slots.front().price.foreseen;
  const Facts facts = facts_of(plan, currency);
  std::string reason = sentence(command.action, facts) + (is_foreseen ? " (price foreseen, not published)." : ".");
  if (command.export_limit)
    reason += " At most " + amount(in_kilowatts(*command.export_limit), 1, "kW") + " is fed in: the grid pays " +
              facts.sell + ".";
  return reason;
}

std::string with_limit(std::string reason, const Command& decided, const Command& given, std::string_view limit) {
  if (decided.action != given.action)
    return sentence_of_fallback(decided.action, given.action) + std::string(limit) + ".";
  if (decided.power == given.power)
    return std::move(reason) + (given.charging == Charging::blocked ? " Charging is blocked: " : " Bound by: ") +
           std::string(limit) + ".";
  if (given.power > decided.power)
    return std::move(reason) + " Raised to " + amount(in_kilowatts(given.power), 1, "kW: ") + std::string(limit) + ".";
  return std::move(reason) + " Limited to " + amount(in_kilowatts(given.power), 1, "kW: ") + std::string(limit) + ".";
}

}  // namespace gridpilot::control
