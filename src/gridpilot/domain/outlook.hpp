#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "gridpilot/core/money.hpp"
#include "gridpilot/core/time.hpp"
#include "gridpilot/core/units.hpp"
#include "gridpilot/domain/quantiles.hpp"

namespace gridpilot {

/// How an expected value came about; shown beside it.
enum class Origin {
  published,         ///< not expected at all: the market has published it
  recent_days,       ///< from the same slots of recent days of this home or market
  standard_profile,  ///< standard shape scaled to annual consumption
  clear_sky,         ///< the sun's geometry and the modules' planes alone
  weather,           ///< the weather as a source foresees it
  service,           ///< another service's PV forecast
};
[[nodiscard]] std::string_view name_of(Origin origin) noexcept;

/// Expected load and PV of one slot.
struct OutlookSlot {
  Slot slot;
  Energy load;
  Energy pv;
  Origin load_origin = Origin::standard_profile;
  Origin pv_origin = Origin::clear_sky;
  std::optional<Quantiles> load_band = std::nullopt;  ///< kWh; absent where only the expected value is known
  std::optional<Quantiles> pv_band = std::nullopt;    ///< kWh
};

/// Expected load and PV, slot by slot without gap, from the slot of `computed_at` on.
struct Outlook {
  Instant computed_at{};
  std::vector<OutlookSlot> slots;
};

/// Measured energy of one slot, as history for outlook and ledger. Coverage is the share of the slot that was measured.
struct SlotEnergy {
  Slot slot;
  Energy load;
  Energy pv;
  Energy grid_import;
  Energy grid_export;
  Energy charge;     ///< into the battery, AC side
  Energy discharge;  ///< out of the battery, AC side
  double coverage = 0.0;
};

}  // namespace gridpilot
