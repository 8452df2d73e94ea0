#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "gridpilot/codec/price_points.hpp"
#include "gridpilot/core/result.hpp"

/// Day-ahead prices of ENTSO-E's Transparency Platform: document type A44.
namespace gridpilot::codec::entsoe {

/// A bidding zone: the name people use and its energy identification code.
struct Zone {
  std::string_view name;  ///< "PL", "DE-LU", "SE4"
  std::string_view code;  ///< "10YPL-AREA-----S"
};
[[nodiscard]] std::span<const Zone> zones();
/// The code of a zone by its name, or the text itself where it is a code (16 characters); empty for anything else.
[[nodiscard]] std::string_view code_of(std::string_view zone);

/// Reads a Publication_MarketDocument of any number of TimeSeries, of 15, 30 and 60 minutes, curve types A01 (every
/// point is there) and A03 (a point that is left out equals the one before it). Of several auctions of one day the
/// first (by classification sequence) is taken, and intraday auctions are left out. `zone_code` is the zone that was
/// asked for; empty: any. not_published for an acknowledgement that there are no data; rejected, with its code and
/// text, for any other; malformed, with TimeSeries and Period counted from 1, for what is not such a document: another
/// zone, no currency, a unit other than MWh, a resolution or curve that is not known, an interval that is no whole
/// number of periods, a position that is missing, stands twice with different prices or lies outside, a price that is
/// no number.
[[nodiscard]] Result<PriceDocument> parse_prices(std::string_view xml, std::string_view zone_code = {});

}  // namespace gridpilot::codec::entsoe
