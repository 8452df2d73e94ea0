#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/money.hpp"
#include "gridpilot/core/result.hpp"

namespace gridpilot::codec {

/// What is wanted of a table of market prices. Borrowed for the call.
struct PriceTableQuery {
  SlotRange slots;                       ///< the quarters wanted: a local day
  const TimeZone& time_zone;             ///< of the local times in messages
  std::string_view column;               ///< the price column; may be empty where there is only one
  const TimeZone* start_zone = nullptr;  ///< of a `start_local` column; not needed for `start_utc`
  std::optional<Ratio> eur_rate;         ///< price of one EUR; needed for a column in EUR
};

/// The prices of the quarters wanted.
struct PriceTable {
  std::string column;
  bool was_in_eur = false;
  std::chrono::minutes row_length{15};  ///< how long a row holds on that day: 15, 30 or 60 minutes
  std::vector<NetPrice> prices;         ///< net, per quarter, as many as were wanted
};

/// Reads a CSV table with `start_utc` (RFC 3339; without offset it is UTC all the same) or `start_local` (in the
/// repeated autumn hour the rows' order tells the passes apart) and price columns whose names end in `_pln_mwh` or
/// `_eur_mwh`. A row holds until the next: how long is told by the least distance between two rows of the day.
/// bad_input where the query does not fit the table (column, zone or rate lacking), malformed with line and field where
/// the table is wrong, not_found naming the first quarter without a price.
[[nodiscard]] Result<PriceTable> read_price_table(std::string_view csv, const PriceTableQuery& query);

/// A day's price of one EUR and the bank day it was fixed on.
struct Fixing {
  std::chrono::year_month_day fixed_on;
  Ratio rate;
};

/// Finds the fixing that holds on a date in a CSV table with `date` and a column whose name begins with `eur_pln`: the
/// last one on or before it, at most ten days old (weekends and holidays have none of their own).
[[nodiscard]] Result<Fixing> read_fixing(std::string_view csv, std::chrono::year_month_day date);

/// A price of one EUR ("4.2651") as a ratio; nullopt outside 0.01 to 1000.
[[nodiscard]] std::optional<Ratio> parse_exchange_rate(std::string_view text);

}  // namespace gridpilot::codec
