#include "gridpilot/codec/quarter_energy.hpp"

#include <algorithm>

namespace gridpilot::codec {

void QuarterEnergy::add(Instant from, Instant to, const Energies& energies) {
  const auto length = static_cast<double>((to - from).count());
  for (Slot slot = Slot::containing(from); slot.start() < to; slot = slot.next()) {
    const Seconds part = std::min(slot.end(), to) - std::max(slot.start(), from);
    const double share = static_cast<double>(part.count()) / length;
    Sum& sum = sums_[slot];
    sum.covered_s += part.count();
    sum.expected += energies.expected * share;
    sum.has_p10 = sum.has_p10 && energies.p10.has_value();
    sum.has_p90 = sum.has_p90 && energies.p90.has_value();
    if (energies.p10) sum.p10 += *energies.p10 * share;
    if (energies.p90) sum.p90 += *energies.p90 * share;
  }
}

Result<std::vector<PvForecastSlot>> QuarterEnergy::take() const {
  std::vector<PvForecastSlot> slots;
  slots.reserve(sums_.size());
  for (const auto& [slot, sum] : sums_) {
    if (sum.covered_s > slot_length.count())
      return failure(ErrorCode::malformed, "the quarter from " + to_rfc3339(slot.start()) + " is described twice");
    if (sum.covered_s < slot_length.count()) continue;
    PvForecastSlot& quarter = slots.emplace_back();
    quarter.slot = slot;
    quarter.expected = sum.expected;
    if (sum.has_p10) quarter.p10 = sum.p10;
    if (sum.has_p90) quarter.p90 = sum.p90;
  }
  return slots;
}

}  // namespace gridpilot::codec
