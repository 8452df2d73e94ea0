#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/weather.hpp"

namespace gridpilot::codec {

/// Gathers the energies of periods of any length into quarters of an hour: a longer period is spread evenly over its
/// quarters, shorter ones are summed. Only quarters that are covered whole come out.
class QuarterEnergy {
 public:
  struct Energies {
    Energy expected;
    std::optional<Energy> p10;
    std::optional<Energy> p90;
    [[nodiscard]] friend bool operator==(const Energies&, const Energies&) = default;
  };

  /// `from` < `to`, both whole seconds; at most a day. Periods may come in any order but must not overlap: that shows
  /// at take().
  void add(Instant from, Instant to, const Energies& energies);

  /// The quarters in order of time. malformed where periods overlapped.
  [[nodiscard]] Result<std::vector<PvForecastSlot>> take() const;

 private:
  struct Sum {
    Energy expected, p10, p90;
    std::int64_t covered_s = 0;
    bool has_p10 = true;  ///< each part had one
    bool has_p90 = true;
  };
  std::map<Slot, Sum> sums_;
};

}  // namespace gridpilot::codec
