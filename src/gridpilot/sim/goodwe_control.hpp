#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gridpilot/sim/goodwe_emulator.hpp"

namespace gridpilot::sim {

/// Answers one control line of the GoodWe emulators, both JSON objects:
///   {"get":"physics"}  powers in the house's signs (battery + charges, grid + imports), stored energy, counters
///   {"get":"writes"}   writes a register, and the last write requests
///   {"set":{"register":N,"value":V}}  as somebody else would write it: neither counted nor logged
///   {"set":{"battery_temperature_c":-5,…}}  what the unit measures from now on; null: what the house has again
///   {"fault":{"loss":0.2,…}}          names and ranges of goodwe_faults.hpp
/// With "inverter":N beside these it is the N-th's, from 1; otherwise the first's. {"ok":true} or the document;
/// {"error":"…"} with a sentence for anything else.
[[nodiscard]] std::string answer_control(std::span<GoodweEmulator* const> emulators, std::string_view line);
[[nodiscard]] std::string answer_control(GoodweEmulator& emulator, std::string_view line);

}  // namespace gridpilot::sim
