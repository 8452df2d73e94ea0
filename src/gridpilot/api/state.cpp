#include "gridpilot/api/state.hpp"

namespace gridpilot::api {

std::string_view name_of(SourceCondition condition) noexcept {
  switch (condition) {
    case SourceCondition::waiting: return "waiting";
    case SourceCondition::fresh: return "fresh";
    case SourceCondition::stale: return "stale";
    case SourceCondition::failing: return "failing";
  }
  return "";
}

std::vector<std::string> reasons_not_healthy(const Snapshot& snapshot) {
  std::vector<std::string> reasons = snapshot.unhealthy;
  if (!snapshot.decision) reasons.emplace_back("no decision has been made yet");
  return reasons;
}

}  // namespace gridpilot::api
