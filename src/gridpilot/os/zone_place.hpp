#pragma once

#include <optional>
#include <string_view>

namespace gridpilot::os {

/// North and east positive.
struct Place {
  double latitude_degrees = 0.0;
  double longitude_degrees = 0.0;
};

/// Where the principal town of a time zone lies, by the system's zone.tab: near enough for the sun where nobody has
/// told more. Also for other names of a zone ("US/Eastern"). Absent where the system does not know.
[[nodiscard]] std::optional<Place> place_of_zone(std::string_view zone);

}  // namespace gridpilot::os
