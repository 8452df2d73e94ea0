#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "gridpilot/domain/grid_signal.hpp"
#include "gridpilot/market/grid_signal_source.hpp"
#include "gridpilot/market/price_keeper.hpp"
#include "gridpilot/net/retry.hpp"
#include "gridpilot/net/timeline.hpp"

namespace gridpilot::market {

struct GridSignalOptions {
  /// The signal is published during its own day and corrected then, so it is asked for again and again.
  Seconds interval{900};
  net::RetryPolicy after_failure{.first = std::chrono::seconds(60), .cap = std::chrono::minutes(30)};
};

/// The task that keeps the grid's signal of today and tomorrow: what the door remembers first, then by its interval.
class GridSignalKeeper {
 public:
  struct Hooks {
    std::function<void(const std::vector<GridSignal>& signals)> on_signals;
    std::function<void(const SourceEvent& event)> on_event;
  };
  /// Source and timeline must outlive it. The hooks are called on the loop.
  GridSignalKeeper(GridSignalSource& source, net::Timeline& timeline, TimeZone zone, Hooks hooks,
                   GridSignalOptions options = {}, net::RandomSource random = {});

  /// Runs until it is cancelled. In simulated time a participant.
  [[nodiscard]] net::Awaitable<void> run();
  /// Not published yet is a good answer.
  [[nodiscard]] SourceState state() const;

 private:
  [[nodiscard]] net::Awaitable<void> remember();
  /// Says whether the next question may wait for the interval.
  [[nodiscard]] net::Awaitable<bool> ask(std::chrono::year_month_day day);
  void tell(SourceEvent::Kind kind, std::chrono::year_month_day day, std::optional<Error> error = std::nullopt) const;
  [[nodiscard]] Instant now() const { return timeline_.clock().now(); }

  GridSignalSource& source_;
  net::Timeline& timeline_;
  TimeZone zone_;
  Hooks hooks_;
  GridSignalOptions options_;
  net::Retry retry_;
  std::optional<Instant> last_good_;
  std::optional<Instant> newest_signal_;  ///< the start of the last slot known
  std::optional<Error> last_error_;
  std::map<ErrorCode, int> failures_;
  int failures_in_a_row_ = 0;
  Instant next_ask_{};
};

}  // namespace gridpilot::market
