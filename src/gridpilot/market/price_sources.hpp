#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gridpilot/codec/price_kinds.hpp"
#include "gridpilot/market/document_price_source.hpp"

namespace gridpilot::market {

/// The name under which one series of a configured source appears: the source's own, where it has several series with
/// the series behind it ("pse-csdac-pln").
[[nodiscard]] std::string name_of_series(const codec::PriceSourceSettings& settings, PriceSeries series);

/// Makes the sources that one entry of the configuration stands for: one for each of its series, all through one door.
/// Kinds and what they need are the table's (codec/price_kinds.hpp). bad_input as codec::completed() says.
[[nodiscard]] Result<std::vector<std::unique_ptr<ports::PriceSource>>> make_price_sources(
    const codec::PriceSourceSettings& settings, const PriceSourceParts& parts);

}  // namespace gridpilot::market
