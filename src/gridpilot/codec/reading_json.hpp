#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/json.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/reading.hpp"

namespace gridpilot::codec {

/// A reading as a JSON object: `time` (RFC 3339, UTC), then every quantity under a name that ends in its unit
/// (`soc_percent`, `pv_w`, `import_total_kwh`, `battery_temperature_celsius`, …), then the three codes. Signs are the
/// house's. What is absent is written as null; numbers come back equal.
void write_reading(json::Writer& out, const Reading& reading);

/// The inverse: only `time` must be there; a quantity that is null or lacking is absent; an unknown name fails.
[[nodiscard]] Reading read_reading(json::Reader& in);

/// Arrays of them, in the order given.
void write_readings(json::Writer& out, std::span<const Reading> readings);
[[nodiscard]] Result<std::vector<Reading>> parse_readings(std::string_view text);

}  // namespace gridpilot::codec
