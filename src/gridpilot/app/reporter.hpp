#pragma once

#include <functional>
#include <string>

#include "gridpilot/api/event_hub.hpp"
#include "gridpilot/app/coordinator.hpp"
#include "gridpilot/app/forecast_keeper.hpp"
#include "gridpilot/app/live_state.hpp"
#include "gridpilot/market/price_keeper.hpp"
#include "gridpilot/obs/log.hpp"
#include "gridpilot/obs/metrics.hpp"
#include "gridpilot/obs/repeat_guard.hpp"
#include "gridpilot/weather/outlook_keeper.hpp"

namespace gridpilot::app {

/// Passes on what the coordinator and the sources did: to the log, to those who listen at the API, to status.
class Reporter final : public CoordinatorEvents, public ForecastEvents {
 public:
  struct Parts {
    const net::Timeline& timeline;
    obs::Log& log;
    api::EventHub& events;
    obs::Metrics& metrics;
  };
  explicit Reporter(Parts parts) : parts_(parts), repeats_(parts.log) {}

  /// Where failures of the inverter are counted; set before the first tick.
  void count_failures_in(LiveState& state) { state_ = &state; }
  void set_currency(std::string currency) { currency_ = std::move(currency); }

  void on_connected(const ports::InverterIdentity& identity) override;
  void on_reading(const Reading& reading) override;
  void on_read_failure(const Error& error) override;
  void on_plan(const std::shared_ptr<const Plan>& plan) override;
  void on_decision(const Decision& decision) override;
  void on_command(const ports::RecordedCommand& command) override;
  void on_command_failure(const Error& error) override;
  void on_record_failure(const Error& error) override;
  void on_clock_jump(Seconds jump) override;
  void on_pause(std::optional<Instant> until) override;
  void on_pause_failure(const Error& error) override;
  void on_order(const std::optional<Command>& order) override;
  void on_order_failure(const Error& error) override;

  void on_forecasts_scored(std::chrono::year_month_day day, std::span<const DailyScore> scores) override;
  void on_forecast_alarm(const ForecastAlarm& alarm, bool is_over) override;
  void on_forecast_failure(const Error& error) override;

  void on_source_event(const market::SourceEvent& event);
  void on_weather_event(const weather::SourceEvent& event);
  /// A file of the documents that are kept could not be read or written.
  void on_cache_failure(const Error& error);
  void on_prices(PriceSeries series, const std::vector<MarketPrice>& prices, int changed);

 private:
  [[nodiscard]] Instant now() const { return parts_.timeline.clock().now(); }

  Parts parts_;
  obs::RepeatGuard repeats_;
  LiveState* state_ = nullptr;
  std::string currency_;
};

}  // namespace gridpilot::app
