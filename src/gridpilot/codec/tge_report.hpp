#pragma once

#include <string_view>

#include "gridpilot/codec/price_points.hpp"
#include "gridpilot/core/result.hpp"

/// TGE's daily report of the day-ahead market (XLSX, since 1 October 2025).
namespace gridpilot::codec::tge {

/// Which of the report's prices; all are PLN/MWh as TGE prints them.
enum class Price {
  sdac,      ///< "Instrumenty DAM", the rows of quarters: the coupled market's price
  fixing_1,  ///< "Instrumenty RDN", the rows of hours: the price of TGE's own hourly auction
};

/// Reads sheet WYNIKI. Columns are found by their headings, so that both layouts known (the one of the first days has a
/// column more under "Instrumenty RDN") and others of their kind are read. Rows are labelled "26-10-25_H02a" and
/// "26-10-25_Q01a:15" (the end of the quarter): on the autumn day the hour with "a" follows the one of its number.
/// malformed, naming the cell, where headings or labels are not as described, an hour of the day is missing or stands
/// twice differently, a price is no number, or the rows are of more than one day.
[[nodiscard]] Result<PriceDocument> parse_report(std::string_view xlsx, Price price);

}  // namespace gridpilot::codec::tge
