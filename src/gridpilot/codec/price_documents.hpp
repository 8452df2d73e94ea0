#pragma once

#include <string_view>

#include "gridpilot/codec/price_points.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"

/// Price documents that are read in one go, each into points of its own currency. Unknown members are skipped. Each is
/// malformed, with path, line or item named, where it is not such a document or holds something that is no price; a
/// price that is null or left out makes no point, so that its quarter is missing later on.
namespace gridpilot::codec {

/// Energy-Charts: {"unix_seconds": [starts], "price": [per MWh], "unit": "EUR / MWh"}; the two lists must be equally
/// long, and the unit tells the currency.
[[nodiscard]] Result<PriceDocument> parse_energy_charts(std::string_view json);

/// Elering: {"success": true, "data": {"ee": [{"timestamp": start, "price": EUR per MWh}]}}. rejected where the answer
/// says that it is none; not_published where it has no such zone.
[[nodiscard]] Result<PriceDocument> parse_elering(std::string_view json, std::string_view zone);

/// Pstryk: {"frames": [{"start": …, "end": …, "price_net": PLN per kWh}]}: the retailer's net energy price, which it
/// rounds to a grosz.
[[nodiscard]] Result<PriceDocument> parse_pstryk(std::string_view json);

/// OTE's GetDamPricePeriodEResponse: items of a local day, each the n-th period of its date, EUR per MWh. rejected for
/// a SOAP fault. `PeriodInterval` must fit `PeriodIndex`, but for the hour that a clock change may put between them.
[[nodiscard]] Result<PriceDocument> parse_ote(std::string_view xml);

/// A CSV table with `start_utc` or `start_local` and price columns whose names end in the currency and "_mwh"
/// ("price_eur_mwh"). `column` names the one wanted; empty where there is only one. Only rows of `slots` are read for
/// their price, so that a text like "SN" long ago does no harm; a row holds until the next. bad_input where the column
/// is lacking or cannot be told.
[[nodiscard]] Result<PriceDocument> parse_price_csv(std::string_view csv, std::string_view column, SlotRange slots,
                                                    const TimeZone& zone);

}  // namespace gridpilot::codec
