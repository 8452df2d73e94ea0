#include "gridpilot/app/commands/demo.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "gridpilot/app/daemon.hpp"
#include "gridpilot/app/lifecycle.hpp"
#include "gridpilot/app/opened_record.hpp"
#include "gridpilot/config/configuration.hpp"
#include "gridpilot/net/task_group.hpp"
#include "gridpilot/os/folders.hpp"
#include "gridpilot/os/signals.hpp"
#include "gridpilot/plant/house.hpp"
#include "gridpilot/sim/goodwe_emulator.hpp"
#include "gridpilot/sim/market_emulator.hpp"

namespace gridpilot::app {
namespace {

constexpr int most_history_days = 28;
constexpr double fastest = 3600.0;

std::optional<std::string> wrong(const DemoOptions& options) {
  if (!(options.speed > 0.0 && options.speed <= fastest)) return "--speed: allowed are numbers above 0 up to 3600";
  if (options.port < 1 || options.port > 65535) return "--port: allowed are 1 to 65535";
  if (options.history_days < 0 || options.history_days > most_history_days)
    return "--history-days: allowed are 0 to " + std::to_string(most_history_days);
  if (!options.start.empty() && !parse_rfc3339(options.start))
    return "--start '" + options.start + "': expected a time like 2026-06-20T08:00:00+02:00";
  return std::nullopt;
}

/// The demo's home, as an owner would write it down; ports and addresses are added when they are known.
constexpr std::string_view home = R"(
site:
  name: Demo house in Kraków
  latitude: 50.06
  longitude: 19.94
  annual_consumption: 4500 kWh
pv:
  - {peak: 4 kW, tilt: 35, azimuth: 150}
  - {peak: 3 kW, tilt: 35, azimuth: 240}
battery:
  capacity: 10 kWh
  profile: hv-20kwh
  max_charge: 5 kW
  max_discharge: 5 kW
  wear: 0.05 PLN/kWh
inverter:
  address: 127.0.0.1
  pacing: 0 ms
tariff:
  contract: tauron-g12w
control: active
)";

/// Runs a coroutine to its end on a loop that nothing else runs on yet.
template <class T>
Result<T> run_now(net::asio::io_context& io, net::Awaitable<Result<T>> work) {
  auto outcome = net::asio::co_spawn(io, std::move(work), net::asio::use_future);
  io.run();
  io.restart();
  return outcome.get();
}

/// Where the demo's time begins: where its record ends, or so many days back.
Instant start_of(const std::optional<Reading>& last, Instant present, int history_days) {
  const Instant earliest = present - std::chrono::days(history_days);
  return last && last->time > earliest ? last->time + Seconds(1) : earliest;
}

plant::HouseOptions house_of(const config::Configuration& configuration, const std::optional<Reading>& last) {
  plant::HouseOptions options = plant::HouseOptions::of(configuration.site, configuration.battery);
  if (!last) return options;
  options.initial_soc = last->soc.value_or(options.initial_soc);
  options.initial_totals = {.pv = last->pv_total.value_or({}),
                            .load = last->load_total.value_or({}),
                            .grid_import = last->import_total.value_or({}),
                            .grid_export = last->export_total.value_or({}),
                            .charge = last->charge_total.value_or({}),
                            .discharge = last->discharge_total.value_or({}),
                            .ac_out = {},
                            .ac_in = {},
                            .losses = {}};
  return options;
}

/// Lets the house live at full speed up to the present, then at the speed that was asked for.
class History {
 public:
  History(net::SimulatedTimeline& timeline, Daemon& daemon, Instant present, double speed)
      : timeline_(timeline), daemon_(daemon), start_(timeline.clock().now()), present_(present), speed_(speed) {}

  [[nodiscard]] net::Awaitable<void> fill() {
    const net::Timeline::Participant inside(timeline_);
    while (timeline_.clock().now() < present_) {
      tell();
      co_await timeline_.wait_until(std::min(timeline_.clock().now() + std::chrono::minutes(15), present_));
    }
    daemon_.state().set_progress(std::nullopt);
    daemon_.publish(api::Progress{.phase = "history filled", .done = 1.0});
    timeline_.set_speed(speed_);
  }

 private:
  void tell() {
    const double done = std::chrono::duration<double>(timeline_.clock().now() - start_) /
                        std::chrono::duration<double>(present_ - start_);
    const api::Progress progress{.phase = "the house is living through its history", .done = done};
    daemon_.state().set_progress(progress);
    daemon_.publish(progress);
  }

  net::SimulatedTimeline& timeline_;
  Daemon& daemon_;
  Instant start_;
  Instant present_;
  double speed_;
};

/// Everything of the demo, in the order of building.
class Demo {
 public:
  Demo(const DemoOptions& options, obs::Log& log)
      : options_(options),
        log_(log),
        loaded_(config::parse_configuration(home, "demo", config::Purpose::run)),
        present_(parse_rfc3339(options.start).value_or(os::SystemClock().now())) {}

  [[nodiscard]] Result<ExitCode> run(const std::filesystem::path& data, std::ostream& notices);

 private:
  [[nodiscard]] Result<void> build_world(const std::optional<Reading>& last);
  [[nodiscard]] Result<void> build_daemon(const std::filesystem::path& data);
  [[nodiscard]] net::Awaitable<Result<void>> stop();

