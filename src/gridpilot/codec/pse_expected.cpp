#include "gridpilot/codec/pse_expected.hpp"

#include <map>

#include "gridpilot/codec/local_day.hpp"
#include "gridpilot/codec/price_points.hpp"

namespace gridpilot::codec::pse {
namespace {

/// The quarter that ends at a row's time; absent where that is not certain.
Result<std::optional<Slot>> quarter_of(const PricePoint& time, const TimeZone& zone) {
  if (time.utc) return std::optional(Slot::containing(*time.utc) - 1);
  if (!time.local) return failure(ErrorCode::malformed, "a row of price-fcst has no time");
  const auto day = time.business_date.value_or(
      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time.local->time - slot_length)));
  auto place = LocalDay(day, zone).place(*time.local, PeriodEdge::end, time.length);
  if (!place) return std::move(place).failed();
  if (place->or_again) return std::optional<Slot>();
  return std::optional(place->slot);
}

}  // namespace

Result<std::vector<std::pair<Slot, NetPrice>>> expected_prices(std::span<const BalancingRow> rows,
                                                               const TimeZone& zone) {
  std::map<Slot, NetPrice> expected;
  for (const BalancingRow& row : rows) {
    if (!row.balancing_energy) continue;
    if (!is_believable(*row.balancing_energy))
      return failure(ErrorCode::malformed, "a row of price-fcst expects a price beyond anything that can be");
    const auto slot = quarter_of(row.time, zone);
    if (!slot) return slot.failed();
    const std::optional<Slot> certain = *slot;
    if (certain) expected.insert_or_assign(*certain, *row.balancing_energy);
  }
  return std::vector<std::pair<Slot, NetPrice>>(expected.begin(), expected.end());
}

}  // namespace gridpilot::codec::pse
