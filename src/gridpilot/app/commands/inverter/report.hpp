#pragma once

#include <string>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/reading.hpp"
#include "gridpilot/ports/inverter.hpp"

/// Texts of `gridpilot inverter` for people.
namespace gridpilot::app {

/// "pv  774 W", one value a line, in the house's signs said as words; what the unit does not tell is left out.
[[nodiscard]] std::string describe_reading(const Reading& reading, const TimeZone& zone);
/// One line of the flows, for watching.
[[nodiscard]] std::string reading_line(const Reading& reading, const TimeZone& zone);
[[nodiscard]] std::string describe_identity(const ports::InverterIdentity& identity);

}  // namespace gridpilot::app
