#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string_view>

#include "gridpilot/domain/price_advice.hpp"
#include "gridpilot/net/retry.hpp"
#include "gridpilot/net/timeline.hpp"
#include "gridpilot/ports/weather_source.hpp"

namespace gridpilot::weather {

enum class SourceCondition {
  starting,  ///< nothing is known yet, and nothing has failed
  fresh,
  stale,    ///< what is known is older than its limit
  failing,  ///< the last question failed; what is known ages
};
[[nodiscard]] std::string_view name_of(SourceCondition condition) noexcept;

/// A source as status shows it.
struct SourceState {
  std::string_view name;  ///< static text
  SourceCondition condition = SourceCondition::starting;
  std::optional<Seconds> age;         ///< since the source last said that what is known is current; absent: nothing is
  std::map<ErrorCode, int> failures;  ///< since the start, by kind
  std::optional<Error> last_error;    ///< the last failure, also when it is over
  bool is_failing = false;            ///< the last question failed
  Instant next_ask{};
  [[nodiscard]] int failure_count() const;
};

/// What happened, for the log.
struct SourceEvent {
  enum class Kind {
    fetched,     ///< from the source, or confirmed by it
    remembered,  ///< from disk
    failed,      ///< `error` says why
  };
  Kind kind = Kind::fetched;
  std::string_view source;
  const Error* error = nullptr;
  int failures_in_a_row = 0;
};
[[nodiscard]] std::string_view name_of(SourceEvent::Kind kind) noexcept;

struct KeeperOptions {
  Seconds interval{3600};  ///< between two questions
  Seconds stale_after{0};  ///< 0: three intervals
  /// Each question is put off by up to this share of the interval, drawn: many homes must not all ask on the hour.
  double spread = 0.05;
  net::RetryPolicy after_failure{.first = std::chrono::seconds(60), .cap = std::chrono::minutes(30)};
  /// After errors that the same question will meet again: a refused key, a malformed document.
  net::RetryPolicy after_permanent_failure{.first = std::chrono::minutes(10), .cap = std::chrono::hours(2)};
};

/// The task that keeps the newest outlook of one source: what is remembered on disk first, then what the source says,
/// each interval. Never lets the loop wait; a failure only puts the next question off.
template <class Value>
class OutlookKeeper {
 public:
  struct Hooks {
    std::function<void(const Value& value)> on_value;  ///< a newer one than before
    std::function<void(const SourceEvent& event)> on_event;
  };
  /// Source and timeline must outlive it. The hooks are called on the loop.
  OutlookKeeper(ports::OutlookSource<Value>& source, net::Timeline& timeline, KeeperOptions options, Hooks hooks = {},
                net::RandomSource random = {});

  /// Runs until it is cancelled. In simulated time a participant.
  [[nodiscard]] net::Awaitable<void> run();
  /// The newest that is known; absent where nothing is. Its `fetched_at` (of an observation its `time`) tells its age.
  [[nodiscard]] const std::optional<Value>& newest() const { return newest_; }
  [[nodiscard]] SourceState state() const;

 private:
  [[nodiscard]] Instant now() const { return timeline_.clock().now(); }
  [[nodiscard]] Seconds spread() const;
  void take(Value value, Instant confirmed_at, SourceEvent::Kind kind);
  void failed(const Error& error);
  void tell(SourceEvent event);

  ports::OutlookSource<Value>& source_;
  net::Timeline& timeline_;
  KeeperOptions options_;
  Hooks hooks_;
  net::RandomSource random_;
  net::Retry retry_;
  net::Retry slow_retry_;
  std::optional<Value> newest_;
  std::optional<Instant> confirmed_at_;
  std::map<ErrorCode, int> failures_;
  int failures_in_a_row_ = 0;
  std::optional<Error> last_error_;
  Instant next_ask_{};
};

using WeatherKeeper = OutlookKeeper<WeatherForecast>;
using PvKeeper = OutlookKeeper<PvForecast>;
using ObservationKeeper = OutlookKeeper<WeatherObservation>;
using PriceAdviceKeeper = OutlookKeeper<PriceAdvice>;

extern template class OutlookKeeper<WeatherForecast>;
extern template class OutlookKeeper<PvForecast>;
extern template class OutlookKeeper<WeatherObservation>;
extern template class OutlookKeeper<PriceAdvice>;

}  // namespace gridpilot::weather
