#include "gridpilot/app/daemon.hpp"

#include <boost/asio/thread_pool.hpp>

#include <array>
#include <random>

#include "gridpilot/api/api.hpp"
#include "gridpilot/api/event_hub.hpp"
#include "gridpilot/app/fetch_meter.hpp"
#include "gridpilot/app/forecast_keeper.hpp"
#include "gridpilot/app/inverter_door.hpp"
#include "gridpilot/app/inverter_pause.hpp"
#include "gridpilot/app/owners_order.hpp"
#include "gridpilot/app/price_desk.hpp"
#include "gridpilot/app/reporter.hpp"
#include "gridpilot/app/weather_desk.hpp"
#include "gridpilot/inverter/goodwe/snapshot.hpp"
#include "gridpilot/net/fetcher.hpp"
#include "gridpilot/net/http_client.hpp"
#include "gridpilot/net/http_server.hpp"
#include "gridpilot/net/redis_documents.hpp"
#include "gridpilot/net/run_on.hpp"
#include "gridpilot/net/task_group.hpp"
#include "gridpilot/obs/metrics.hpp"

namespace gridpilot::app {
namespace {

api::SourceState described(const net::RedisDocuments::State& state) {
  api::SourceState described{.name = "redis", .failures = static_cast<std::int64_t>(state.failures)};
  described.condition = state.connected    ? api::SourceCondition::fresh
                        : state.last_error ? api::SourceCondition::failing
                                           : api::SourceCondition::waiting;
  if (!state.connected && state.last_error) described.detail = state.last_error->message;
  return described;
}

std::unique_ptr<net::RedisDocuments> shared_cache(const config::CacheSettings& settings,
                                                  const net::asio::any_io_executor& executor) {
  if (!settings.redis) return nullptr;
  const config::RedisSettings& redis = *settings.redis;
  return std::make_unique<net::RedisDocuments>(executor, net::RedisOptions{.address = redis.address.address,
                                                                           .port = redis.address.port,
                                                                           .user = redis.user,
                                                                           .password = redis.password});
}

}  // namespace

/// In the order of building; what refers to something stands after it.
struct Daemon::Parts {
  Parts(const config::Configuration& configuration, Surroundings with, std::unique_ptr<store::SqliteRecord> the_record,
        tariff::ContractBook contracts, const TimeZone& zone)
      : settings(configuration),
        surroundings(std::move(with)),
        record(std::move(the_record)),
        knowledge(configuration.site, std::move(contracts), zone),
        http(surroundings.io.get_executor(), {.ca_file = configuration.prices.ca_file}),
        documents({.folder = surroundings.data_folder / "documents"}, surroundings.io.get_executor(),
                  filing.get_executor(), [this](const Error& error) { reporter.on_cache_failure(error); }),
        redis(shared_cache(configuration.cache, surroundings.io.get_executor())),
        cache(surroundings.data_folder / "prices", zone, blocking.get_executor()),
        snapshots(surroundings.data_folder / "inverter-settings.json", blocking.get_executor()),
        inverter(surroundings.io.get_executor(),
                 {.inverter = configuration.inverter,
                  .control = configuration.control.mode,
                  .daily_register_budget = configuration.control.write_budget,
                  .registers_written_today = [this] { return coordinator.writes_today(); }},
                 surroundings.timeline.clock(), knowledge.zone(), snapshots),
        events(surroundings.io.get_executor(), surroundings.timeline.clock().now()),
        reporter({.timeline = surroundings.timeline, .log = surroundings.log, .events = events, .metrics = metrics}),
        forecasts({.knowledge = knowledge,
                   .reader = *record,
                   .archive = *record,
                   .work = blocking.get_executor(),
                   .events = reporter}),
        coordinator({.battery = configuration.battery,
                     .site = configuration.site,
                     .profile = configuration.battery_profile,
                     .control = configuration.control.mode,
                     .cycle = configuration.control.cycle,
                     .write_budget_registers = configuration.control.write_budget},
                    {.timeline = surroundings.timeline,
                     .inverter = inverter,
                     .writer = *record,
                     .reader = *record,
                     .knowledge = knowledge,
                     .clock_trust = surroundings.clock_trust,
                     .events = reporter,
                     .pause = [this](Instant now) { return pause_at(now); },
                     .order = [this](Instant now) { return order_at(now); },
                     .keep_forecasts = [this](Instant now) { return forecasts.keep(now); }}),
        state(
            surroundings.mode,
            {.timeline = surroundings.timeline, .coordinator = coordinator, .knowledge = knowledge, .record = *record}),
        api(state, *record, events, {.zone = zone, .metrics = [this] { return metrics_text(); }}),
        weather({.knowledge = knowledge, .state = state, .reporter = reporter, .door = door_parts()},
                configuration.weather.sources,
                weather::Home{.latitude_degrees = configuration.site.latitude_degrees,
                              .longitude_degrees = configuration.site.longitude_degrees,
                              .planes = configuration.site.planes}),
        prices({.knowledge = knowledge,
                .state = state,
                .reporter = reporter,
                .door = door_parts(),
                .cache = cache,
                .for_files = blocking.get_executor(),
                .keep =
                    [this](PriceSeries series, std::vector<MarketPrice> in_force) {
                      tasks.spawn("store prices", store(series, std::move(in_force)));
                    }},
               configuration.prices),
        tasks(surroundings.io.get_executor(), [this](std::string_view task, const std::exception_ptr& thrown) {
          surroundings.log.error("task.failed", {{"task", task}, {"reason", net::describe(thrown)}});
          surroundings.give_up();
        }) {
    reporter.count_failures_in(state);
    reporter.set_currency(knowledge.currency());
    for (const WeatherSourceSettings& source : configuration.weather.sources)
      surroundings.log.redactor().add_secret(source.key);
    for (const config::PriceSourceEntry& source : configuration.prices.sources)
      surroundings.log.redactor().add_secret(source.settings.token);
    std::vector<std::string> warnings = config::warnings_of(configuration);
    warnings.insert(warnings.end(), weather.warnings().begin(), weather.warnings().end());
    warnings.insert(warnings.end(), prices.warnings().begin(), prices.warnings().end());
    for (const std::string& warning : warnings)
      surroundings.log.warning("configuration.warning", {{"warning", warning}});
    state.set_warnings(std::move(warnings));
    if (const auto& shared_redis = configuration.cache.redis)
      surroundings.log.redactor().add_secret(shared_redis->password);
    if (redis) {
      state.add_source([shared = redis.get()] { return described(shared->state()); });
    }
    state.add_warnings([this] {
      std::vector<std::string> sentences;
      for (const ForecastAlarm& alarm : forecasts.alarms()) sentences.push_back(sentence_of(alarm));
      return sentences;
    });
    state.add_warnings([this] { return prices.disagreements(surroundings.timeline.clock().now()); });
    state.add_doubt([this]() -> std::optional<std::string> {
      if (surroundings.monitor.is_on_time()) return std::nullopt;
      return "the loop is late";
    });
  }

