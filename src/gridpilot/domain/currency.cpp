#include "gridpilot/domain/currency.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "gridpilot/core/rounding.hpp"

namespace gridpilot {
namespace {

constexpr std::int64_t one = 1'000'000;

/// The bank's own currency is worth itself.
std::optional<FixingTable::Rate> rate_of(const FixingTable& table, Currency currency) {
  if (currency == table.own) return FixingTable::Rate{.amount = {one}, .worth = {one}};
  const auto found = table.rates.find(currency);
  return found == table.rates.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<Currency> Currency::parse(std::string_view text) {
  if (text.size() != 3 || !std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; })) return std::nullopt;
  return Currency({text[0], text[1], text[2]});
}

void FixingBook::merge(FixingTable table) {
  const auto day = table.fixed_on;
  tables_.insert_or_assign(day, std::move(table));
}

Result<CurrencyFixing> FixingBook::in_force_on(std::chrono::year_month_day day, Currency from, Currency to) const {
  const std::chrono::sys_days wanted(day);
  for (auto table = tables_.upper_bound(day); table != tables_.begin();) {
    --table;
    if (wanted - std::chrono::sys_days(table->first) > oldest) break;
    const auto sold = rate_of(table->second, from);
    const auto bought = rate_of(table->second, to);
    if (!sold || !bought) continue;
    // worth/amount of one over worth/amount of the other; each factor is below 2^50, and the ratio is rounded once.
    const Wide above = static_cast<Wide>(sold->worth.ppm) * bought->amount.ppm;
    const Wide below = static_cast<Wide>(sold->amount.ppm) * bought->worth.ppm;
    return CurrencyFixing{.from = from,
                          .to = to,
                          .rate = {divide_half_even(above * one, below)},
                          .fixed_on = table->first,
                          .source = {},
                          .fetched_at = table->second.fetched_at};
  }
  return failure(ErrorCode::not_found, "no fixing of " + std::string(from.text()) + " in " + std::string(to.text()) +
                                           " for " + to_iso(day) + " or the ten days before");
}

}  // namespace gridpilot
