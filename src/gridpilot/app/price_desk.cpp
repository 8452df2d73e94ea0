#include "gridpilot/app/price_desk.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace gridpilot::app {
namespace {

// Two weeks of past prices teach the outlook the shape of both kinds of day.
constexpr int past_days_of_prices = 14;

// Shorter than the least pause between two questions for a day that is not out yet.
constexpr Seconds fresh_for_other_processes{120};

market::ScheduleOptions schedule_of(const config::PriceSettings& prices) {
  market::ScheduleOptions options{.first_ask = prices.ask_from, .past_days = past_days_of_prices};
  for (std::chrono::minutes& interval : options.growing) interval = std::min(interval, prices.longest_interval);
  return options;
}

api::SourceState described(const market::SourceState& state) {
  using market::SourceCondition;
  api::SourceState described{.name = std::string(state.name), .age = state.age, .failures = state.failure_count()};
  switch (state.condition) {
    case SourceCondition::starting: described.condition = api::SourceCondition::waiting; break;
    case SourceCondition::fresh:
    case SourceCondition::waiting: described.condition = api::SourceCondition::fresh; break;
    case SourceCondition::failing:
      described.condition = api::SourceCondition::failing;
      if (state.last_error) described.detail = state.last_error->message;
      break;
  }
  return described;
}

api::SourceState described(const market::ExchangeRateState& state, Instant now) {
  api::SourceState described{.name = "fixing-" + std::string(state.name), .failures = state.failures};
  if (state.last_good) described.age = std::max(now - *state.last_good, Seconds(0));
  if (state.last_error) {
    described.condition = api::SourceCondition::failing;
    described.detail = state.last_error->message;
  } else {
    described.condition = state.last_good ? api::SourceCondition::fresh : api::SourceCondition::waiting;
  }
  return described;
}

/// A price per MWh as people quote it.
std::string per_mwh(NetPrice price) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", price.per_kwh() * 1000.0);
  return text;
}

}  // namespace

PriceDesk::PriceDesk(Parts parts, const config::PriceSettings& settings)
    : parts_(std::move(parts)), settings_(settings) {
  const auto currency = Currency::parse(parts_.knowledge.currency());
  if (!currency) {
    warnings_.push_back("prices: the contract's currency '" + parts_.knowledge.currency() +
                        "' is none; no source is asked");
    return;
  }
  const auto is_pse = [](const config::PriceSourceEntry& entry) { return entry.settings.kind.starts_with("pse"); };
  if (!std::ranges::all_of(settings_.sources, is_pse)) add_fixings(settings_.fixing);
  std::vector<std::string> trust;
  for (const config::PriceSourceEntry& entry : settings_.sources) add_source(entry.settings, *currency, trust);
  parts_.knowledge.book_to_keep().set_trust(std::move(trust));
  if (parts_.knowledge.follows_grid_signal()) add_grid_signal();
  if (std::ranges::any_of(settings_.sources, is_pse)) add_price_advice();
}

net::DocumentDoor& PriceDesk::door_to(const std::string& source, const std::string& url) {
  if (market::FileDoor::leads_to_file(url)) {
    if (!files_) files_.emplace(parts_.door.timeline.clock(), parts_.for_files);
    return *files_;
  }
  fetchers_.push_back(std::make_unique<net::Fetcher>(
      parts_.door, net::FetcherOptions{.source = source, .fresh_for = fresh_for_other_processes}));
  return *fetchers_.back();
}

void PriceDesk::add_fixings(const config::FixingSettings& settings) {
  const codec::FixingKind* kind = codec::fixing_kind_named(settings.kind);
  if (kind == nullptr) return;
  const std::string& url = settings.url;
  rates_.emplace(door_to("fixing-" + settings.kind, url), parts_.door.timeline.clock(),
                 market::ExchangeRateOptions{.kind = kind, .url = url});
}

void PriceDesk::add_source(const codec::PriceSourceSettings& settings, Currency currency,
                           std::vector<std::string>& trust) {
  auto made = market::make_price_sources(settings, {.door = door_to(settings.name, settings.url),
                                                    .clock = parts_.door.timeline.clock(),
                                                    .zone = parts_.knowledge.zone(),
                                                    .currency = currency,
                                                    .rates = rates_ ? &*rates_ : nullptr});
  if (!made) {
    warnings_.push_back("prices.sources: " + made.error().message + "; it is not asked");
    return;
  }
  for (std::unique_ptr<ports::PriceSource>& source : *made) {
    trust.emplace_back(source->name());
    add_keeper(std::move(source));
  }
}

