#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/net/retry.hpp"

namespace gridpilot::market {

struct ScheduleOptions {
  /// Local time of day from which on tomorrow is asked for. PSE publishes between about 12:45 and 14:25.
  std::chrono::minutes first_ask{12 * 60 + 40};
  /// Between asks for a day that is not published yet; the last one repeats.
  std::vector<std::chrono::minutes> growing{
      std::chrono::minutes(3),  std::chrono::minutes(5),  std::chrono::minutes(8),  std::chrono::minutes(13),
      std::chrono::minutes(20), std::chrono::minutes(30), std::chrono::minutes(30), std::chrono::minutes(60)};
  /// A day's first ask for tomorrow is put off by up to this, drawn: many homes must not all ask at 12:40:00.
  Seconds spread{60};
  net::RetryPolicy after_failure{.first = std::chrono::seconds(30), .cap = std::chrono::minutes(15)};
  /// After errors that the same question will meet again (a malformed document, a refused certificate).
  net::RetryPolicy after_permanent_failure{.first = std::chrono::minutes(5), .cap = std::chrono::minutes(60)};
  /// A day's document is asked for once more so long after it was fetched: PSE corrects prices now and then.
  Seconds check_again_after{3 * 3600};
  /// So many days before today are fetched too, once today is known: the outlook foresees prices from them.
  int past_days = 0;
};

/// When to ask a source for which day. Pure: neither waits nor asks for the time. Today first; tomorrow from
/// `first_ask` on, then at growing intervals until it is there; every known day once more later; then the past.
/// A failure holds all questions of this source up. Two questions are never less than `min_gap` apart.
class PublicationSchedule {
 public:
  explicit PublicationSchedule(TimeZone zone, ScheduleOptions options = {}, net::RandomSource random = {});

  static constexpr Seconds min_gap{2};

  struct Ask {
    std::chrono::year_month_day day;
    Instant at{};  ///< not before `now`
  };
  [[nodiscard]] Ask next(Instant now);

  /// The whole day has been fetched.
  void answered(std::chrono::year_month_day day, Instant now);
  /// The whole day is known from disk, fetched then.
  void remembered(std::chrono::year_month_day day, Instant fetched_at);
  void not_published(std::chrono::year_month_day day, Instant now);
  void failed(std::chrono::year_month_day day, Instant now, const Error& error);

  [[nodiscard]] bool is_known(std::chrono::year_month_day day) const;
  /// Tomorrow's document is due and not there yet.
  [[nodiscard]] bool waits_for_publication(Instant now) const;
  [[nodiscard]] const TimeZone& zone() const { return zone_; }
  [[nodiscard]] int past_days() const { return options_.past_days; }

 private:
  struct Day {
    std::optional<Instant> fetched_at;
    bool checked_again = false;
    int unpublished = 0;  ///< answers that it is not out yet
    int faults = 0;
    Instant not_before{};
    std::optional<Seconds> spread;
  };
  [[nodiscard]] Instant first_ask_on(std::chrono::year_month_day today) const;
  void consider(std::optional<Ask>& best, std::chrono::year_month_day day, Instant at, Instant now) const;
  void consider_past(std::optional<Ask>& best, std::chrono::year_month_day today, Instant now);

  TimeZone zone_;
  ScheduleOptions options_;
  net::RandomSource random_;
  net::Retry retry_;
  net::Retry slow_retry_;
  std::map<std::chrono::year_month_day, Day> days_;
  Instant blocked_until_{};
};

}  // namespace gridpilot::market
