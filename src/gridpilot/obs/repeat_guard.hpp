#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gridpilot/core/time.hpp"
#include "gridpilot/obs/log.hpp"

namespace gridpilot::obs {

/// Failures that repeat: the first of a row is logged, also when the reason changes, then they are counted, with a
/// reminder each hour; the end of the row is logged with their number. Cancellations are not counted.
class RepeatGuard {
 public:
  explicit RepeatGuard(Log& log, Seconds reminder_after = Seconds(3600)) : log_(log), reminder_after_(reminder_after) {}

  /// Events `source.failing` (warning) and `source.still_failing`.
  void failed(std::string_view source, const Error& error, Instant now);
  /// Event `source.recovered` where it had been failing.
  void succeeded(std::string_view source, Instant now);

  /// Failures in the present row; 0 while all is well.
  [[nodiscard]] int failures(std::string_view source) const;

 private:
  struct Row {
    ErrorCode code{};
    Instant since{};
    Instant logged{};
    int failures = 0;
  };
  Log& log_;
  Seconds reminder_after_;
  std::map<std::string, Row, std::less<>> rows_;
};

}  // namespace gridpilot::obs
