#pragma once

#include <string>
#include <vector>

#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/measures.hpp"
#include "gridpilot/domain/reading.hpp"
#include "gridpilot/net/async.hpp"

namespace gridpilot::ports {

using gridpilot::MeasuredBySafety;

/// What an inverter is and can do, as found at connect.
struct InverterIdentity {
  std::string family;  ///< "ET", "DT", "ES"
  std::string model;
  std::string serial;
  std::string firmware;
  Power rating;
  std::vector<Action> actions = {};  ///< those it can carry out
  std::vector<Action> lapsing = {};  ///< those of them that end by the inverter's own clock when nobody renews them
  bool can_limit_export = false;     ///< Command::export_limit has a carrier
  bool can_block_charging = false;   ///< Command::charging has a carrier
  MeasuredBySafety measures;
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
  /// stale where the unit has become another (firmware, serial number): connect again before anything else.
  [[nodiscard]] virtual net::Awaitable<Result<Reading>> read() = 0;
  /// Makes the device carry out the command: writes only what differs and reads back what it wrote. Before the first
  /// write ever, the owner's settings are on disk. unsupported where the family cannot; busy where the day's write
  /// budget is spent (self_use and what safety asks for are always tried).
  [[nodiscard]] virtual net::Awaitable<Result<CommandOutcome>> apply(Command command) = 0;
  /// Gives the owner's settings back (self-use where those were a forced mode) and forgets the snapshot.
  /// Does nothing where nothing was ever written.
  [[nodiscard]] virtual net::Awaitable<Result<void>> give_back() = 0;
};

}  // namespace gridpilot::ports
