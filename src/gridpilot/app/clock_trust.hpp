#pragma once

#include <optional>
#include <string>

#include "gridpilot/core/time.hpp"

namespace gridpilot::app {

/// Whether the host's clock may be acted upon; asked at every tick.
class ClockTrust {
 public:
  virtual ~ClockTrust() = default;
  /// Why not; absent where it may.
  [[nodiscard]] virtual std::optional<std::string> doubt(Instant now) const = 0;
};

/// The machine's clock: doubted while it is earlier than this program, and, where that is required, while the kernel
/// says that no time service keeps it right. A Raspberry Pi without a battery for its clock boots in the past.
class HostClockTrust final : public ClockTrust {
 public:
  enum class Synchronisation { required, not_required };
  explicit HostClockTrust(Synchronisation synchronisation) : synchronisation_(synchronisation) {}
  [[nodiscard]] std::optional<std::string> doubt(Instant now) const override;

 private:
  Synchronisation synchronisation_;
};

/// Simulated time is always what it says.
class SimulatedClockTrust final : public ClockTrust {
 public:
  [[nodiscard]] std::optional<std::string> doubt(Instant) const override { return std::nullopt; }
};

}  // namespace gridpilot::app
