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

std::string sentence_of_fallback(Action decided, Action given) {
  return std::string(given == Action::self_use ? "Self-use" : "Keeping the stored energy") + " instead of " +
         std::string(name_of(decided)) + ": ";
}

}  // namespace

std::string reason_for(const Command& command, const Plan& plan, std::string_view currency) {
  const bool is_foreseen = plan.slots.front().price.foreseen;
  return sentence(command.action, facts_of(plan, currency)) + (is_foreseen ? " (price foreseen, not published)." : ".");
}

std::string with_limit(std::string reason, const Command& decided, const Command& given, std::string_view limit) {
  if (decided.action != given.action)
    return sentence_of_fallback(decided.action, given.action) + std::string(limit) + ".";
  return std::move(reason) + " Limited to " + amount(in_kilowatts(given.power), 1, "kW: ") + std::string(limit) + ".";
}

}  // namespace gridpilot::control
