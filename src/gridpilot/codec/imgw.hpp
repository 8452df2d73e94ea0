#pragma once

#include <string>
#include <vector>

#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/weather.hpp"

namespace gridpilot::codec::imgw {

inline constexpr std::string_view source_name = "imgw";

/// Reads IMGW's synoptic observations (https://danepubliczne.imgw.pl/apiinfo): one station's object or the list of all.
/// Numbers come as texts; date and full hour are UTC. null and empty texts are absent.
/// malformed (with path) for anything else, and for values that no weather has; not_found where the document says that
/// there is no such station.
[[nodiscard]] Result<std::vector<WeatherObservation>> decode_synop(std::string text);

}  // namespace gridpilot::codec::imgw
