#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/plan.hpp"
#include "gridpilot/domain/prices.hpp"
#include "gridpilot/domain/reading.hpp"
#include "gridpilot/ports/record.hpp"

namespace gridpilot::api {

/// How much may be made of what a source has delivered.
enum class SourceCondition {
  waiting,  ///< nothing has come yet
  fresh,    ///< within its limit of age
  stale,    ///< older than its limit: what is known is not used any more
  failing,  ///< the last attempt failed; what is known is still within its limit
};
[[nodiscard]] std::string_view name_of(SourceCondition condition) noexcept;

/// A place that data come from: the inverter, a market, the outlook, the record.
struct SourceState {
  std::string name{};  ///< "inverter", "csdac-pln", …
  SourceCondition condition = SourceCondition::waiting;
  std::optional<Seconds> age{};         ///< of the newest that is known; absent where nothing is
  std::int64_t failures = 0;            ///< since the start
  std::optional<std::string> detail{};  ///< the last failure in a sentence, while it has not been overcome
};

/// A long task that people wait for: the demo filling its history.
struct Progress {
  std::string phase;  ///< "filling two days of history"
  double done = 0.0;  ///< [0, 1]
};

/// Everything the API says about the present, as the coordinator last knew it.
struct Snapshot {
  Instant time{};    ///< the daemon's clock, simulated in the demo
  std::string mode;  ///< how it runs: "live" or "demo"
  ControlMode control = ControlMode::observe;

  std::optional<Reading> reading;          ///< the last one, however old
  std::optional<std::string> implausible;  ///< why that reading is not trusted; absent where it is
  std::optional<SlotPrice> price;          ///< of the present slot
  std::string currency = "PLN";
  std::optional<Decision> decision;  ///< the present one
  /// Whether the present action ends by the inverter's own clock when nobody renews it; absent where none is forced.
  std::optional<bool> action_lapses = std::nullopt;
  std::optional<Instant> paused_until = std::nullopt;  ///< until then nothing is sent to the inverter
  std::vector<std::string> warnings = {};              ///< what its owner should know, a sentence each
  std::vector<SourceState> sources;
  std::shared_ptr<const Plan> plan;        ///< null before the first
  std::optional<Energy> battery_capacity;  ///< what the plan's states of charge refer to
  std::optional<Progress> progress;        ///< while there is something to wait for
  std::vector<std::string> unhealthy;      ///< why not all is well, a sentence each; a lacking decision is added
};

/// A slot's prices for people, with where the market price comes from.
struct PricedSlot {
  SlotPrice price;
  std::string_view source;              ///< static text; empty for a contract without market price, or a foreseen slot
  std::optional<Instant> published_at;  ///< absent where the source does not say
};

/// What the API asks of the coordinator; called on the loop's thread, answered from memory.
class StateView {
 public:
  virtual ~StateView() = default;
  /// Valid until the next step of the coordinator: not to be kept over a co_await.
  [[nodiscard]] virtual const Snapshot& snapshot() const = 0;
  /// The known slots that begin in the range, in order; slots without any price are left out.
  [[nodiscard]] virtual std::vector<PricedSlot> prices(ports::TimeRange range) const = 0;
};

/// Why the program is not healthy; empty where it is.
[[nodiscard]] std::vector<std::string> reasons_not_healthy(const Snapshot& snapshot);

}  // namespace gridpilot::api
