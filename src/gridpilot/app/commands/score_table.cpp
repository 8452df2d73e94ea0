#include "gridpilot/app/commands/score_table.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <optional>

namespace gridpilot::app {
namespace {

using forecast::BandScores;
using forecast::Comparison;
using forecast::Score;

/// A row's horizon: one band, or several together.
struct Horizon {
  std::string_view name;
  std::size_t first;
  std::size_t last;  ///< of horizon_bands, included
};
constexpr std::array horizons{Horizon{"0-6 h", 0, 0}, Horizon{"6-24 h", 1, 1}, Horizon{"24-48 h", 2, 2},
                              Horizon{"0-24 h", 0, 1}, Horizon{"0-48 h", 0, 2}};

Score score_of(const BandScores& scores, const Horizon& horizon) {
  Score sum;
  for (std::size_t band = horizon.first; band <= horizon.last; ++band) sum += scores.bands[band];
  return sum;
}

/// By how many percent ours is below another's loss; absent where there is none to be below.
std::optional<double> gain(const Score& own, const Score& other) {
  const std::optional<double> ours = own.pinball();
  const std::optional<double> theirs = other.pinball();
  if (!ours || !theirs || *theirs <= 0.0) return std::nullopt;
  return 100.0 * (1.0 - *ours / *theirs);
}

bool is_price(ForecastSeries series) {
  return price_series_of(series).has_value();
}

template <class Take>
void for_each_row(const Comparison& comparison, Take take) {
  for (const Horizon& horizon : horizons) {
    const Score own = score_of(comparison.of(ForecastMethod::own), horizon);
    if (own.count() == 0) continue;
    for (const ForecastMethod method : forecast_methods)
      take(horizon, method, score_of(comparison.of(method), horizon), own);
  }
}

}  // namespace

std::string score_table(const Comparison& comparison, ForecastSeries series) {
  // Prices are read per MWh, energies of a quarter in Wh.
  const double scale = 1000.0;
  std::string out;
  const auto back = std::back_inserter(out);
  fmt::format_to(back, "{:<8} {:<18} {:>9} {:>10} {:>10} {:>10} {:>9} {:>10}\n", is_price(series) ? "per MWh" : "Wh",
                 "", "slots", "MAE", "bias", "pinball", "coverage", "ours gains");
  std::string_view before;
  for_each_row(comparison, [&](const Horizon& horizon, ForecastMethod method, const Score& score, const Score& own) {
    const auto gained = method == ForecastMethod::own ? std::nullopt : gain(own, score);
    fmt::format_to(back, "{:<8} {:<18} {:>9} {:>10.3f} {:>+10.3f} {:>10.3f} {:>7.1f} % {:>10}\n",
                   horizon.name == before ? "" : horizon.name, name_of(method), score.count(),
                   scale * score.mean_absolute_error().value_or(0.0), scale * score.bias().value_or(0.0),
                   scale * score.pinball().value_or(0.0), 100.0 * score.coverage().value_or(0.0),
                   gained ? fmt::format("{:.1f} %", *gained) : "");
    before = horizon.name;
  });
  return out;
}

void put_scores(json::Writer& out, const Comparison& comparison, ForecastSeries series) {
  out.key("scores").begin_array();
  for_each_row(comparison, [&](const Horizon& horizon, ForecastMethod method, const Score& score, const Score& own) {
    out.begin_object();
    out.key("horizon").value(horizon.name);
    out.key("method").value(name_of(method));
    out.key("slots_count").value(score.count());
    if (is_price(series)) {
      out.key("mae_per_kwh").value(score.mean_absolute_error());
      out.key("bias_per_kwh").value(score.bias());
      out.key("pinball_per_kwh").value(score.pinball());
    } else {
      out.key("mae_kwh").value(score.mean_absolute_error());
      out.key("bias_kwh").value(score.bias());
      out.key("pinball_kwh").value(score.pinball());
    }
    const auto coverage = score.coverage();
    out.key("coverage_percent").value(coverage ? std::optional(100.0 * *coverage) : std::nullopt);
    if (method != ForecastMethod::own) out.key("gain_percent").value(gain(own, score));
    out.end_object();
  });
  out.end_array();
}

}  // namespace gridpilot::app
