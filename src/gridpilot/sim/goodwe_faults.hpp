#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/result.hpp"

namespace gridpilot::sim {

/// What goes wrong on the way between client and inverter; each a probability per datagram, 0 … 1.
struct GoodweFaults {
  double loss = 0.0;           ///< no answer; a write may or may not have been carried out
  double delay = 0.0;          ///< the answer comes `delay_for` late
  double duplicate = 0.0;      ///< the answer comes twice
  double fragment = 0.0;       ///< the answer comes in two datagrams
  double garbage = 0.0;        ///< bytes behind the frame's end
  double corrupt = 0.0;        ///< one byte is wrong
  double exception = 0.0;      ///< a sporadic exception 1, 4 or 7; a write is not carried out
  double write_failure = 0.0;  ///< exception 4 to a write, which is not carried out; AA55 has none and stays silent
  double second_client = 0.0;  ///< first comes the answer to somebody else's request
  double second_writer = 0.0;  ///< another client has just sent the unit back to its own rule
  // TCP alone.
  double wrong_length = 0.0;     ///< of the MBAP header
  double growing_garbage = 0.0;  ///< behind the answer, 512 bytes more each time
  double close = 0.0;            ///< the connection ends instead of an answer
  std::chrono::milliseconds delay_for{1500};
};

/// One fault by name, as the command line and the control socket give it.
struct FaultOrder {
  std::string name;
  double value = 0.0;
};

/// Besides the probabilities: delay_ms; clock_jump_s (the inverter's clock jumps once); reboot_s (silent so long by the
/// emulator's clock); stuck (register whose writes have no effect; 0 releases all); deaf (1: what is written is kept
/// and read back, and the unit goes on as before; 0: it obeys again).
inline constexpr std::array<std::string_view, 18> fault_names{
    "loss",      "delay",         "duplicate",     "fragment",      "garbage",      "corrupt",
    "exception", "write_failure", "second_client", "second_writer", "wrong_length", "growing_garbage",
    "close",     "delay_ms",      "clock_jump_s",  "reboot_s",      "stuck",        "deaf"};

/// "loss=0.2,duplicate=0.1". bad_input naming the item, the reason and the names that are allowed.
[[nodiscard]] Result<std::vector<FaultOrder>> parse_faults(std::string_view text);
/// bad_input where the name is none of the above or the value is out of its range.
[[nodiscard]] Result<void> check_fault(const FaultOrder& order);
/// Sets a probability or delay_ms; false for the orders that concern the device.
[[nodiscard]] bool set_fault(GoodweFaults& faults, const FaultOrder& order);

}  // namespace gridpilot::sim
