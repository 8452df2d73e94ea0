#pragma once

#include <string>
#include <vector>

#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/reading.hpp"
#include "gridpilot/net/async.hpp"

namespace gridpilot::ports {

/// What an inverter is and can do, as found at connect.
struct InverterIdentity {
  std::string family;  ///< "ET"
  std::string model;
  std::string serial;
  std::string firmware;
  Power rating;
  std::vector<Action> actions;  ///< those it can carry out
};

/// What became of a command at the device.
struct CommandOutcome {
  Verdict verdict = Verdict::pending;
  int registers_written = 0;  ///< by this call
  std::string detail;         ///< which carrier, or why not
};

/// The one door to an inverter, whatever its family.
/// One call at a time; every call ends within its own deadlines. Cancelling leaves the device as the last write left
/// it.
class Inverter {
 public:
  virtual ~Inverter() = default;
  /// Finds out family, model and abilities; must have succeeded before the other calls. timeout where it is silent.
  [[nodiscard]] virtual net::Awaitable<Result<InverterIdentity>> connect() = 0;
  /// One sample. What the device does not report is absent; a failed read is an error and never an old value.
  [[nodiscard]] virtual net::Awaitable<Result<Reading>> read() = 0;
  /// Makes the device carry out the command: writes only what differs and reads back what it wrote. Before the first
  /// write ever, the owner's settings are on disk. unsupported where the family cannot; busy where the day's write
  /// budget is spent (self_use is always tried).
  [[nodiscard]] virtual net::Awaitable<Result<CommandOutcome>> apply(Command command) = 0;
  /// Gives the owner's settings back (self-use where those were a forced mode) and forgets the snapshot.
  /// Does nothing where nothing was ever written.
  [[nodiscard]] virtual net::Awaitable<Result<void>> give_back() = 0;
};

}  // namespace gridpilot::ports