  DemoOptions options_;
  obs::Log& log_;
  config::Loaded loaded_;
  Instant present_;
  net::asio::io_context io_{1};
  Lifecycle lifecycle_{io_, log_};
  SimulatedClockTrust clock_trust_;
  std::unique_ptr<OpenedRecord> opened_;
  std::unique_ptr<net::SimulatedTimeline> timeline_;
  std::unique_ptr<plant::House> house_;
  std::unique_ptr<sim::GoodweEmulator> inverter_;
  std::unique_ptr<sim::MarketEmulator> market_;
  std::unique_ptr<Daemon> daemon_;
  std::unique_ptr<History> history_;
  std::unique_ptr<net::TaskGroup> tasks_;
};

Result<ExitCode> Demo::run(const std::filesystem::path& data, std::ostream& notices) {
  Result<OpenedRecord> opened = OpenedRecord::open(data, io_.get_executor(), log_);
  if (!opened) return std::move(opened).failed();
  opened_ = std::make_unique<OpenedRecord>(std::move(*opened));
  Result<std::optional<Reading>> last = run_now(io_, opened_->record->last_reading());
  if (!last) return std::move(last).failed();
  const std::optional<Reading>& newest = *last;
  if (!options_.start.empty() && newest && newest->time >= present_)
    return failure(ErrorCode::bad_input, "--start " + options_.start + ": the record in " + data.string() +
                                             " goes beyond it, to " + to_rfc3339(newest->time));
  Result<void> built = build_world(*last);
  if (!built) return std::move(built).failed();
  built = build_daemon(data);
  if (!built) return std::move(built).failed();
  daemon_->start();
  history_ = std::make_unique<History>(*timeline_, *daemon_, present_, options_.speed);
  tasks_ = std::make_unique<net::TaskGroup>(
      io_.get_executor(), [this](std::string_view task, const std::exception_ptr& thrown) {
        log_.error("task.failed", {{"task", task}, {"reason", net::describe(thrown)}});
        lifecycle_.give_up();
      });
  tasks_->spawn("history", history_->fill());
  notices << "gridpilot demo: a simulated house on http://127.0.0.1:" << daemon_->api_port() << "  (Ctrl-C ends it)\n";
  return lifecycle_.run([this] { return stop(); });
}

Result<void> Demo::build_world(const std::optional<Reading>& last) {
  Result<TimeZone> zone = TimeZone::load(loaded_.configuration.time_zone);
  if (!zone) return std::move(zone).failed();
  timeline_ = std::make_unique<net::SimulatedTimeline>(io_, start_of(last, present_, options_.history_days));
  const os::Clock& clock = timeline_->clock();
  house_ = std::make_unique<plant::House>(*zone, house_of(loaded_.configuration, last), clock.now());
  auto inverter = sim::GoodweEmulator::create(io_, clock, *zone, {}, *house_);
  if (!inverter) return std::move(inverter).failed();
  inverter_ = std::move(*inverter);
  auto market = sim::MarketEmulator::create(io_, clock, *zone, {});
  if (!market) return std::move(market).failed();
  market_ = std::move(*market);
  return {};
}

Result<void> Demo::build_daemon(const std::filesystem::path& data) {
  loaded_.configuration.inverter.port = inverter_->port();
  loaded_.configuration.prices.url = market_->base_url() + "/api";
  loaded_.configuration.prices.sources = config::pse_alone(loaded_.configuration.prices.url);
  for (WeatherSourceSettings& source : loaded_.configuration.weather.sources) source.url = market_->base_url();
  loaded_.configuration.api.port = static_cast<std::uint16_t>(options_.port);
  auto daemon = Daemon::create(loaded_,
                               {.io = io_,
                                .timeline = *timeline_,
                                .clock_trust = clock_trust_,
                                .log = log_,
                                .monitor = lifecycle_.monitor(),
                                .mode = "demo",
                                .data_folder = data,
                                .give_up = [this] { lifecycle_.give_up(); }},
                               std::move(opened_->record));
  if (!daemon) return std::move(daemon).failed();
  daemon_ = std::move(*daemon);
  return {};
}

net::Awaitable<Result<void>> Demo::stop() {
  tasks_->cancel();
  co_await tasks_->join();
  Result<void> outcome = co_await daemon_->stop();
  co_await market_->stop();
  co_return outcome;
}

}  // namespace

ExitCode run_demo(const DemoOptions& options, const Streams& streams) {
  if (const std::optional<std::string> reason = wrong(options)) {
    streams.notices << "gridpilot demo: " << *reason << '\n';
    return ExitCode::bad_input;
  }
  os::ignore_broken_pipes();
  obs::Log log({.level = obs::Level::warning, .format = obs::Log::format_of_standard_error()});
  const std::filesystem::path data =
      options.data.empty() ? os::default_folders().state / "demo" : std::filesystem::path(options.data);
  const Result<ExitCode> ended = Demo(options, log).run(data, streams.notices);
  if (ended) return *ended;
  streams.notices << "gridpilot demo: " << ended.error().message << '\n';
  return ended.error().code == ErrorCode::bad_input ? ExitCode::bad_input : ExitCode::failed;
}

}  // namespace gridpilot::app
