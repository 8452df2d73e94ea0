#pragma once

#include <optional>

#include "gridpilot/core/units.hpp"
#include "gridpilot/inverter/goodwe/register_access.hpp"

namespace gridpilot::goodwe {

/// How a DT counts its export limit; the units differ by model, and a wrong guess stops production (control.md 6).
enum class DtLimitUnit {
  unknown,  ///< the owner has not said: nothing is written
  watts,    ///< 40328, uint32
  percent,  ///< 40336, of the rated power
};

/// The settings of a DT by the register numbers of the ET family: 47509 is 40327, 47510 (W) is 40328 or 40336. Others
/// do not exist: a DT has no battery to steer. Some units read a limit back as 0 although they take it: that counts as
/// taken, and the measured export tells.
class DtRegisters final : public ControlRegisters {
 public:
  /// `modbus` must outlive it.
  DtRegisters(RegisterAccess& modbus, DtLimitUnit unit, Power rating) : modbus_(modbus), unit_(unit), rating_(rating) {}

  [[nodiscard]] net::Awaitable<Result<Words>> read(std::uint16_t first, std::uint16_t count) override;
  [[nodiscard]] net::Awaitable<Result<Words>> probe(std::uint16_t first, std::uint16_t count) override;
  [[nodiscard]] net::Awaitable<Result<void>> write(RegisterSpan span) override;
  [[nodiscard]] net::Awaitable<Result<WriteReport>> write_and_read_back(RegisterSpan span) override;

 private:
  [[nodiscard]] net::Awaitable<Result<Words>> read_limit();
  [[nodiscard]] net::Awaitable<Result<void>> write_limit(std::uint16_t limit_w);
  [[nodiscard]] std::uint16_t percent_of(std::uint16_t limit_w) const;
  [[nodiscard]] std::uint16_t as_asked(std::uint32_t raw, std::uint16_t limit_w) const;

  RegisterAccess& modbus_;
  DtLimitUnit unit_;
  Power rating_;
  struct Written {
    std::uint16_t limit_w = 0;
    std::uint32_t raw = 0;  ///< as it went into the register
  };
  std::optional<Written> written_;
};

}  // namespace gridpilot::goodwe
