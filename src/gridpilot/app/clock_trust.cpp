#include "gridpilot/app/clock_trust.hpp"

#include "gridpilot/os/clock_sync.hpp"

namespace gridpilot::app {
namespace {

/// When the source was last changed, as the build found out: no clock that is right shows an earlier time.
constexpr Instant source_changed{Seconds(GRIDPILOT_SOURCE_EPOCH_S)};

}  // namespace

std::optional<std::string> HostClockTrust::doubt(Instant now) const {
  if (now < source_changed) return "the host's clock is earlier than this program (" + to_rfc3339(now) + ")";
  if (synchronisation_ == Synchronisation::not_required) return std::nullopt;
  // A kernel that does not say (in some containers) is not a kernel that says no.
  const std::optional<os::ClockSync> sync = os::clock_sync();
  if (sync && !sync->synchronised) return "no time service keeps the host's clock right";
  return std::nullopt;
}

}  // namespace gridpilot::app
