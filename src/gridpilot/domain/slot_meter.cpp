#include "gridpilot/domain/slot_meter.hpp"

#include <algorithm>

namespace gridpilot {
namespace {

struct SplitEnergy {
  Energy positive;
  Energy negative;  ///< as a magnitude
};

/// Energy of a power that runs straight from `a` to `b`, its two signs apart.
SplitEnergy split(Power a, Power b, Hours length) {
  constexpr Power zero;
  if (a >= zero && b >= zero) return {.positive = (a + b) / 2.0 * length, .negative = {}};
  if (a <= zero && b <= zero) return {.positive = {}, .negative = -((a + b) / 2.0 * length)};
  const double share_of_a = a / (a - b);
  const Energy first = a / 2.0 * (length * share_of_a);
  const Energy second = b / 2.0 * (length * (1.0 - share_of_a));
  return a > zero ? SplitEnergy{.positive = first, .negative = -second}
                  : SplitEnergy{.positive = second, .negative = -first};
}

Power between(Power a, Power b, double share) {
  return a + (b - a) * share;
}

}  // namespace

std::optional<SlotEnergy> SlotMeter::add(const Reading& reading) {
  if (!complete(reading) || reading.plausibility == Plausibility::implausible) {
    interrupt();
    return std::nullopt;
  }
  const Sample sample{.time = reading.time,
                      .load = *reading.load,
                      .pv = *reading.pv,
                      .grid = *reading.grid,
                      .battery = *reading.battery};
  const Slot slot = Slot::containing(sample.time);
  std::optional<SlotEnergy> completed;
  const bool joins = before_ && sample.time > before_->time && sample.time - before_->time <= longest_gap;
  Sample from = before_.value_or(sample);
  if (slot != current_.slot) {
    if (joins) {
      // The stretch up to the boundary still belongs to the slot before.
      const double share = Hours(slot.start() - from.time) / Hours(sample.time - from.time);
      const Sample boundary{.time = slot.start(),
                            .load = between(from.load, sample.load, share),
                            .pv = between(from.pv, sample.pv, share),
                            .grid = between(from.grid, sample.grid, share),
                            .battery = between(from.battery, sample.battery, share)};
      measure(from, boundary);
      from = boundary;
    }
    if (current_.coverage > 0.0) completed = current_;
    current_ = SlotEnergy{};
    current_.slot = slot;
  }
  if (joins) measure(from, sample);
  before_ = sample;
  return completed;
}

void SlotMeter::measure(const Sample& from, const Sample& to) {
  const Hours length(to.time - from.time);
  const SplitEnergy grid = split(from.grid, to.grid, length);
  const SplitEnergy battery = split(from.battery, to.battery, length);
  current_.load += (from.load + to.load) / 2.0 * length;
  current_.pv += (from.pv + to.pv) / 2.0 * length;
  current_.grid_import += grid.positive;
  current_.grid_export += grid.negative;
  current_.charge += battery.positive;
  current_.discharge += battery.negative;
  current_.coverage = std::min(1.0, current_.coverage + length / Hours(slot_length));
}

}  // namespace gridpilot
