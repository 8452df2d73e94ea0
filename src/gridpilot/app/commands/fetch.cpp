#include "gridpilot/app/commands/fetch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>
#include <utility>
#include <variant>

#include "gridpilot/app/commands/fetch_report.hpp"
#include "gridpilot/codec/fixings.hpp"
#include "gridpilot/codec/price_kinds.hpp"
#include "gridpilot/config/configuration.hpp"
#include "gridpilot/core/text.hpp"
#include "gridpilot/market/price_sources.hpp"
#include "gridpilot/net/fetcher.hpp"
#include "gridpilot/net/task_group.hpp"
#include "gridpilot/os/file.hpp"
#include "gridpilot/os/folders.hpp"
#include "gridpilot/weather/weather_sources.hpp"

namespace gridpilot::app {
namespace {

constexpr std::size_t largest_key_file = 4096;

/// Kinds of sources, and the configuration's own names of price sources before them.
std::vector<std::string_view> all_names(const config::Configuration& home) {
  std::vector<std::string_view> names;
  names.reserve(home.prices.sources.size() + all_weather_source_kinds.size() + codec::price_kinds().size());
  for (const config::PriceSourceEntry& entry : home.prices.sources)
    if (codec::price_kind_named(entry.settings.name) == nullptr) names.emplace_back(entry.settings.name);
  for (const WeatherSourceKind kind : all_weather_source_kinds) names.push_back(name_of(kind));
  for (const codec::PriceKind& kind : codec::price_kinds()) names.push_back(kind.name);
  return names;
}

std::optional<WeatherSourceKind> weather_kind_named(std::string_view name) {
  const auto* const kind =
      std::ranges::find(all_weather_source_kinds, name, [](WeatherSourceKind each) { return name_of(each); });
  return kind == all_weather_source_kinds.end() ? std::nullopt : std::optional(*kind);
}

/// What the command works on once its options are read.
struct Task {
  config::Configuration home;
  TimeZone zone;
  std::chrono::year_month_day date;
  std::string key;
};

Result<std::string> read_key(const FetchOptions& options) {
  if (!options.key_file) return std::string();
  auto text = os::read_file(*options.key_file, largest_key_file);
  if (!text) return failure(ErrorCode::bad_input, "--key-file: " + text.error().message);
  return text->substr(0, text->find_first_of("\r\n"));
}

Result<Task> read_task(const FetchOptions& options, Instant now, const Streams& streams) {
  const auto file = options.configuration.value_or(os::default_folders().configuration_file);
  config::Loaded loaded;
  std::error_code none;
  if (options.configuration || std::filesystem::exists(file, none)) {
    loaded = config::load_configuration(file, config::Purpose::plan);
    if (!loaded.problems.empty() && options.configuration)
      return failure(ErrorCode::bad_input, "\n" + config::to_text(loaded.problems));
    if (!loaded.problems.empty()) {
      streams.notices << "gridpilot: " << file.string() << " has problems (gridpilot check-config) and is left aside\n";
      loaded = {};
    }
  } else {
    loaded.configuration.site.planes = {PvPlane{}};
    streams.notices << "without a configuration: a home in Kraków with 5 kWp to the south\n";
  }
  auto zone = TimeZone::load(loaded.configuration.time_zone);
  if (!zone) return std::move(zone).failed();
  const auto date = options.date.empty() ? std::optional(zone->date_of(now)) : parse_date(options.date);
  if (!date)
    return failure(ErrorCode::bad_input, "--date '" + options.date + "' is not a date; write it like 2026-11-25");
  auto key = read_key(options);
  if (!key) return std::move(key).failed();
  return Task{.home = std::move(loaded.configuration), .zone = *zone, .date = *date, .key = std::move(*key)};
}

/// Runs a coroutine to its end on a loop of its own.
template <class T>
Result<T> run_alone(net::asio::io_context& io, net::Awaitable<Result<T>> work) {
  Result<T> outcome = failure(ErrorCode::bug, "the question did not end");
  net::asio::co_spawn(io, std::move(work), [&outcome](const std::exception_ptr& thrown, Result<T> got) {
    outcome = thrown ? Result<T>(failure(ErrorCode::bug, net::describe(thrown))) : std::move(got);
  });
  io.run();
  return outcome;
}

Result<std::string> nothing_of(std::string_view source, const ShownDay& day) {
  return failure(ErrorCode::not_published, std::string(source) + " says nothing of " + to_iso(day.date));
}

/// Asks one source, remembering nothing.
class Question {
 public:
  Question(const FetchOptions& options, const Task& task, const os::Clock& clock)
      : options_(options),
        task_(task),
        clock_(clock),
        http_(io_.get_executor(), {.ca_file = task.home.prices.ca_file}),
        day_{.date = task.date, .zone = task.zone, .as_json = options.as_json} {}

  [[nodiscard]] Result<std::string> weather(WeatherSourceKind kind);
  [[nodiscard]] Result<std::string> prices(std::string_view name);

 private:
  [[nodiscard]] net::Fetcher::Parts door_parts() { return {.http = http_, .timeline = timeline_}; }
  [[nodiscard]] WeatherSourceSettings settings_of(WeatherSourceKind kind) const;
  template <class Value>
  [[nodiscard]] Result<std::string> said_by(ports::OutlookSource<Value>& source);
  [[nodiscard]] Result<std::vector<PriceSeries>> series() const;
  [[nodiscard]] Result<codec::PriceSourceSettings> price_settings(std::string_view name) const;

