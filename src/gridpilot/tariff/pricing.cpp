#include "gridpilot/tariff/pricing.hpp"

#include <algorithm>
#include <utility>

#include "gridpilot/core/rounding.hpp"
#include "gridpilot/core/verify.hpp"

namespace gridpilot::tariff {
namespace {

constexpr Wide million = 1'000'000;
constexpr std::int64_t quarters_per_hour = 4;

/// Market hours begin on whole hours of UTC; so do local ones wherever the offset is a whole number of hours.
Slot hour_start(Slot slot) {
  const std::int64_t into_hour = ((slot.index() % quarters_per_hour) + quarters_per_hour) % quarters_per_hour;
  return slot - into_hour;
}

std::string quarter_text(const TimeZone& zone, Slot slot) {
  return to_iso(zone.date_of(slot.start())) + " " + clock_text(zone, slot.start()) + " (" + to_rfc3339(slot.start()) +
         ")";
}

NetPrice rounded(Wide nanos_times_million) {
  return NetPrice::from_nanos_per_kwh(divide_half_even(nanos_times_million, million));
}

Quote mean_of(const std::vector<Quote>& quotes) {
  Wide sum = 0;
  bool foreseen = false;
  for (const Quote& quote : quotes) {
    sum += quote.price.nanos_per_kwh();
    foreseen = foreseen || quote.foreseen;
  }
  return {NetPrice::from_nanos_per_kwh(divide_half_even(sum, static_cast<Wide>(quotes.size()))), foreseen};
}

std::vector<NetPrice> prices_of(const std::vector<Quote>& quotes) {
  std::vector<NetPrice> prices;
  prices.reserve(quotes.size());
  for (const Quote& quote : quotes) prices.push_back(quote.price);
  return prices;
}

bool any_foreseen(const std::vector<Quote>& quotes) {
  return std::any_of(quotes.begin(), quotes.end(), [](const Quote& quote) { return quote.foreseen; });
}

}  // namespace

Result<ImportPrice> import_price(const Contract& contract, std::uint8_t zone, std::optional<NetPrice> market) {
  const DistributionGroup& group = *contract.distribution;
  GRIDPILOT_VERIFY(zone < group.zones.size());
  ImportPrice price;
  price.network = group.zones[zone].network;
  price.charges = group.charges;
  const NetPrice delivery =
      price.network + price.charges.quality + price.charges.renewables + price.charges.cogeneration;
  const Wide vat_factor = million + group.vat.ppm;

  if (const auto* fixed = std::get_if<FixedEnergy>(&contract.energy)) {
    price.energy = fixed->rate_of_zone.at(zone);
    // The rate is gross already: VAT is put on the delivery alone.
    price.total_gross = *price.energy + with_vat(delivery, group.vat);
    price.total_net = without_vat(*price.energy, group.vat) + delivery;
    return price;
  }

  const auto& terms = std::get<MarketEnergy>(contract.energy);
  if (!market) return failure(ErrorCode::bad_input, "the contract buys at the market and there is no market price");
  // Exact until the one rounding after VAT: nanos × 1e6.
  Wide energy = static_cast<Wide>(market->nanos_per_kwh()) * terms.factor.ppm;
  if (terms.floor) energy = std::max(energy, static_cast<Wide>(terms.floor->nanos_per_kwh()) * million);
  price.market = rounded(energy);
  price.margin = terms.margin;
  price.excise = group.excise;
  const Wide net = energy + static_cast<Wide>((terms.margin + group.excise + delivery).nanos_per_kwh()) * million;
  price.total_net = rounded(net);
  price.total_gross = GrossPrice::from_nanos_per_kwh(divide_half_even(net * vat_factor, million * million));
  return price;
}

GrossPrice rce_credit(const RceExport& terms, const std::vector<NetPrice>& quarters) {
  GRIDPILOT_VERIFY(!quarters.empty());
  Wide sum = 0;
  for (const NetPrice quarter : quarters) {
    const std::int64_t nanos = quarter.nanos_per_kwh();
    sum += terms.rule == RceHourRule::zero_negative_quarters ? std::max<std::int64_t>(nanos, 0) : nanos;
  }
  sum = std::max<Wide>(sum, 0);
  return GrossPrice::from_nanos_per_kwh(divide_half_even(sum * terms.factor.ppm * terms.value_share.ppm,
                                                         static_cast<Wide>(quarters.size()) * million * million));
}

Result<std::uint8_t> zone_of(const DistributionGroup& group, const TimeZone& time_zone, Slot slot,
                             std::optional<int> grid_signal) {
  if (const auto* schedule = std::get_if<Schedule>(&group.zone_rule)) {
    const CivilTime local = time_zone.civil(slot.start());
    return schedule->zone_at(local.date, local.minute_of_day());
  }
  const auto& signal = std::get<SignalZones>(group.zone_rule);
  if (!grid_signal)
    return failure(ErrorCode::not_found, group.name() + " has its zones from PSE's Kompas, and there is no code for " +
                                             quarter_text(time_zone, slot));
  if (*grid_signal < 0 || *grid_signal >= static_cast<int>(signal.zone_of_level.size()))
    return failure(ErrorCode::bad_input, "a Kompas code is 0 to 3, not " + std::to_string(*grid_signal));
  return signal.zone_of_level[static_cast<std::size_t>(*grid_signal)];
}

Result<std::vector<Quote>> Pricer::hour_quotes(PriceSeries series, Slot slot) const {
  std::vector<Quote> quotes;
  quotes.reserve(quarters_per_hour);
  const Slot first = hour_start(slot);
  for (std::int64_t i = 0; i < quarters_per_hour; ++i) {
    const auto quote = market_.quote(series, first + i);
    if (!quote)
      return failure(ErrorCode::not_found,
                     "no " + std::string(name_of(series)) + " price for " + quarter_text(time_zone_, first + i));
    quotes.push_back(*quote);
  }
  return quotes;
}

Result<std::optional<Quote>> Pricer::index_quote(const Contract& contract, Slot slot) const {
  const auto* terms = std::get_if<MarketEnergy>(&contract.energy);
  if (terms == nullptr) return std::optional<Quote>();
  const auto series = series_of(terms->index);
  if (!series)
    return failure(ErrorCode::unsupported,
                   "no source publishes " + std::string(name_of(terms->index)) + " to gridpilot");
  if (terms->index == MarketIndex::sdac_hour_mean) {
    auto quotes = hour_quotes(*series, slot);
    if (!quotes) return std::move(quotes).failed();
    return std::optional<Quote>(mean_of(*quotes));
  }
  const auto quote = market_.quote(*series, slot);
  if (!quote)
    return failure(ErrorCode::not_found,
                   "no " + std::string(name_of(*series)) + " price for " + quarter_text(time_zone_, slot));
  return quote;
}

const Contract* Pricer::contract_for(std::chrono::year_month_day date, bool& foreseen) const {
  if (const Contract* valid = book_.on(date)) return valid;
  if (options_.outside_validity == OutsideValidity::fail) return nullptr;
  foreseen = true;
  return &book_.nearest_to(date);
}

Result<std::uint8_t> Pricer::zone_at(const DistributionGroup& group, Slot slot, bool& foreseen) const {
  std::optional<int> signal;
  if (std::holds_alternative<SignalZones>(group.zone_rule)) {
    signal = market_.grid_signal(slot);
    if (!signal && options_.assumed_signal) {
      signal = options_.assumed_signal;
      foreseen = true;
    }
  }
  return zone_of(group, time_zone_, slot, signal);
}

Result<GrossPrice> Pricer::export_price(const ExportPart& feed_in, Slot slot, bool& foreseen) const {
  if (const auto* fixed = std::get_if<FixedExport>(&feed_in)) return fixed->rate;
  auto quotes = hour_quotes(PriceSeries::rce_15min, slot);
  if (!quotes) return std::move(quotes).failed();
  foreseen = foreseen || any_foreseen(*quotes);
  return rce_credit(std::get<RceExport>(feed_in), prices_of(*quotes));
}

Result<SlotPrice> Pricer::price(Slot slot) const {
  SlotPrice price;
  price.slot = slot;
  const auto date = time_zone_.date_of(slot.start());
  const Contract* contract = contract_for(date, price.foreseen);
  if (contract == nullptr)
    return failure(ErrorCode::bad_input, book_.contracts().front().distribution->short_name() + " has no rates for " +
                                             to_iso(date) + "; known: " + to_text(book_.validity()));
  const DistributionGroup& group = *contract->distribution;
  const auto zone = zone_at(group, slot, price.foreseen);
  if (!zone) return zone.failed();
  price.zone = group.zones[*zone].name;

  const auto index = index_quote(*contract, slot);
  if (!index) return index.failed();
  if (const std::optional<Quote>& bought_at = *index) {
    price.market = bought_at->price;
    price.foreseen = price.foreseen || bought_at->foreseen;
  }
  const auto import = import_price(*contract, *zone, price.market);
  if (!import) return import.failed();
  price.import_price = import->total_gross;

  const auto credit = export_price(contract->feed_in, slot, price.foreseen);
  if (!credit) return credit.failed();
  price.export_price = *credit;
  return price;
}

Result<std::vector<SlotPrice>> Pricer::prices(SlotRange range) const {
  std::vector<SlotPrice> prices;
  prices.reserve(static_cast<std::size_t>(std::max<std::int64_t>(range.size(), 0)));
  for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
    auto one = price(slot);
    if (!one) return std::move(one).failed();
    prices.push_back(*one);
  }
  return prices;
}

}  // namespace gridpilot::tariff
