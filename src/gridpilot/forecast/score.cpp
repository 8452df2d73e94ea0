#include "gridpilot/forecast/score.hpp"

#include <algorithm>
#include <cmath>

#include "gridpilot/forecast/naive.hpp"

namespace gridpilot::forecast {
namespace {

constexpr std::array<Seconds, horizon_bands.size()> band_ends{std::chrono::hours(6), std::chrono::hours(24),
                                                              std::chrono::hours(48)};

bool is_certainly_nothing(const Quantiles& expected) {
  return expected == Quantiles::certain(0.0);
}

}  // namespace

double pinball_loss(const Quantiles& expected, double actual) {
  const auto values = expected.by_level();
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double above = actual - values[i];
    sum += above >= 0.0 ? quantile_levels[i] * above : (quantile_levels[i] - 1.0) * above;
  }
  return sum / static_cast<double>(values.size());
}

void Score::add(const Quantiles& expected, double actual) {
  ++sums_.count;
  sums_.absolute += std::fabs(expected.p50 - actual);
  sums_.error += expected.p50 - actual;
  sums_.pinball += pinball_loss(expected, actual);
  if (expected.p10 <= actual && actual <= expected.p90) ++sums_.inside;
}

Score& Score::operator+=(const Score& other) {
  sums_.count += other.sums_.count;
  sums_.inside += other.sums_.inside;
  sums_.absolute += other.sums_.absolute;
  sums_.error += other.sums_.error;
  sums_.pinball += other.sums_.pinball;
  return *this;
}

Score Score::from_sums(const ScoreSums& sums) {
  Score score;
  score.sums_ = sums;
  return score;
}

std::optional<HorizonBand> band_of(Slot slot, Slot first) {
  const Seconds ahead = slot.start() - first.start();
  for (const HorizonBand band : horizon_bands)
    if (ahead < band_ends[static_cast<std::size_t>(band)]) return band;
  return std::nullopt;
}

Score BandScores::all() const {
  Score total;
  for (const Score& score : bands) total += score;
  return total;
}

BandScores& BandScores::operator+=(const BandScores& other) {
  for (std::size_t i = 0; i < bands.size(); ++i) bands[i] += other.bands[i];
  return *this;
}

Comparison& Comparison::operator+=(const Comparison& other) {
  for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += other.scores[i];
  return *this;
}

Comparison compare(const Replay& past, SeriesForecaster& own, const TimeZone& zone, SlotRange scored) {
  Persistence persistence(zone);
  WeeklyNaive weekly(zone);
  RecentQuantiles recent(zone);
  const std::array<SeriesForecaster*, methods.size()> forecasters{&own, &persistence, &weekly, &recent};
  Comparison comparison;
  replay(past, forecasters, [&](std::span<const IssuedForecast> issued) {
    const Slot first = issued.front().first;
    auto known = std::ranges::lower_bound(past.series, first, {}, &Observation::slot);
    for (; known != past.series.end(); ++known) {
      const auto band = band_of(known->slot, first);
      const auto place = static_cast<std::size_t>(known->slot - first);
      if (!band || place >= issued.front().slots.size()) break;
      if (!scored.contains(known->slot)) continue;
      const auto foresaw = [&](const IssuedForecast& forecast) { return forecast.slots[place].has_value(); };
      if (!std::ranges::all_of(issued, foresaw)) continue;
      const auto ruled_out = [&](const IssuedForecast& forecast) {
        return is_certainly_nothing(*forecast.slots[place]);
      };
      if (known->value == 0.0 && std::ranges::all_of(issued, ruled_out)) continue;
      for (const Method method : methods)
        comparison.of(method).of(*band).add(*issued[static_cast<std::size_t>(method)].slots[place], known->value);
    }
  });
  return comparison;
}

}  // namespace gridpilot::forecast
