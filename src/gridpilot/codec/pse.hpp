#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/codec/price_points.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/grid_signal.hpp"
#include "gridpilot/domain/prices.hpp"

/// Documents of PSE's reports API, both versions of their field names.
/// Source of the format: docs/prices.md. A wrong document becomes an error that names the row, never a wrong price.
namespace gridpilot::codec::pse {

/// A report with a price that is bought or sold at.
enum class PriceReport {
  csdac_pln,      ///< the day-ahead price
  rce_pln,        ///< RCE
  energy_prices,  ///< the day-ahead price beside the costs of balancing; those are parse_balancing()'s
};
[[nodiscard]] std::string_view name_of(PriceReport report) noexcept;  ///< "csdac-pln": as in the address

/// Reads one page. Times are the END of the quarter, and all rows are to be of the day wanted. Unknown fields are
/// skipped. malformed, with path, line and column: not JSON, no "value", a row without time or price, a price that is
/// no number or beyond ±100 000 PLN/MWh, a time that is not on a whole quarter, a period that does not end at its time.
[[nodiscard]] Result<PriceDocument> parse_price_page(std::string_view text, PriceReport report);

/// Costs of balancing in one quarter, PLN/MWh as net prices per kWh; what a report does not have is absent.
struct BalancingRow {
  PricePoint time;                               ///< the quarter by its END; its price is not meant
  std::optional<NetPrice> day_ahead;             ///< csdac_pln (energy-prices)
  std::optional<NetPrice> balancing_energy;      ///< cen: cen_cost (energy-prices), cen_fcst (price-fcst)
  std::optional<NetPrice> reserve_surcharge;     ///< cor
  std::optional<NetPrice> imbalance_short;       ///< ceb_sr
  std::optional<NetPrice> imbalance_own;         ///< ceb_pp
  std::optional<NetPrice> imbalance_difference;  ///< ckoeb
  std::optional<NetPrice> cost_component;        ///< sk
};
struct BalancingPage {
  std::vector<BalancingRow> rows;
  std::string next_link;
};
/// Reads a page of `energy-prices` (what was) or `price-fcst` (what PSE expects). Errors as above; a null is absent.
[[nodiscard]] Result<BalancingPage> parse_balancing_page(std::string_view text);

/// A row of the peak-hours signal; its time is the START of its hour.
struct SignalRow {
  PricePoint time;  ///< its price is not meant
  int level = 0;    ///< 0 to 3
};
struct SignalPage {
  std::vector<SignalRow> rows;
  std::string next_link;
};
/// Reads a page of `pdgsz`. Rows that are no longer active and rows without a level are left out. malformed where a
/// level is not 0 to 3, or as above.
[[nodiscard]] Result<SignalPage> parse_signal_page(std::string_view text);

/// The quarters of a local day whose level is known, in order; hours without a row are absent. Of two rows for one hour
/// the one published later holds. not_published where there is no row of that day; malformed where two rows of one
/// publication contradict each other, or a row is of another day or of an hour that does not exist.
[[nodiscard]] Result<std::vector<GridSignal>> day_signals(std::span<const SignalRow> rows,
                                                          std::chrono::year_month_day day, Instant fetched_at,
                                                          std::string_view source, const TimeZone& zone);

}  // namespace gridpilot::codec::pse
