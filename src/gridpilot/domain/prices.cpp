#include "gridpilot/domain/prices.hpp"

namespace gridpilot {

std::string_view name_of(PriceSeries series) noexcept {
  switch (series) {
    case PriceSeries::sdac_15min: return "csdac-pln";
    case PriceSeries::rce_15min: return "rce-pln";
  }
  return "";
}

int PriceBook::merge(PriceSeries series, const std::vector<MarketPrice>& prices) {
  auto& book = books_[static_cast<int>(series)];
  int changed = 0;
  for (const MarketPrice& price : prices) {
    const auto [entry, is_new] = book.try_emplace(price.slot, price);
    if (is_new || entry->second.price != price.price) ++changed;
    entry->second = price;
  }
  return changed;
}

std::optional<MarketPrice> PriceBook::find(PriceSeries series, Slot slot) const {
  const auto& book = books_[static_cast<int>(series)];
  const auto found = book.find(slot);
  if (found == book.end()) return std::nullopt;
  return found->second;
}

Slot PriceBook::known_until(PriceSeries series, Slot from) const {
  const auto& book = books_[static_cast<int>(series)];
  Slot next = from;
  for (auto entry = book.lower_bound(from); entry != book.end() && entry->first == next; ++entry) next = next.next();
  return next;
}

void PriceBook::forget_before(Slot slot) {
  for (auto& book : books_) book.erase(book.begin(), book.lower_bound(slot));
}

}  // namespace gridpilot
