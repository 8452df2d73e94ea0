#pragma once

#include <string>

#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/weather.hpp"

namespace gridpilot::codec::solcast {

inline constexpr std::string_view source_name = "solcast";

/// Reads a rooftop site's forecast (https://docs.solcast.com.au, "rooftop_sites/{id}/forecasts"): mean powers in kW of
/// periods that are named by their END, with the tenth and ninetieth percentile where they are there. Periods of any
/// length in whole minutes up to an hour ("PT30M") become quarters: longer ones are spread evenly, shorter ones
/// summed; quarters that are not covered whole are left out, and so are periods without an estimate.
/// malformed (with path) for anything else than such a document, for periods that overlap, and for powers below zero or
/// of more than a million kW; busy and rejected where the document is Solcast's refusal.
[[nodiscard]] Result<PvForecast> decode(std::string text, Instant fetched_at);

}  // namespace gridpilot::codec::solcast