  net::Awaitable<Result<std::optional<Instant>>> pause_at(Instant now) {
    return net::run_on(blocking.get_executor(),
                       [folder = surroundings.data_folder, now] { return read_pause(folder, now); });
  }

  net::Awaitable<Result<std::optional<Command>>> order_at(Instant now) {
    return net::run_on(blocking.get_executor(),
                       [folder = surroundings.data_folder, now] { return read_order(folder, now); });
  }

  /// What the doors to all sources are made of.
  net::Fetcher::Parts door_parts() {
    net::RandomSource random;
    // The demo lives the same life each time.
    if (surroundings.mode == "live")
      random = [engine = std::mt19937(std::random_device()())]() mutable {
        return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
      };
    return {.http = http,
            .timeline = surroundings.timeline,
            .cache = &documents,
            .shared = redis.get(),
            .random = std::move(random),
            .on_event = [this](const net::FetchEvent& event) { meter.count(event); }};
  }

  std::string metrics_text() {
    for (const api::SourceState& source : state.snapshot().sources) meter.describe(source);
    for (const net::Fetcher* door : prices.doors()) meter.describe(door->source(), door->state());
    for (const net::Fetcher* door : weather.doors()) meter.describe(door->source(), door->state());
    return metrics.prometheus();
  }

  net::Awaitable<void> store(PriceSeries series, std::vector<MarketPrice> in_force) {
    const Result<void> stored = co_await record->store_prices(series, std::move(in_force));
    if (!stored) reporter.on_record_failure(stored.error());
  }

