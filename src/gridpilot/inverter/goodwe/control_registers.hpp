#pragma once

#include <cstdint>
#include <string>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/inverter/goodwe/eco_window.hpp"
#include "gridpilot/net/async.hpp"

namespace gridpilot::goodwe {

/// What became of a write.
struct WriteReport {
  enum class Taken { yes, no } taken = Taken::no;  ///< by the registers as they were read back
  std::string detail;                              ///< why not
};

/// The settings that control works on, by the register numbers of the ET family (eco_window.hpp). Families that keep
/// the same settings elsewhere, or reach them by other commands, translate.
/// One request at a time; every call ends within the exchange's deadlines.
/// Errors: timeout, unreachable, checksum as the exchange has them; unsupported where the unit has no such register,
/// rejected where it refuses the value, busy where it refuses for the moment.
class ControlRegisters {
 public:
  virtual ~ControlRegisters() = default;
  [[nodiscard]] virtual net::Awaitable<Result<Words>> read(std::uint16_t first, std::uint16_t count) = 0;
  /// No words where the unit has no such registers, which it must have said twice; silence decides nothing.
  [[nodiscard]] virtual net::Awaitable<Result<Words>> probe(std::uint16_t first, std::uint16_t count) = 0;
  /// Without a look at the outcome: for the clock.
  [[nodiscard]] virtual net::Awaitable<Result<void>> write(RegisterSpan span) = 0;
  /// Writes and reads back: the echo proves reception only. A write without answer may have been carried out, so the
  /// registers decide; where they do not show it, it is sent once more. An error where they cannot be read.
  [[nodiscard]] virtual net::Awaitable<Result<WriteReport>> write_and_read_back(RegisterSpan span) = 0;
};

}  // namespace gridpilot::goodwe
