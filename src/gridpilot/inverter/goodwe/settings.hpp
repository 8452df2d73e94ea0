#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/inverter/goodwe/eco_window.hpp"
#include "gridpilot/net/exchange.hpp"

namespace gridpilot::goodwe {

/// What became of a write.
struct WriteReport {
  enum class Taken { yes, no } taken = Taken::no;  ///< by the registers as they were read back
  std::string detail;                              ///< why not
};

/// Registers of one unit over one exchange. Every request ends within the exchange's deadlines.
/// Errors: timeout, unreachable, checksum as the exchange has them; unsupported for exception 2 (the unit has no such
/// register), rejected for exception 3 (value refused), busy for the others, which occur on valid registers too.
class RegisterAccess {
 public:
  RegisterAccess(net::Exchange& exchange, std::uint8_t unit) : exchange_(exchange), unit_(unit) {}

  /// The data bytes of `count` registers. A sporadic exception is asked again twice.
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> read_block(std::uint16_t first, std::uint16_t count);
  [[nodiscard]] net::Awaitable<Result<Words>> read(std::uint16_t first, std::uint16_t count);
  /// No words where the unit has no such registers, which it must have said twice; silence decides nothing.
  [[nodiscard]] net::Awaitable<Result<Words>> probe(std::uint16_t first, std::uint16_t count);

  /// Only requests that may be repeated: every register of control is of that kind (control.md 1).
  [[nodiscard]] net::Awaitable<Result<void>> write(RegisterSpan span);
  /// Writes and reads back: the echo proves reception only. A write without answer may have been carried out, so the
  /// registers decide; where they do not show it, it is sent once more. An error where they cannot be read.
  [[nodiscard]] net::Awaitable<Result<WriteReport>> write_and_read_back(RegisterSpan span);

 private:
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> ask(ModbusRequest request);

  net::Exchange& exchange_;
  std::uint8_t unit_;
};

}  // namespace gridpilot::goodwe
