#include "gridpilot/app/commands/forecast_score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ostream>
#include <utility>

#include "gridpilot/app/commands/contract_choice.hpp"
#include "gridpilot/app/commands/score_table.hpp"
#include "gridpilot/app/forecast_keeper.hpp"
#include "gridpilot/app/own_forecaster.hpp"
#include "gridpilot/codec/series_table.hpp"
#include "gridpilot/core/json.hpp"
#include "gridpilot/forecast/daily_score.hpp"
#include "gridpilot/forecast/place_by_sun.hpp"
#include "gridpilot/forecast/series_backtest.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/os/file.hpp"
#include "gridpilot/os/folders.hpp"
#include "gridpilot/os/zone_place.hpp"
#include "gridpilot/store/sqlite/file.hpp"
#include "gridpilot/store/sqlite/queries.hpp"

namespace gridpilot::app {
namespace {

constexpr int longest_warm_up_days = 3650;
// Of its peak power a plant shows about this much in its best quarter of an hour.
constexpr double usual_peak_share = 0.85;
constexpr std::chrono::milliseconds lock_wait{2'000};

/// A recorded series to rehearse on.
struct Recorded {
  ForecastSeries series;
  const std::filesystem::path& file;
  std::string_view usual;
};

std::optional<Recorded> recorded(const ForecastScoreOptions& options) {
  if (!options.load.empty()) return Recorded{ForecastSeries::load, options.load, "load"};
  if (!options.pv.empty()) return Recorded{ForecastSeries::pv, options.pv, "pv"};
  if (!options.prices.empty()) return Recorded{ForecastSeries::sdac_price, options.prices, ""};
  return std::nullopt;
}

Result<codec::SeriesTable> read_series(const ForecastScoreOptions& options, const Recorded& from,
                                       const TimeZone& zone) {
  std::optional<codec::SeriesUnit> unit;
  if (!options.unit.empty()) {
    unit = codec::series_unit(options.unit);
    if (!unit)
      return failure(ErrorCode::bad_input,
                     "--unit '" + options.unit + "' is none; allowed: kwh, wh, kw, w, per_kwh, per_mwh");
  }
  auto text = os::read_file_unpacked(from.file);
  if (!text) return std::move(text).failed();
  const bool is_price = price_series_of(from.series).has_value();
  auto table = codec::read_series_table(
      *text, {.kind = is_price ? codec::SeriesQuery::Kind::price : codec::SeriesQuery::Kind::energy,
              .column = options.column,
              .usual = from.usual,
              .unit = unit,
              .time_column = options.time_column,
              .zone = options.zone.empty() ? nullptr : &zone});
  if (!table) return std::unexpected(std::move(table.error()).in(from.file.string()));
  return table;
}

Result<void> check(const ForecastScoreOptions& options) {
  if (options.every_minutes < 15 || options.every_minutes % 15 != 0 || options.every_minutes > 24 * 60)
    return failure(ErrorCode::bad_input, "--every is a multiple of 15 minutes; allowed: 15 to 1440");
  if (options.warm_up_days < 0 || options.warm_up_days > longest_warm_up_days)
    return failure(ErrorCode::bad_input, "--warm-up is a number of days; allowed: 0 to 3650");
  return {};
}

void put_backtest(const ForecastScoreOptions& options, const codec::SeriesTable& table, const Recorded& from,
                  const forecast::BacktestAnswer& answer, const Streams& streams) {
  const Instant first = answer.scored.first.start();
  const Instant last = answer.scored.last.start();
  if (!options.as_json) {
    streams.out << table.column << ": " << answer.issues << " forecasts, scored from " << to_rfc3339(first) << " to "
                << to_rfc3339(last) << "\n\n"
                << score_table(answer.comparison, from.series);
    return;
  }
  std::string text;
  {
    json::Writer out(text);
    out.begin_object();
    out.key("series").value(price_series_of(from.series) ? "prices" : name_of(from.series));
    out.key("column").value(table.column);
    out.key("from").value(first);
    out.key("to").value(last);
    out.key("forecasts_count").value(answer.issues);
    put_scores(out, answer.comparison, from.series);
    out.end_object();
  }
  streams.out << text << '\n';
}

/// Where the time zone is, unless PV was measured in what would be its night: then where the PV itself tells.
std::optional<forecast::SunPlace> assumed_place(std::span<const forecast::Observation> pv, const TimeZone& zone) {
  constexpr double most_by_night = 0.02;
  if (const auto town = os::place_of_zone(zone.name())) {
    const forecast::SunPlace place{town->latitude_degrees, town->longitude_degrees};
    if (forecast::share_by_night(pv, place) < most_by_night) return place;
  }
  return forecast::place_by_sun(pv);
}

/// Without a configuration: one plane towards the equator, where and as large as the first weeks show, which are learnt
/// from and not scored.
Site assumed_site(const ForecastScoreOptions& options, const Recorded& from,
                  std::span<const forecast::Observation> observed, const TimeZone& zone) {
  Site site;
  if (from.series != ForecastSeries::pv || observed.empty()) return site;
  const Slot learnt = observed.front().slot + std::chrono::days(std::max(options.warm_up_days, 1)) / slot_length;
  const auto end = std::ranges::lower_bound(observed, learnt, {}, &forecast::Observation::slot);
  const std::span<const forecast::Observation> first_weeks(observed.begin(), end);
  if (const auto place = assumed_place(first_weeks, zone)) {
    site.latitude_degrees = place->latitude_degrees;
    site.longitude_degrees = place->longitude_degrees;
  }
  Energy most = watt_hours(1);
  for (const forecast::Observation& known : first_weeks) most = std::max(most, kilowatt_hours(known.value));
  const Power peak = most / Hours(slot_length) / usual_peak_share;
  site.planes = {PvPlane{.peak = peak, .azimuth_degrees = site.latitude_degrees < 0 ? 0.0 : 180.0}};
  // What the first weeks have not seen may still come.
  site.inverter_rating = peak * 3.0;
  return site;
}

std::string assumption(const Site& site) {
  return fmt::format("modules assumed: {:.1f} kW, 35° towards the equator, at {:.1f}° north, {:.1f}° east",
                     in_kilowatts(site.planes.front().peak), site.latitude_degrees, site.longitude_degrees);
}

ExitCode score_file(const ForecastScoreOptions& options, const Recorded& from, const Streams& streams) {
  const Result<void> allowed = check(options);
  if (!allowed) return refuse(allowed.error(), streams);
  const auto loaded = configuration_or_defaults(options.configuration, streams);
  if (!loaded) return ExitCode::bad_input;
  const auto zone = TimeZone::load(options.zone.empty() ? loaded->configuration.time_zone : options.zone);
  if (!zone) return refuse(zone.error(), streams);
  const auto table = read_series(options, from, *zone);
  if (!table) return refuse(table.error(), streams);
  if (table->rows_without_number > 0)
    streams.notices << table->rows_without_number << " rows have no number and count as missing; the first is "
                    << table->first_without_number << '\n';
  std::vector<forecast::Observation> observed;
  observed.reserve(table->slots.size());
  for (const auto& [slot, value] : table->slots) observed.push_back({.slot = slot, .value = value});
  const Site site = options.configuration ? loaded->configuration.site : assumed_site(options, from, observed, *zone);
  if (from.series == ForecastSeries::pv && !options.configuration)
    streams.notices << assumption(site) << "; --config names the real ones\n";
  const auto own = own_forecaster(from.series, site, *zone);
  const forecast::BacktestAnswer answer = forecast::backtest({.series = from.series,
                                                              .observed = observed,
                                                              .zone = *zone,
                                                              .every = std::chrono::minutes(options.every_minutes),
                                                              .warm_up = std::chrono::days(options.warm_up_days)},
                                                             *own);
  if (answer.comparison.of(ForecastMethod::own).all().count() == 0)
    return refuse(from.file.string() + ": too short: nothing is left to score after " +
                      std::to_string(options.warm_up_days) + " days (--warm-up)",
                  streams);
  put_backtest(options, *table, from, answer, streams);
  return ExitCode::done;
}

forecast::Comparison summed(std::span<const DailyScore> scores, ForecastSeries series) {
  forecast::Comparison comparison;
  for (const DailyScore& score : scores)
    if (score.series == series) comparison.of(score.method).of(score.band) += forecast::Score::from_sums(score.sums);
  return comparison;
}

Result<std::vector<DailyScore>> recorded_scores(const std::filesystem::path& folder, std::chrono::year_month_day from) {
  const std::filesystem::path file = folder / "gridpilot.db";
  auto database = store::open_for_queries(file, lock_wait);
  if (!database) return std::unexpected(std::move(database.error()).in("no record can be read"));
  const auto version = database->integer("PRAGMA user_version");
  if (!version) return version.failed();
  if (*version < static_cast<std::int64_t>(store::migrations().size()))
    return failure(ErrorCode::unsupported,
                   file.string() + ": written by an older gridpilot; `gridpilot run` brings it up to date");
  return store::query_scores(*database, from);
}

ExitCode score_record(const ForecastScoreOptions& options, const Streams& streams) {
  if (options.days < 1) return refuse("--days is a number of days, at least 1", streams);
  const auto loaded = configuration_or_defaults(options.configuration, streams);
  if (!loaded) return ExitCode::bad_input;
  const auto zone = TimeZone::load(loaded->configuration.time_zone);
  if (!zone) return refuse(zone.error(), streams);
  std::filesystem::path folder = options.data;
  if (folder.empty()) folder = loaded->configuration.data_folder;
  if (folder.empty()) folder = os::default_folders().state;
  const auto scores = recorded_scores(folder, plus_days(zone->date_of(os::SystemClock().now()), -options.days));
  if (!scores) {
    streams.notices << scores.error().message << '\n';
    return ExitCode::failed;
  }
  if (scores->empty()) {
    streams.notices << "no day has been scored in the last " << options.days
                    << " days: a day is scored after it is over, from the eighth day of measurements on\n";
    if (options.as_json) streams.out << R"({"series":[]})" << '\n';
    return ExitCode::done;
  }
  std::vector<ForecastAlarm> alarms;
  std::string text;
  {
    json::Writer out(text);
    out.begin_object().key("series").begin_array();
    for (const ForecastSeries series : forecast_series) {
      const forecast::Comparison comparison = summed(*scores, series);
      if (comparison.of(ForecastMethod::own).all().count() == 0) continue;
      const auto last = std::ranges::max(*scores, {}, [&](const DailyScore& score) {
                          return score.series == series ? score.day : std::chrono::year_month_day{};
                        }).day;
      const auto rival = forecast::beaten_for_a_week(*scores, series, last);
      if (rival) alarms.push_back({.series = series, .rival = *rival});
      out.begin_object().key("series").value(name_of(series)).key("last_day").value(to_iso(last));
      out.key("worse_than").value(rival ? std::optional(name_of(*rival)) : std::nullopt);
      put_scores(out, comparison, series);
      out.end_object();
      if (!options.as_json)
        streams.out << name_of(series) << ", days up to " << to_iso(last) << '\n'
                    << score_table(comparison, series) << '\n';
    }
    out.end_array().end_object();
  }
  if (options.as_json) streams.out << text << '\n';
  for (const ForecastAlarm& alarm : alarms) streams.notices << sentence_of(alarm) << '\n';
  return alarms.empty() ? ExitCode::done : ExitCode::degraded;
}

}  // namespace

ExitCode forecast_score(const ForecastScoreOptions& options, const Streams& streams) {
  const std::optional<Recorded> from = recorded(options);
  return from ? score_file(options, *from, streams) : score_record(options, streams);
}

}  // namespace gridpilot::app