  const FetchOptions& options_;
  const Task& task_;
  const os::Clock& clock_;
  net::asio::io_context io_{1};
  net::HttpClient http_;
  net::LiveTimeline timeline_{clock_};
  ShownDay day_;
};

WeatherSourceSettings Question::settings_of(WeatherSourceKind kind) const {
  const auto& configured = task_.home.weather.sources;
  const auto known = std::ranges::find(configured, kind, &WeatherSourceSettings::kind);
  WeatherSourceSettings settings = known != configured.end() ? *known : WeatherSourceSettings{.kind = kind};
  if (!options_.url.empty()) settings.url = options_.url;
  if (!options_.station.empty()) settings.station = options_.station;
  if (!options_.sites.empty()) settings.sites = options_.sites;
  if (!task_.key.empty()) settings.key = task_.key;
  return settings;
}

template <class Value>
Result<std::string> Question::said_by(ports::OutlookSource<Value>& source) {
  const auto value = run_alone(io_, source.fetch());
  if (!value) return value.failed();
  if constexpr (std::is_same_v<Value, WeatherObservation>) {
    return describe(*value, day_);
  } else {
    const Value shown = only_of(*value, day_);
    if (shown.slots.empty()) return nothing_of(source.name(), day_);
    return describe(shown, day_);
  }
}

Result<std::string> Question::weather(WeatherSourceKind kind) {
  const Site& site = task_.home.site;
  auto built = weather::BuiltSource::create(
      settings_of(kind),
      {.latitude_degrees = site.latitude_degrees, .longitude_degrees = site.longitude_degrees, .planes = site.planes},
      door_parts(), weather::BuiltSource::Asking::now);
  if (!built) return std::move(built).failed();
  return std::visit([this](const auto& source) { return said_by(*source); }, (*built)->source());
}

Result<std::vector<PriceSeries>> Question::series() const {
  if (options_.series.empty()) return std::vector<PriceSeries>();
  if (const auto named = price_series_with_id(options_.series)) return std::vector<PriceSeries>{*named};
  std::vector<std::string_view> ids;
  ids.reserve(price_series_count);
  for (int n = 0; n < price_series_count; ++n) ids.push_back(id_of(static_cast<PriceSeries>(n)));
  return failure(ErrorCode::bad_input, "--series '" + options_.series + "' is not known; allowed: " + joined(ids));
}

/// The configuration's source of that name or kind, or the kind as it is; the command line stands above it.
Result<codec::PriceSourceSettings> Question::price_settings(std::string_view name) const {
  auto wanted = series();
  if (!wanted) return std::move(wanted).failed();
  const auto& configured = task_.home.prices.sources;
  auto known = std::ranges::find(configured, name, [](const auto& entry) { return entry.settings.name; });
  if (known == configured.end())
    known = std::ranges::find(configured, name, [](const auto& entry) { return entry.settings.kind; });
  codec::PriceSourceSettings settings =
      known != configured.end() ? known->settings : codec::PriceSourceSettings{.kind = std::string(name)};
  if (!options_.zone.empty()) settings.zone = options_.zone;
  if (!options_.url.empty()) settings.url = options_.url;
  if (!task_.key.empty()) settings.token = task_.key;
  if (!wanted->empty()) settings.series = std::move(*wanted);
  return settings;
}

Result<std::string> Question::prices(std::string_view name) {
  const auto currency = options_.currency.empty() ? std::optional(Currency::pln()) : Currency::parse(options_.currency);
  if (!currency)
    return failure(ErrorCode::bad_input, "--currency '" + options_.currency + "': three capital letters, like EUR");
  const auto settings = price_settings(name);
  if (!settings) return settings.failed();
  const config::FixingSettings& fixing = task_.home.prices.fixing;
  net::Fetcher door(door_parts(), {.source = std::string(name)});
  net::Fetcher bank_door(door_parts(), {.source = fixing.kind});
  market::ExchangeRates rates(bank_door, clock_, {.kind = codec::fixing_kind_named(fixing.kind), .url = fixing.url});
  auto made = market::make_price_sources(
      *settings, {.door = door, .clock = clock_, .zone = task_.zone, .currency = *currency, .rates = &rates});
  if (!made) return std::move(made).failed();
  std::string text;
  for (const std::unique_ptr<ports::PriceSource>& source : *made) {
    io_.restart();
    auto prices = run_alone(io_, source->fetch_day(task_.date));
    if (!prices) return std::move(prices).failed();
    if (prices->empty()) return nothing_of(source->name(), day_);
    text += describe(FetchedPrices{.source = std::string(source->name()),
                                   .series = source->series(),
                                   .currency = *currency,
                                   .prices = std::move(*prices)},
                     day_);
  }
  return text;
}

Result<std::string> answer(const FetchOptions& options, const Streams& streams) {
  const os::SystemClock clock;
  const auto task = read_task(options, clock.now(), streams);
  if (!task) return task.failed();
  const auto names = all_names(task->home);
  if (std::ranges::find(names, options.source) == names.end()) {
    std::string sentence = "source '" + options.source + "' is not known";
    if (const auto near = nearest(options.source, names); !near.empty())
      sentence += "; did you mean '" + std::string(near) + "'?";
    else
      sentence += ".";
    return failure(ErrorCode::bad_input, sentence + " Allowed: " + joined(names));
  }
  Question question(options, *task, clock);
  const auto weather = weather_kind_named(options.source);
  return weather ? question.weather(*weather) : question.prices(options.source);
}

}  // namespace

ExitCode fetch_source(const FetchOptions& options, const Streams& streams) {
  const auto said = answer(options, streams);
  if (said) {
    streams.out << *said;
    return ExitCode::done;
  }
  streams.notices << "gridpilot fetch: " << said.error().message << '\n';
  return said.error().code == ErrorCode::bad_input ? ExitCode::bad_input : ExitCode::failed;
}

}  // namespace gridpilot::app
