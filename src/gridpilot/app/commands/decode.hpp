#pragma once

#include <string>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

/// `gridpilot decode`: what a captured frame of a GoodWe inverter says.
struct DecodeOptions {
  std::string family;       ///< ET, DT or ES; lower case too
  std::string answer;       ///< hex; blanks and colons between bytes are allowed
  std::string request;      ///< hex; empty: none
  std::string block;        ///< empty: told by the request or by the answer's type
  std::string device_info;  ///< hex of the unit's device-info answer; empty: nothing is filtered by model
};

/// Prints {"family","block","values"}. bad_input with one of `checksum`, `short frame`, `exception N`, `answer does not
/// belong to the request` for a frame that is not accepted, or with what is wrong with an option.
[[nodiscard]] ExitCode decode(const DecodeOptions& options, const Streams& streams);

}  // namespace gridpilot::app
