#include "gridpilot/codec/start_column.hpp"

#include <chrono>
#include <utility>
#include <vector>

#include "gridpilot/core/text.hpp"

namespace gridpilot::codec {
namespace {

bool is_same(const CivilTime& a, const CivilTime& b) {
  return a.date == b.date && a.minute_of_day() == b.minute_of_day() && a.second == b.second;
}

}  // namespace

std::string at_line(int line, std::string_view column) {
  return "line " + std::to_string(line) + ", " + std::string(column);
}

Result<StartColumn> StartColumn::find(const CsvReader& csv, const TimeZone* local_zone, std::string_view wanted) {
  std::string name(wanted);
  if (name.empty()) name = csv.column("start_utc") ? "start_utc" : "start_local";
  const auto column = csv.column(name);
  if (!column && wanted.empty())
    return failure(ErrorCode::malformed, "has neither a start_utc nor a start_local column");
  if (!column) {
    const std::vector<std::string_view> names(csv.header().begin(), csv.header().end());
    return failure(ErrorCode::bad_input, "has no column '" + name + "'; columns here: " + joined(names));
  }
  if (name.ends_with("_utc")) return StartColumn(*column, std::move(name), nullptr);
  if (local_zone == nullptr)
    return failure(ErrorCode::bad_input, "has local times (" + name + "): give their zone with --zone Area/City");
  return StartColumn(*column, std::move(name), local_zone);
}

Result<std::optional<Instant>> StartColumn::read(const CsvReader& csv) {
  const std::string& text = csv.fields()[column_];
  auto utc = parse_rfc3339(text + "Z");
  if (local_zone_ == nullptr && !utc) utc = parse_rfc3339(text);
  if (!utc)
    return failure(ErrorCode::malformed, at_line(csv.line(), name_) + ": '" + text + "' is not a time; write it like " +
                                             (local_zone_ == nullptr ? "2025-10-25T22:00:00Z" : "2025-10-26 00:00"));
  if (local_zone_ == nullptr) return utc;
  const auto day = std::chrono::floor<std::chrono::days>(*utc);
  const std::chrono::hh_mm_ss time(*utc - day);
  return place({.date = std::chrono::year_month_day(day),
                .hour = static_cast<int>(time.hours().count()),
                .minute = static_cast<int>(time.minutes().count()),
                .second = static_cast<int>(time.seconds().count())});
}

/// The instant of a local time; the second pass of a repeated one where the rows have come that far already.
std::optional<Instant> StartColumn::place(const CivilTime& civil) {
  Instant found = local_zone_->instant_of(civil);
  if (!is_same(local_zone_->civil(found), civil)) return std::nullopt;
  const Seconds set_back = local_zone_->offset_at(found) - local_zone_->offset_at(found + std::chrono::hours(3));
  if (set_back > Seconds(0) && before_ && *before_ >= found && is_same(local_zone_->civil(found + set_back), civil))
    found += set_back;
  before_ = found;
  return found;
}

}  // namespace gridpilot::codec
