#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "gridpilot/codec/price_points.hpp"
#include "gridpilot/core/json.hpp"

/// How the rows of PSE's reports tell their time: shared by the decoders of these reports, not for others.
namespace gridpilot::codec::pse {

/// The members that all reports share, in the order in which version 2 sends them; `value` is the report's own.
enum Field : std::size_t {
  dtime,
  period,
  value,
  dtime_utc,
  period_utc,
  business_date,
  publication_ts,
  publication_ts_utc,
  // Version 1.
  udtczas,
  udtczas_oreb,
  doba,
  source_datetime,
  // Where a report's further members begin.
  further,
};

/// The rows of a document repeat each other's dates and whole times of publication: what was read last need not be read
/// again.
template <class T>
class Remembered {
 public:
  /// `read(text)`, or its answer of the last time where the text is the same.
  template <class Read>
  std::optional<T> get(std::string_view text, Read read) {
    if (text == std::string_view(text_.data(), size_)) return value_;
    size_ = 0;
    value_ = read(text);
    if (value_ && text.size() <= text_.size()) size_ = text.copy(text_.data(), text_.size());
    return value_;
  }

 private:
  std::array<char, 32> text_;
  std::size_t size_ = 0;  // 0: nothing is remembered, for no empty text is a date
  std::optional<T> value_;
};

struct RowMemory {
  Remembered<std::chrono::year_month_day> date;
  Remembered<std::chrono::year_month_day> business_date;
  Remembered<LocalLabel> published_locally, published_utc;
};

/// The start and end of "22:45 - 23:00".
struct Period {
  ClockLabel start, end;
};

/// Reads the time members of one row; what is wrong is said to the reader, which knows the place.
class RowTimes {
 public:
  /// `edge` says which end of the row's period its times name, `length` how long the period is.
  RowTimes(json::Reader& in, RowMemory& memory, PeriodEdge edge, std::chrono::minutes length)
      : in_(in), memory_(memory), edge_(edge), length_(length) {}

  /// Reads one of the shared members, `value` excepted; any other is skipped.
  void read(std::size_t field);
  /// What can only be judged when all members are there; fills all of the point but its price.
  void finish(PricePoint& point);

 private:
  /// null is the same as absent; two names of one thing must agree.
  template <class T>
  void take(std::optional<T>& into, const std::optional<T>& value, const char* otherwise) {
    if (in_.failed()) return;
    if (!value) return in_.fail(otherwise);
    if (into && !(*into == *value)) return in_.fail("contradicts another field of the row");
    into = value;
  }
  void read_into(std::optional<LocalLabel>& into);
  void read_into(std::optional<LocalLabel>& into, Remembered<LocalLabel>& remembered);
  void read_into(std::optional<std::chrono::year_month_day>& into);
  void read_into(std::optional<Period>& into);
  void check_periods();

  json::Reader& in_;
  RowMemory& memory_;
  PeriodEdge edge_;
  std::chrono::minutes length_;
  std::optional<std::chrono::year_month_day> business_date_;
  std::optional<LocalLabel> local_, utc_, published_locally_, published_utc_;
  std::optional<Period> local_period_, utc_period_;
};

}  // namespace gridpilot::codec::pse
