#include "gridpilot/domain/prices.hpp"

#include <algorithm>

namespace gridpilot {

std::string_view name_of(PriceSeries series) noexcept {
  switch (series) {
    case PriceSeries::sdac_15min: return "csdac-pln";
    case PriceSeries::rce_15min: return "rce-pln";
    case PriceSeries::tge_fixing_1: return "tge-fixing-1";
    case PriceSeries::retailer_price: return "retailer-price";
  }
  return "";
}

std::string_view id_of(PriceSeries series) noexcept {
  switch (series) {
    case PriceSeries::sdac_15min: return "sdac_15min";
    case PriceSeries::rce_15min: return "rce_15min";
    case PriceSeries::retailer_price: return "retailer_price";
    case PriceSeries::tge_fixing_1: return "tge_fixing_1";
  }
  return "";
}

std::optional<PriceSeries> price_series_with_id(std::string_view id) noexcept {
  for (int n = 0; n < price_series_count; ++n)
    if (const auto series = static_cast<PriceSeries>(n); id_of(series) == id) return series;
  return std::nullopt;
}

std::size_t PriceBook::rank_of(std::string_view source) const {
  return static_cast<std::size_t>(std::ranges::find(trust_, source) - trust_.begin());
}

void PriceBook::keep_beside(Book& book, const MarketPrice& price) const {
  const std::size_t rank = rank_of(price.source);
  if (rank == trust_.size()) return;
  std::vector<MarketPrice>& others = book.others[price.slot];
  const auto place =
      std::ranges::find_if(others, [&](const MarketPrice& other) { return rank_of(other.source) >= rank; });
  if (place != others.end() && place->source == price.source) {
    *place = price;
  } else {
    others.insert(place, price);
  }
}

int PriceBook::merge(PriceSeries series, const std::vector<MarketPrice>& prices) {
  Book& book = books_[static_cast<int>(series)];
  int changed = 0;
  for (const MarketPrice& price : prices) {
    const auto [entry, is_new] = book.in_force.try_emplace(price.slot, price);
    if (is_new) {
      ++changed;
      continue;
    }
    MarketPrice& in_force = entry->second;
    if (in_force.source != price.source) {
      if (rank_of(price.source) > rank_of(in_force.source)) {
        keep_beside(book, price);
        continue;
      }
      // A better source takes over; what it said before it did is not there, for it would be in force.
      keep_beside(book, in_force);
    }
    if (in_force.price != price.price) ++changed;
    in_force = price;
  }
  return changed;
}

std::optional<MarketPrice> PriceBook::find(PriceSeries series, Slot slot) const {
  const auto& book = books_[static_cast<int>(series)].in_force;
  const auto found = book.find(slot);
  if (found == book.end()) return std::nullopt;
  return found->second;
}

std::vector<MarketPrice> PriceBook::said(PriceSeries series, Slot slot) const {
  const Book& book = books_[static_cast<int>(series)];
  std::vector<MarketPrice> all;
  if (const auto found = book.in_force.find(slot); found != book.in_force.end()) all.push_back(found->second);
  if (const auto found = book.others.find(slot); found != book.others.end())
    all.insert(all.end(), found->second.begin(), found->second.end());
  return all;
}

std::vector<Disagreement> PriceBook::disagreements(PriceSeries series, SlotRange range, NetPrice tolerance) const {
  const Book& book = books_[static_cast<int>(series)];
  std::vector<Disagreement> found;
  for (auto entry = book.others.lower_bound(range.first); entry != book.others.end() && entry->first < range.last;
       ++entry) {
    Disagreement disagreement{.slot = entry->first, .said = said(series, entry->first), .spread = {}};
    const auto [lowest, highest] = std::ranges::minmax(disagreement.said, {}, &MarketPrice::price);
    disagreement.spread = highest.price - lowest.price;
    if (disagreement.spread > tolerance) found.push_back(std::move(disagreement));
  }
  return found;
}

Slot PriceBook::known_until(PriceSeries series, Slot from) const {
  const auto& book = books_[static_cast<int>(series)].in_force;
  Slot next = from;
  for (auto entry = book.lower_bound(from); entry != book.end() && entry->first == next; ++entry) next = next.next();
  return next;
}

void PriceBook::forget_before(Slot slot) {
  for (Book& book : books_) {
    book.in_force.erase(book.in_force.begin(), book.in_force.lower_bound(slot));
    book.others.erase(book.others.begin(), book.others.lower_bound(slot));
  }
}

}  // namespace gridpilot
