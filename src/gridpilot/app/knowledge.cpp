#include "gridpilot/app/knowledge.hpp"

#include <algorithm>

#include "gridpilot/tariff/holidays.hpp"

namespace gridpilot::app {
namespace {

constexpr std::chrono::days prices_kept{28};
constexpr std::chrono::days signals_kept{2};

}  // namespace

Knowledge::Knowledge(Site site, tariff::ContractBook contracts, TimeZone zone)
    : site_(std::move(site)),
      contracts_(std::move(contracts)),
      zone_(std::move(zone)),
      is_free_day_([](std::chrono::year_month_day date) { return tariff::is_free_day(date); }),
      outlook_(site_, zone_, is_free_day_) {
  for (int series = 0; series < price_series_count; ++series)
    foreseen_prices_.push_back({.forecaster = forecast::PriceForecaster(zone_, is_free_day_),
                                .learnt_from = Slot::containing(Instant::max())});
}

bool Knowledge::learn(PriceSeries series, const std::vector<MarketPrice>& prices) {
  if (book_.merge(series, prices) == 0) return false;
  prices_changed(series);
  return true;
}

void Knowledge::prices_changed(PriceSeries series) {
  horizon_.reset();
  const auto& known = book_.series(series);
  if (known.empty()) return;
  ForeseenPrices& foreseen = foreseen_prices_[static_cast<std::size_t>(series)];
  // The past is fetched after the present: days before all that was learnt make it begin anew.
  if (known.begin()->first < foreseen.learnt_from) foreseen.forecaster = forecast::PriceForecaster(zone_, is_free_day_);
  foreseen.learnt_from = std::min(foreseen.learnt_from, known.begin()->first);
  // The forecaster passes over what it knows, so that corrections and days that were missing need not be looked for.
  for (const auto& [slot, price] : known) foreseen.forecaster.learn({.slot = slot, .value = price.price.per_kwh()});
  book_.forget_before(known.rbegin()->first - prices_kept / slot_length);
}

void Knowledge::learn(const PriceAdvice& advice) {
  for (ForeseenPrices& foreseen : foreseen_prices_)
    for (const auto& [slot, price] : advice.slots) foreseen.forecaster.advise(slot, price.per_kwh());
  horizon_.reset();
}

void Knowledge::learn(const std::vector<GridSignal>& signals) {
  if (signals_.merge(signals) > 0) horizon_.reset();
  signals_.forget_before(signals.empty() ? Slot() : signals.front().slot - signals_kept / slot_length);
}

bool Knowledge::follows_grid_signal() const {
  return std::ranges::any_of(contracts_.contracts(), [](const tariff::Contract& contract) {
    return std::holds_alternative<tariff::SignalZones>(contract.distribution->zone_rule);
  });
}

std::optional<PriceSeries> Knowledge::bought_at(Instant t) const {
  const auto* market = std::get_if<tariff::MarketEnergy>(&contracts_.nearest_to(zone_.date_of(t)).energy);
  return market == nullptr ? std::nullopt : tariff::series_of(market->index);
}

void Knowledge::learn(const SlotEnergy& measured, forecast::PvFreedom freedom) {
  outlook_.learn(measured, freedom);
  const auto place = std::ranges::lower_bound(history_, measured.slot, {}, &SlotEnergy::slot);
  if (place != history_.end() && place->slot == measured.slot)
    *place = measured;
  else
    history_.insert(place, measured);
  const Slot oldest = history_.back().slot - forecast::RecentQuarters::looked_back / slot_length;
  history_.erase(history_.begin(), std::ranges::lower_bound(history_, oldest, {}, &SlotEnergy::slot));
}

void Knowledge::learn(WeatherForecast forecast) {
  if (weather_ && forecast.fetched_at < weather_->fetched_at) return;
  weather_ = std::move(forecast);
  outlook_.take(*weather_);
  horizon_.reset();
}

void Knowledge::learn(PvForecast forecast) {
  const auto known = pv_forecasts_.find(forecast.source);
  if (known != pv_forecasts_.end() && forecast.fetched_at < known->second.fetched_at) return;
  outlook_.take(forecast);
  pv_forecasts_.insert_or_assign(forecast.source, std::move(forecast));
  horizon_.reset();
}

void Knowledge::learn(WeatherObservation observation) {
  if (observed_weather_ && observation.time < observed_weather_->time) return;
  observed_weather_ = std::move(observation);
}

Result<const planner::Horizon*> Knowledge::horizon(Instant now) {
  if (!horizon_ || horizon_->outlook.front().slot != Slot::containing(now)) {
    horizon_.reset();
    Result<planner::Horizon> built = build(now);
    if (!built) return std::move(built).failed();
    horizon_ = std::move(*built);
  }
  return &*horizon_;
}

Result<planner::Horizon> Knowledge::build(Instant now) {
  const tariff::Pricer pricer = this->pricer();
  const Slot first = Slot::containing(now);
  const Slot last = Slot::containing(now + horizon_length);
  planner::Horizon horizon;
  for (Slot slot = first; slot < last; slot = slot.next()) {
    Result<SlotPrice> price = pricer.price(slot);
    if (!price) {
      if (slot == first) return std::move(price).failed();
      break;
    }
    horizon.prices.push_back(*price);
  }
  horizon.outlook = outlook_.make(now, {first, first + std::ssize(horizon.prices)}).slots;
  return horizon;
}

std::optional<Slot> Knowledge::foreseen_from(ForecastSeries series, Instant now) const {
  const std::optional<PriceSeries> prices = price_series_of(series);
  if (!prices) return Slot::containing(now);
  const auto& known = book_.series(*prices);
  if (known.empty()) return std::nullopt;
  return known.rbegin()->first.next();
}

std::vector<std::optional<Quantiles>> Knowledge::foreseen(ForecastSeries series, Instant now, SlotRange range) const {
  if (const auto prices = price_series_of(series))
    return foreseen_prices_[static_cast<std::size_t>(*prices)].forecaster.forecast(now, range, {});
  return series == ForecastSeries::load ? outlook_.load(now, range) : outlook_.pv(now, range);
}

std::vector<SlotPrice> Knowledge::prices(SlotRange range) const {
  const tariff::Pricer pricer = this->pricer();
  std::vector<SlotPrice> prices;
  for (Slot slot = range.first; slot < range.last; slot = slot.next())
    if (const Result<SlotPrice> price = pricer.price(slot)) prices.push_back(*price);
  return prices;
}

const std::string& Knowledge::currency() const {
  return contracts_.contracts().front().distribution->currency;
}

std::string Knowledge::contract_at(Instant t) const {
  return contracts_.nearest_to(zone_.date_of(t)).distribution->name();
}

std::optional<tariff::Quote> Knowledge::quote(PriceSeries series, Slot slot) const {
  if (const auto published = book_.find(series, slot))
    return tariff::Quote{.price = published->price, .foreseen = false};
  const auto expected = foreseen_prices_[static_cast<std::size_t>(series)].forecaster.at(slot);
  if (!expected) return std::nullopt;
  return tariff::Quote{.price = NetPrice::from_per_kwh(expected->p50), .foreseen = true};
}

std::optional<int> Knowledge::grid_signal(Slot slot) const {
  const auto signal = signals_.find(slot);
  if (!signal) return std::nullopt;
  return signal->level;
}

tariff::Pricer Knowledge::pricer() const {
  return {contracts_,
          zone_,
          *this,
          {.outside_validity = tariff::OutsideValidity::carry_nearest, .assumed_signal = tariff::normal_signal_level}};
}

}  // namespace gridpilot::app
