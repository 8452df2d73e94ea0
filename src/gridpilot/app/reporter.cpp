#include "gridpilot/app/reporter.hpp"

#include "gridpilot/forecast/daily_score.hpp"

namespace gridpilot::app {

void Reporter::on_connected(const ports::InverterIdentity& identity) {
  parts_.log.info("inverter.connected", {{"family", identity.family},
                                         {"model", identity.model},
                                         {"serial", identity.serial},
                                         {"firmware", identity.firmware},
                                         {"rating_w", in_watts(identity.rating)}});
}

void Reporter::on_reading(const Reading& reading) {
  repeats_.succeeded("inverter", now());
  parts_.events.publish(reading);
}

void Reporter::on_read_failure(const Error& error) {
  repeats_.failed("inverter", error, now());
  if (state_ != nullptr) state_->count_inverter_failure(error.message);
}

void Reporter::on_plan(const std::shared_ptr<const Plan>& plan) {
  parts_.events.publish(*plan, currency_);
}

void Reporter::on_decision(const Decision& decision) {
  parts_.log.info("decision", {{"action", name_of(decision.command.action)},
                               {"power_w", in_watts(decision.command.power)},
                               {"verdict", name_of(decision.verdict)},
                               {"bound_by", decision.bound_by.value_or("")},
                               {"reason", decision.reason}});
  parts_.events.publish(decision);
}

void Reporter::on_command(const ports::RecordedCommand& command) {
  repeats_.succeeded("command", now());
  parts_.log.info("command.written", {{"action", name_of(command.command.action)},
                                      {"power_w", in_watts(command.command.power)},
                                      {"registers", command.registers_written},
                                      {"carrier", command.detail}});
}

void Reporter::on_command_failure(const Error& error) {
  repeats_.failed("command", error, now());
}

void Reporter::on_record_failure(const Error& error) {
  repeats_.failed("record", error, now());
}

void Reporter::on_clock_jump(Seconds jump) {
  parts_.log.warning("clock.jumped", {{"jump_s", jump.count()}});
}

void Reporter::on_pause(std::optional<Instant> until) {
  repeats_.succeeded("pause", now());
  if (until)
    parts_.log.info("inverter.paused", {{"until", to_rfc3339(*until)}});
  else
    parts_.log.info("inverter.resumed", {});
}

void Reporter::on_pause_failure(const Error& error) {
  repeats_.failed("pause", error, now());
}

void Reporter::on_order(const std::optional<Command>& order) {
  repeats_.succeeded("order", now());
  if (order)
    parts_.log.info("owner.ordered", {{"action", name_of(order->action)}, {"until", to_rfc3339(order->until)}});
  else
    parts_.log.info("owner.order_over", {});
}

void Reporter::on_order_failure(const Error& error) {
  repeats_.failed("order", error, now());
}

void Reporter::on_forecasts_scored(std::chrono::year_month_day day, std::span<const DailyScore> scores) {
  repeats_.succeeded("forecast scores", now());
  for (const ForecastSeries series : forecast_series) {
    for (const ForecastMethod method : forecast_methods) {
      ScoreSums sums;
      for (const DailyScore& score : scores)
        if (score.series == series && score.method == method) {
          sums.count += score.sums.count;
          sums.inside += score.sums.inside;
          sums.pinball += score.sums.pinball;
        }
      if (sums.count == 0) continue;
      const double slots = static_cast<double>(sums.count);
      const double pinball = sums.pinball / slots;
      const bool is_price = price_series_of(series).has_value();
      const obs::Labels labels{{"series", std::string(name_of(series))}, {"method", std::string(name_of(method))}};
      if (is_price)
        parts_.metrics
            .gauge("gridpilot_forecast_price_pinball_per_kwh", "Mean pinball loss of the last scored day", labels)
            .set(pinball);
      else
        parts_.metrics
            .gauge("gridpilot_forecast_energy_pinball_kwh", "Mean pinball loss a slot of the last scored day", labels)
            .set(pinball);
      if (method != ForecastMethod::own) continue;
      parts_.metrics
          .gauge("gridpilot_forecast_band_coverage_ratio", "Share of values from P10 to P90 on the last scored day",
                 {{"series", std::string(name_of(series))}})
          .set(static_cast<double>(sums.inside) / slots);
      parts_.log.info("forecast.scored", {{"series", name_of(series)},
                                          {"day", to_iso(day)},
                                          {is_price ? "pinball_per_kwh" : "pinball_kwh", pinball},
                                          {"coverage", static_cast<double>(sums.inside) / slots}});
    }
  }
}

void Reporter::on_forecast_alarm(const ForecastAlarm& alarm, bool is_over) {
  parts_.metrics
      .gauge("gridpilot_forecast_worse_than_naive_days",
             "Days on end that a naive rival has beaten the forecast, once they are a week; else 0",
             {{"series", std::string(name_of(alarm.series))}})
      .set(is_over ? 0.0 : forecast::days_of_alarm);
  if (is_over)
    parts_.log.info("forecast.alarm_over", {{"series", name_of(alarm.series)}});
  else
    parts_.log.warning(
        "forecast.worse_than_naive",
        {{"series", name_of(alarm.series)}, {"rival", name_of(alarm.rival)}, {"days", forecast::days_of_alarm}});
}

void Reporter::on_forecast_failure(const Error& error) {
  repeats_.failed("forecast scores", error, now());
}

void Reporter::on_source_event(const market::SourceEvent& event) {
  using Kind = market::SourceEvent::Kind;
  switch (event.kind) {
    case Kind::failed:
      if (event.error) repeats_.failed(event.source, *event.error, now());
      break;
    case Kind::cache_failed:
      if (event.error)
        parts_.log.failure(obs::Level::warning, "prices.cache_failed", *event.error, {{"source", event.source}});
      break;
    case Kind::fetched:
    case Kind::remembered:
    case Kind::not_published:
      repeats_.succeeded(event.source, now());
      parts_.log.info("prices",
                      {{"source", event.source}, {"day", to_iso(event.day)}, {"outcome", market::name_of(event.kind)}});
      break;
  }
}

void Reporter::on_weather_event(const weather::SourceEvent& event) {
  if (event.error != nullptr) {
    repeats_.failed(event.source, *event.error, now());
    return;
  }
  repeats_.succeeded(event.source, now());
  parts_.log.info("weather", {{"source", event.source}, {"outcome", weather::name_of(event.kind)}});
}

void Reporter::on_cache_failure(const Error& error) {
  parts_.log.failure(obs::Level::warning, "documents.cache_failed", error);
}

void Reporter::on_prices(PriceSeries, const std::vector<MarketPrice>& prices, int changed) {
  if (changed > 0 && !prices.empty())
    parts_.events.publish_prices({.first = prices.front().slot, .last = prices.back().slot.next()});
}

}  // namespace gridpilot::app
