#include "gridpilot/codec/solcast.hpp"

#include <map>
#include <optional>
#include <utility>

#include "gridpilot/codec/quarter_energy.hpp"
#include "gridpilot/core/json.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec::solcast {

namespace {

constexpr double max_kilowatts = 1e6;

struct Period {
  Instant start, end;
  QuarterEnergy::Energies energies;
  [[nodiscard]] friend bool operator==(const Period&, const Period&) = default;
};

/// "PT30M", "PT1H".
std::optional<std::chrono::minutes> read_period(std::string_view text) {
  if (!text.starts_with("PT") || text.size() < 4 || text.size() > 6) return std::nullopt;
  const char unit = text.back();
  const auto count = parse_integer(text.substr(2, text.size() - 3));
  if (!count || *count <= 0 || (unit != 'M' && unit != 'H')) return std::nullopt;
  const std::chrono::minutes length(unit == 'H' ? *count * 60 : *count);
  if (length > std::chrono::hours(1)) return std::nullopt;
  return length;
}

Result<std::optional<Energy>> read_energy(const json::Value& row, std::string_view name, Hours length) {
  const auto kilowatts_read = row.optional_number(name);
  if (!kilowatts_read) return kilowatts_read.failed();
  const std::optional<double> power = *kilowatts_read;
  if (!power) return std::optional<Energy>();
  if (*power < 0.0 || *power > max_kilowatts)
    return row.at(name)->objection("a power below zero or above a million kW is not believed");
  return std::optional(kilowatts(*power) * length);
}

/// Absent where the period has no estimate.
Result<std::optional<Period>> read_row(const json::Value& row) {
  const auto end_text = row.string("period_end");
  if (!end_text) return end_text.failed();
  const auto length_text = row.string("period");
  if (!length_text) return length_text.failed();
  const auto end = parse_rfc3339(*end_text);
  if (!end) return row.at("period_end")->objection("not a time with an offset");
  const auto length = read_period(*length_text);
  if (!length) return row.at("period")->objection("not a period of whole minutes up to an hour, such as PT30M");

  const auto expected_read = read_energy(row, "pv_estimate", *length);
  if (!expected_read) return expected_read.failed();
  const auto p10_read = read_energy(row, "pv_estimate10", *length);
  if (!p10_read) return p10_read.failed();
  const auto p90_read = read_energy(row, "pv_estimate90", *length);
  if (!p90_read) return p90_read.failed();
  const std::optional<Energy> expected = *expected_read;
  const std::optional<Energy> p10 = *p10_read;
  const std::optional<Energy> p90 = *p90_read;
  if (!expected) return std::optional<Period>();
  if (p10 && p90 && *p10 > *p90) return row.objection("the tenth percentile is above the ninetieth");
  return std::optional(
      Period{.start = *end - *length, .end = *end, .energies = {.expected = *expected, .p10 = p10, .p90 = p90}});
}

/// {"response_status":{"error_code":"TooManyRequests","message":"…"}}
std::optional<Error> refusal_in(const json::Value& root) {
  const auto status = root.find("response_status");
  if (!status) return std::nullopt;
  const auto text = [&status](std::string_view name) {
    return status->optional_string(name).value_or(std::nullopt).value_or("");
  };
  std::string sentence = "Solcast refuses";
  for (const std::string_view part : {text("error_code"), text("message")}) {
    if (part.empty()) continue;
    sentence += ": ";
    sentence += part;
  }
  const bool too_often = text("error_code") == "TooManyRequests";
  return Error{.code = too_often ? ErrorCode::busy : ErrorCode::rejected, .message = std::move(sentence)};
}

}  // namespace

Result<PvForecast> decode(std::string text, Instant fetched_at) {
  const auto document = json::Document::parse(std::move(text));
  if (!document) return document.failed();
  const json::Value root = document->root();
  if (auto refusal = refusal_in(root)) return std::unexpected(std::move(*refusal));
  const auto rows = root.array("forecasts");
  if (!rows) return rows.failed();

  QuarterEnergy quarters;
  std::map<Instant, Period> seen;
  for (const json::Value row : *rows) {
    const auto read = read_row(row);
    if (!read) return read.failed();
    const std::optional<Period> period = *read;
    if (!period) continue;
    const auto [place, is_new] = seen.emplace(period->end, *period);
    if (!is_new && !(place->second == *period)) return row.objection("contradicts another row of the same period_end");
    if (is_new) quarters.add(period->start, period->end, period->energies);
  }
  auto slots = quarters.take();
  if (!slots) return std::move(slots).failed();
  return PvForecast{
      .source = source_name, .issued_at = std::nullopt, .fetched_at = fetched_at, .slots = std::move(*slots)};
}

}  // namespace gridpilot::codec::solcast
