#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/inverter/goodwe/control_registers.hpp"
#include "gridpilot/net/exchange.hpp"

namespace gridpilot::goodwe {

struct RegisterAccessOptions {
  std::uint8_t unit = et_unit;
  Framing framing = Framing::rtu_over_udp;
  /// Longer blocks are read in pieces: some dongles lock up over long answers (control.md 9, hazard 13).
  std::uint16_t longest_read = max_registers_read;
};

/// Modbus registers of one unit over one exchange.
/// After some requests in a row that stayed without answer, requests are no longer repeated until one is answered.
class RegisterAccess final : public ControlRegisters {
 public:
  static constexpr int silence_before_patience_ends = 3;
  /// A Modbus TCP gateway that always answers under the same number hits a request's own once, never twice in a row.
  static constexpr int echoes_before_trust = 2;

  /// The exchange must outlive it.
  RegisterAccess(net::Exchange& exchange, RegisterAccessOptions options) : exchange_(exchange), options_(options) {}

  /// The data bytes of `count` registers. A sporadic exception is asked again twice.
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> read_block(std::uint16_t first, std::uint16_t count);
  [[nodiscard]] net::Awaitable<Result<Words>> read(std::uint16_t first, std::uint16_t count) override;
  [[nodiscard]] net::Awaitable<Result<Words>> probe(std::uint16_t first, std::uint16_t count) override;
  [[nodiscard]] net::Awaitable<Result<void>> write(RegisterSpan span) override;
  [[nodiscard]] net::Awaitable<Result<WriteReport>> write_and_read_back(RegisterSpan span) override;

 private:
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> ask(ModbusRequest request);
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> ask_again_when_busy(ModbusRequest request);
  [[nodiscard]] net::Repeatable repeatable(const ModbusRequest& request) const;

  net::Exchange& exchange_;
  RegisterAccessOptions options_;
  std::uint16_t transaction_ = 0;
  int echoes_in_a_row_ = 0;  ///< answers under the number of their request
  int unanswered_ = 0;
};

/// Whether doing a write twice is the same as doing it once: not so for registers that set something off (control.md
/// 1).
[[nodiscard]] bool may_be_repeated(const ModbusRequest& request) noexcept;

/// "12 34", for sentences.
[[nodiscard]] std::string text_of(const Words& words);

}  // namespace gridpilot::goodwe