void PriceDesk::add_keeper(std::unique_ptr<ports::PriceSource> source) {
  sources_.push_back(std::move(source));
  keepers_.push_back(std::make_unique<market::PriceKeeper>(
      market::PriceKeeper::Parts{.source = *sources_.back(),
                                 .timeline = parts_.door.timeline,
                                 .book = parts_.knowledge.book_to_keep(),
                                 .cache = &parts_.cache},
      market::PublicationSchedule(parts_.knowledge.zone(), schedule_of(settings_)),
      market::PriceKeeperHooks{
          .on_prices = [this](PriceSeries series, const std::vector<MarketPrice>& prices,
                              int changed) { on_prices(series, prices, changed); },
          .on_event = [this](const market::SourceEvent& event) { parts_.reporter.on_source_event(event); }}));
  parts_.state.add_source([keeper = keepers_.back().get()] { return described(keeper->state()); });
}

void PriceDesk::add_grid_signal() {
  signal_source_.emplace(door_to(std::string(market::GridSignalSource::name()), settings_.url), parts_.knowledge.zone(),
                         settings_.url);
  signal_keeper_.emplace(
      *signal_source_, parts_.door.timeline, parts_.knowledge.zone(),
      market::GridSignalKeeper::Hooks{
          .on_signals = [this](const std::vector<GridSignal>& signals) { parts_.knowledge.learn(signals); },
          .on_event = [this](const market::SourceEvent& event) { parts_.reporter.on_source_event(event); }},
      market::GridSignalOptions{}, parts_.door.random);
  parts_.state.add_source([this] { return described(signal_keeper_->state()); });
}

/// Advice is nobody's need: where it fails only the log says so.
void PriceDesk::add_price_advice() {
  expected_prices_.emplace(market::PseExpectedPrices::Parts{.door = door_to("pse-price-fcst", settings_.url),
                                                            .clock = parts_.door.timeline.clock(),
                                                            .zone = parts_.knowledge.zone(),
                                                            .url = settings_.url});
  price_advice_.emplace(
      *expected_prices_, parts_.door.timeline, weather::KeeperOptions{},
      weather::PriceAdviceKeeper::Hooks{
          .on_value = [this](const PriceAdvice& advice) { parts_.knowledge.learn(advice); },
          .on_event = [this](const weather::SourceEvent& event) { parts_.reporter.on_weather_event(event); }},
      parts_.door.random);
}

void PriceDesk::on_prices(PriceSeries series, const std::vector<MarketPrice>& prices, int changed) {
  if (changed == 0) return;
  // What is kept and told is what is in force, which may be another source's price.
  std::vector<MarketPrice> in_force;
  in_force.reserve(prices.size());
  for (const MarketPrice& price : prices)
    if (const auto found = parts_.knowledge.book().find(series, price.slot)) in_force.push_back(*found);
  parts_.knowledge.prices_changed(series);
  parts_.reporter.on_prices(series, in_force, changed);
  parts_.keep(series, std::move(in_force));
}

void PriceDesk::start(net::TaskGroup& tasks) {
  // The fixings have no task: who needs one asks.
  if (rates_)
    parts_.state.add_source([this] { return described(rates_->state(), parts_.door.timeline.clock().now()); });
  for (const auto& keeper : keepers_) tasks.spawn("prices", keeper->run());
  if (price_advice_) tasks.spawn("price advice", price_advice_->run());
  if (signal_keeper_) tasks.spawn("grid signal", signal_keeper_->run());
}

std::vector<const net::Fetcher*> PriceDesk::doors() const {
  std::vector<const net::Fetcher*> doors;
  doors.reserve(fetchers_.size());
  for (const auto& fetcher : fetchers_) doors.push_back(fetcher.get());
  return doors;
}

std::vector<std::string> PriceDesk::disagreements(Instant now) const {
  std::vector<std::string> sentences;
  const PriceBook& book = parts_.knowledge.book();
  for (int n = 0; n < price_series_count; ++n) {
    const auto series = static_cast<PriceSeries>(n);
    const auto& known = book.series(series);
    if (known.empty()) continue;
    const auto found = book.disagreements(series, {Slot::containing(now), known.rbegin()->first.next()},
                                          settings_.tolerated_difference);
    if (found.empty()) continue;
    const auto worst = std::ranges::max_element(found, {}, &Disagreement::spread);
    std::string sentence = "sources of " + std::string(id_of(series)) + " disagree on " + std::to_string(found.size()) +
                           " slots, most at " + to_rfc3339(worst->slot.start()) + ":";
    for (const MarketPrice& price : worst->said)
      sentence += " " + std::string(price.source) + " " + per_mwh(price.price) + ",";
    sentence.back() = ' ';
    sentences.push_back(sentence + parts_.knowledge.currency() + "/MWh; the first one counts");
  }
  return sentences;
}

}  // namespace gridpilot::app
