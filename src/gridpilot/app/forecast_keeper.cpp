#include "gridpilot/app/forecast_keeper.hpp"

#include <algorithm>

#include "gridpilot/forecast/daily_score.hpp"
#include "gridpilot/net/run_on.hpp"

namespace gridpilot::app {
namespace {

// A day's last slot is measured and stored within minutes.
constexpr std::chrono::minutes after_midnight{30};
constexpr std::chrono::minutes before_next_try{15};
// Days that were missed while the program did not run are scored later, as far as their rivals' past is still at hand.
constexpr int days_caught_up = 7;
constexpr int days_remembered = 14;
// A forecast of prices may begin a day and a half after its issue, and reaches two days from there.
constexpr std::chrono::days longest_reach{4};
// A slot measured for less says little about the slot.
constexpr double least_coverage = 0.8;

}  // namespace

std::string sentence_of(const ForecastAlarm& alarm) {
  return "the " + std::string(name_of(alarm.series)) + " forecast has been worse than " +
         (alarm.rival == ForecastMethod::persistence ? "repeating the last known day"
                                                     : "repeating the same day of last week") +
         " on each of the last " + std::to_string(forecast::days_of_alarm) + " days";
}

net::Awaitable<void> ForecastKeeper::keep(Instant now) {
  archive_what_is_foreseen(now);
  if (not_before_ && now < *not_before_) co_return;
  not_before_.reset();
  const Result<void> scored = co_await score_days_that_are_over(now);
  if (scored) co_return;
  not_before_ = now + before_next_try;
  parts_.events.on_forecast_failure(scored.error());
}

void ForecastKeeper::archive_what_is_foreseen(Instant now) {
  const auto hour = std::chrono::floor<std::chrono::hours>(now);
  const bool is_new_hour = archived_hour_ != hour;
  archived_hour_ = hour;
  for (const ForecastSeries series : forecast_series) {
    const bool is_price = price_series_of(series).has_value();
    if (!is_price && !is_new_hour) continue;
    const std::optional<Slot> first = parts_.knowledge.foreseen_from(series, now);
    if (!first || (is_price && archived_from_.contains(series) && archived_from_.at(series) == *first)) continue;
    if (is_price) archived_from_.insert_or_assign(series, *first);
    parts_.archive.store_forecast(
        series,
        {.issued_at = now,
         .first = *first,
         .slots = parts_.knowledge.foreseen(series, now, {*first, *first + Knowledge::horizon_length / slot_length})});
  }
}

net::Awaitable<Result<void>> ForecastKeeper::remember(std::chrono::year_month_day today) {
  Result<std::vector<DailyScore>> scores = co_await parts_.archive.scores(plus_days(today, -days_remembered));
  if (!scores) co_return std::move(scores).failed();
  recent_ = std::move(*scores);
  if (!recent_.empty()) scored_until_ = recent_.back().day;
  remembers_ = true;
  if (scored_until_) look_for_alarms(*scored_until_);
  co_return Result<void>{};
}

net::Awaitable<Result<void>> ForecastKeeper::score_days_that_are_over(Instant now) {
  const auto today = parts_.knowledge.zone().date_of(now - after_midnight);
  const auto yesterday = plus_days(today, -1);
  if (scored_until_ && *scored_until_ >= yesterday) co_return Result<void>{};
  if (!remembers_)
    if (Result<void> remembered = co_await remember(today); !remembered) co_return remembered;
  auto day = plus_days(today, -days_caught_up);
  if (scored_until_) day = std::max(day, plus_days(*scored_until_, 1));
  for (; day <= yesterday; day = plus_days(day, 1)) {
    std::vector<DailyScore> of_day;
    for (const ForecastSeries series : forecast_series) {
      Result<std::vector<DailyScore>> scores = co_await score(day, series);
      if (!scores) co_return std::move(scores).failed();
      of_day.insert(of_day.end(), scores->begin(), scores->end());
    }
    scored_until_ = day;
    if (of_day.empty()) continue;
    recent_.insert(recent_.end(), of_day.begin(), of_day.end());
    parts_.events.on_forecasts_scored(day, of_day);
    parts_.archive.store_scores(std::move(of_day));
    look_for_alarms(day);
  }
  std::erase_if(recent_, [&](const DailyScore& score) { return score.day < plus_days(today, -days_remembered); });
  parts_.archive.forget_forecasts_before(now - forecasts_kept);
  co_return Result<void>{};
}

net::Awaitable<Result<std::vector<DailyScore>>> ForecastKeeper::score(std::chrono::year_month_day day,
                                                                      ForecastSeries series) {
  const TimeZone& zone = parts_.knowledge.zone();
  const SlotRange slots = zone.slots_of(day);
  Result<std::vector<IssuedForecast>> forecasts = co_await parts_.archive.forecasts(
      series, {.from = slots.first.start() - longest_reach, .to = slots.last.start()});
  if (!forecasts) co_return std::move(forecasts).failed();
  std::erase_if(*forecasts, [&](const IssuedForecast& forecast) {
    return forecast.first >= slots.last || forecast.first + std::ssize(forecast.slots) <= slots.first;
  });
  if (forecasts->empty()) co_return std::vector<DailyScore>();
  auto past =
      co_await observed(series, {.from = slots.first.start() - forecast::days_observed, .to = slots.last.start()});
  if (!past) co_return std::move(past).failed();
  co_return co_await net::run_on(
      parts_.work, [series, day, zone, kept = std::move(*forecasts), known = std::move(*past)] {
        std::vector<forecast::Observation> observations;
        observations.reserve(known.size());
        for (const auto& [slot, value] : known) observations.push_back({.slot = slot, .value = value});
        return Result<std::vector<DailyScore>>(
            forecast::score_day({.series = series, .day = day, .forecasts = kept, .observed = observations}, zone));
      });
}

/// What came, in the unit of the series.
net::Awaitable<Result<std::vector<std::pair<Slot, double>>>> ForecastKeeper::observed(ForecastSeries series,
                                                                                      ports::TimeRange range) {
  std::vector<std::pair<Slot, double>> values;
  if (const auto prices = price_series_of(series)) {
    Result<std::vector<MarketPrice>> known = co_await parts_.reader.prices(*prices, range);
    if (!known) co_return std::move(known).failed();
    values.reserve(known->size());
    for (const MarketPrice& price : *known) values.emplace_back(price.slot, price.price.per_kwh());
    co_return values;
  }
  Result<std::vector<SlotEnergy>> measured = co_await parts_.reader.slot_energies(range);
  if (!measured) co_return std::move(measured).failed();
  values.reserve(measured->size());
  for (const SlotEnergy& slot : *measured) {
    if (slot.coverage < least_coverage) continue;
    const Energy energy = series == ForecastSeries::load ? slot.load : slot.pv;
    values.emplace_back(slot.slot, in_kilowatt_hours(energy) / slot.coverage);
  }
  co_return values;
}

void ForecastKeeper::look_for_alarms(std::chrono::year_month_day last) {
  std::vector<ForecastAlarm> holding;
  for (const ForecastSeries series : forecast_series)
    if (const auto rival = forecast::beaten_for_a_week(recent_, series, last))
      holding.push_back({.series = series, .rival = *rival});
  const auto is_among = [](const std::vector<ForecastAlarm>& alarms, ForecastSeries series) {
    return std::ranges::find(alarms, series, &ForecastAlarm::series) != alarms.end();
  };
  for (const ForecastAlarm& alarm : holding)
    if (!is_among(alarms_, alarm.series)) parts_.events.on_forecast_alarm(alarm, false);
  for (const ForecastAlarm& alarm : alarms_)
    if (!is_among(holding, alarm.series)) parts_.events.on_forecast_alarm(alarm, true);
  alarms_ = std::move(holding);
}

}  // namespace gridpilot::app
