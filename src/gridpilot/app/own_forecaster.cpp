#include "gridpilot/app/own_forecaster.hpp"

#include "gridpilot/forecast/outlook.hpp"
#include "gridpilot/forecast/price_outlook.hpp"
#include "gridpilot/tariff/holidays.hpp"

namespace gridpilot::app {
namespace {

/// The outlook of load or PV from the last four weeks.
class OutlookForecaster final : public forecast::SeriesForecaster {
 public:
  OutlookForecaster(ForecastSeries series, Site site, TimeZone zone, forecast::IsFreeDay is_free_day)
      : series_(series), site_(std::move(site)), zone_(std::move(zone)), is_free_day_(std::move(is_free_day)) {}

  void learn(const forecast::Observation& known) override {
    SlotEnergy energy{.slot = known.slot, .coverage = 1.0};
    (series_ == ForecastSeries::load ? energy.load : energy.pv) = kilowatt_hours(known.value);
    history_.push_back(energy);
    const Slot oldest = known.slot - forecast::RecentQuarters::looked_back / slot_length;
    // Dropped now and then, so that each slot does not move all others.
    if (std::ssize(history_) > 2 * (known.slot - oldest))
      history_.erase(history_.begin(), std::ranges::lower_bound(history_, oldest, {}, &SlotEnergy::slot));
  }
  [[nodiscard]] std::vector<std::optional<Quantiles>> forecast(Instant issued_at, SlotRange range,
                                                               std::span<const WeatherSlot> /*weather*/) override {
    const forecast::OutlookBasis basis{.site = site_, .zone = zone_, .is_free_day = is_free_day_, .history = history_};
    std::vector<std::optional<Quantiles>> expected;
    for (const OutlookSlot& slot : forecast::make_outlook(basis, issued_at, range).slots)
      expected.emplace_back(
          Quantiles::certain(in_kilowatt_hours(series_ == ForecastSeries::load ? slot.load : slot.pv)));
    return expected;
  }

 private:
  ForecastSeries series_;
  Site site_;
  TimeZone zone_;
  forecast::IsFreeDay is_free_day_;
  std::vector<SlotEnergy> history_;
};

}  // namespace

forecast::IsFreeDay free_days_of(const TimeZone& zone) {
  if (zone.name() == "Europe/Warsaw") return tariff::is_free_day;
  return [](std::chrono::year_month_day date) {
    const std::chrono::weekday day{std::chrono::sys_days(date)};
    return day == std::chrono::Saturday || day == std::chrono::Sunday;
  };
}

std::unique_ptr<forecast::SeriesForecaster> own_forecaster(ForecastSeries series, const Site& site,
                                                           const TimeZone& zone) {
  if (price_series_of(series)) return std::make_unique<forecast::PriceForecaster>(zone, free_days_of(zone));
  return std::make_unique<OutlookForecaster>(series, site, zone, free_days_of(zone));
}

}  // namespace gridpilot::app