  /// What was known before comes first, so that the first tick already plans with it.
  net::Awaitable<void> live() {
    // Entered before the first wait for the record: simulated time must not run ahead meanwhile.
    const net::Timeline::Participant inside(surroundings.timeline);
    const Result<void> resumed = co_await coordinator.resume();
    if (!resumed) reporter.on_record_failure(resumed.error());
    if (redis) tasks.spawn("redis", redis->run());
    prices.start(tasks);
    weather.start(tasks);
    tasks.spawn("coordinator", coordinator.run());
  }

  config::Configuration settings;
  Surroundings surroundings;
  net::asio::thread_pool blocking{1};
  net::asio::thread_pool filing{1};  ///< writes documents: nobody waits for it
  std::unique_ptr<store::SqliteRecord> record;
  Knowledge knowledge;
  net::HttpClient http;
  obs::Metrics metrics;
  FetchMeter meter{metrics};
  net::DocumentCache documents;
  std::unique_ptr<net::RedisDocuments> redis;  ///< null where none is configured
  market::PriceCache cache;
  goodwe::FileSnapshotStore snapshots;
  InverterDoor inverter;
  api::EventHub events;
  Reporter reporter;
  ForecastKeeper forecasts;
  Coordinator coordinator;
  LiveState state;
  api::Api api;
  WeatherDesk weather;
  PriceDesk prices;
  net::TaskGroup tasks;
  std::unique_ptr<net::HttpServer> server;
};

Result<std::unique_ptr<Daemon>> Daemon::create(const config::Loaded& loaded, Surroundings surroundings,
                                               std::unique_ptr<store::SqliteRecord> record) {
  const config::Configuration& configuration = loaded.configuration;
  Result<TimeZone> zone = TimeZone::load(configuration.time_zone);
  if (!zone) return std::move(zone).failed();
  Result<tariff::ContractBook> contracts = config::contracts_of(configuration, loaded.catalogue);
  if (!contracts) return std::move(contracts).failed();
  auto parts =
      std::make_unique<Parts>(configuration, std::move(surroundings), std::move(record), std::move(*contracts), *zone);
  Result<std::unique_ptr<net::HttpServer>> server =
      net::HttpServer::create(parts->surroundings.io, configuration.api.address, configuration.api.port);
  if (!server) return failure(ErrorCode::bad_input, "api.listen: " + server.error().message);
  parts->server = std::move(*server);
  return std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
}

Daemon::Daemon(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Daemon::~Daemon() = default;

void Daemon::start() {
  parts_->server->serve(
      [api = &parts_->api](net::HttpQuery query) { return api->answer(std::move(query)); },
      [log = &parts_->surroundings.log](std::string_view path, const std::exception_ptr& thrown) {
        log->failure(obs::Level::error, "api.request_failed",
                     Error{.code = ErrorCode::bug, .message = std::string(path) + ": " + net::describe(thrown)});
      });
  parts_->tasks.spawn("loop monitor", parts_->surroundings.monitor.beat());
  parts_->tasks.spawn("start", parts_->live());
}

net::Awaitable<Result<void>> Daemon::stop() {
  parts_->tasks.cancel();
  co_await parts_->tasks.join();
  Result<void> outcome;
  // In a pause nothing is sent; it began with giving the settings back.
  if (parts_->settings.control.mode == ControlMode::active && !parts_->coordinator.paused_until()) {
    outcome = co_await parts_->inverter.give_back();
    if (!outcome)
      parts_->surroundings.log.failure(obs::Level::error, "inverter.settings_not_given_back", outcome.error());
  }
  parts_->events.close();
  co_await parts_->server->stop();
  const Result<void> closed = co_await parts_->record->close();
  if (!closed && outcome) outcome = closed;
  parts_->blocking.join();
  parts_->filing.join();
  co_return outcome;
}

LiveState& Daemon::state() {
  return parts_->state;
}
std::uint16_t Daemon::api_port() const {
  return parts_->server->port();
}
const Coordinator& Daemon::coordinator() const {
  return parts_->coordinator;
}
void Daemon::publish(const api::Progress& progress) {
  parts_->events.publish(progress);
}

}  // namespace gridpilot::app
