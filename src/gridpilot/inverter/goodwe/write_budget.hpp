#pragma once

#include <chrono>

#include "gridpilot/core/civil_time.hpp"

namespace gridpilot::goodwe {

/// Registers written since local midnight, against the day's limit: no source says which registers wear out.
class WriteBudget {
 public:
  WriteBudget(TimeZone zone, int limit, int written_today, Instant now)
      : zone_(std::move(zone)), limit_(limit), written_(written_today), day_(zone_.date_of(now)) {}

  [[nodiscard]] bool allows(int registers, Instant now) {
    begin_day(now);
    return written_ + registers <= limit_;
  }
  void count(int registers, Instant now) {
    begin_day(now);
    written_ += registers;
  }
  [[nodiscard]] int written() const { return written_; }
  [[nodiscard]] int limit() const { return limit_; }

 private:
  void begin_day(Instant now) {
    const std::chrono::year_month_day today = zone_.date_of(now);
    if (today == day_) return;
    day_ = today;
    written_ = 0;
  }

  TimeZone zone_;
  int limit_;
  int written_;
  std::chrono::year_month_day day_;
};

}  // namespace gridpilot::goodwe
