#include "gridpilot/codec/forecast_solar.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/codec/quarter_energy.hpp"
#include "gridpilot/core/json.hpp"

namespace gridpilot::codec::forecast_solar {

namespace {

constexpr double max_watts = 1e9;
/// Labels further apart do not belong to one forecast.
constexpr Seconds longest_period{24 * 3600};

struct Label {
  Instant time;
  double value = 0.0;
};

/// Reads the labels of one series, which are times with offset or in the document's zone.
class Labels {
 public:
  Labels(const json::Value& root, const ZoneByName& zone_by_name) : root_(root), zone_by_name_(zone_by_name) {}

  [[nodiscard]] Result<std::vector<Label>> read(const json::Value& series) {
    std::vector<Label> labels;
    if (series.kind() == json::Kind::array && series.size() == 0) return labels;  // how PHP writes an empty object
    if (series.kind() != json::Kind::object) return series.objection("expected an object of times and numbers");
    for (const json::Value entry : series) {
      const auto value = entry.number();
      if (!value) return value.failed();
      if (*value < 0.0 || *value > max_watts)
        return entry.objection("a number below zero or above 1e9 is not believed");
      const std::optional<Instant> before = labels.empty() ? std::nullopt : std::optional(labels.back().time);
      const auto time = read_time(entry, before);
      if (!time) return time.failed();
      if (before && *time <= *before) return entry.objection("the times do not ascend");
      if (before && *time - *before > longest_period) return entry.objection("more than a day is missing before this");
      labels.push_back({.time = *time, .value = *value});
    }
    return labels;
  }

 private:
  [[nodiscard]] Result<Instant> read_time(const json::Value& entry, std::optional<Instant> before) {
    const std::string_view text = entry.name();
    if (const auto time = parse_rfc3339(text)) return *time;
    const auto as_if_utc = parse_rfc3339(std::string(text) + "Z");
    if (!as_if_utc) return entry.objection("the name is not a time");
    const auto zone = zone_of_document();
    if (!zone) return zone.failed();
    const CivilTime civil = TimeZone::utc().civil(*as_if_utc);
    const Instant first_pass = zone->instant_of(civil);
    // A label of the repeated hour that does not follow its predecessor is of the second pass.
    if (before && first_pass <= *before) {
      const Instant second_pass = *as_if_utc - zone->offset_at(first_pass + Seconds(3600));
      if (second_pass > *before) return second_pass;
    }
    return first_pass;
  }

  [[nodiscard]] Result<TimeZone> zone_of_document() {
    if (zone_) return *zone_;
    const auto message = root_.object("message");
    if (!message) return message.failed();
    const auto info = message->object("info");
    if (!info) return info.failed();
    const auto name = info->string("timezone");
    if (!name) return name.failed();
    auto zone = zone_by_name_(std::string(*name));
    if (!zone) return failure(ErrorCode::malformed, info->at("timezone")->path() + ": " + zone.error().message);
    zone_ = *zone;
    return zone;
  }

  const json::Value& root_;
  const ZoneByName& zone_by_name_;
  std::optional<TimeZone> zone_;
};

/// A longer period in which something was produced has a night in it whose ends nobody knows.
constexpr Seconds longest_sunny_period{2 * 3600};

bool is_known(const Label& a, const Label& b, double watt_hours_of_period) {
  return b.time - a.time <= longest_sunny_period || (a.value == 0.0 && b.value == 0.0 && watt_hours_of_period == 0.0);
}

/// The power that runs straight from `a` to `b`, integrated from `from` to `to` between them: watt-seconds.
double integral(const Label& a, const Label& b, Instant from, Instant to) {
  const auto length = static_cast<double>((b.time - a.time).count());
  const auto at = [&](Instant t) {
    return a.value + (b.value - a.value) * static_cast<double>((t - a.time).count()) / length;
  };
  return (at(from) + at(to)) / 2.0 * static_cast<double>((to - from).count());
}

/// Adds the energy of the period from `a` to `b` quarter by quarter, in proportion to the power.
void add_period(QuarterEnergy& quarters, const Label& a, const Label& b, std::optional<double> watt_hours_of_period) {
  const double whole = integral(a, b, a.time, b.time);
  for (Slot slot = Slot::containing(a.time); slot.start() < b.time; slot = slot.next()) {
    const Instant from = std::max(slot.start(), a.time);
    const Instant to = std::min(slot.end(), b.time);
    double part_wh = integral(a, b, from, to) / 3600.0;
    if (watt_hours_of_period) {
      const double even = static_cast<double>((to - from).count()) / static_cast<double>((b.time - a.time).count());
      const double share = whole > 0.0 ? integral(a, b, from, to) / whole : even;
      part_wh = *watt_hours_of_period * share;
    }
    quarters.add(from, to, {.expected = watt_hours(part_wh), .p10 = std::nullopt, .p90 = std::nullopt});
  }
}

/// Before sunrise and after sunset nothing is produced: the quarter that holds the first or last label of a forecast
/// that begins or ends with zero is whole.
void close_ends(QuarterEnergy& quarters, const std::vector<Label>& labels, bool ends_are_dark) {
  if (labels.empty() || !ends_are_dark) return;
  const QuarterEnergy::Energies nothing{};
  const Slot first = Slot::containing(labels.front().time);
  if (labels.front().value == 0.0 && first.start() < labels.front().time)
    quarters.add(first.start(), labels.front().time, nothing);
  const Slot last = Slot::containing(labels.back().time);
  if (labels.back().value == 0.0 && last.start() < labels.back().time)
    quarters.add(labels.back().time, last.end(), nothing);
}

Result<std::vector<PvForecastSlot>> quarters_of(const std::vector<Label>& watts, const std::vector<Label>& energies) {
  std::map<Instant, double> power_at;
  for (const Label& label : watts) power_at.emplace(label.time, label.value);
  QuarterEnergy quarters;
  if (energies.empty()) {
    for (std::size_t n = 1; n < watts.size(); ++n)
      if (is_known(watts[n - 1], watts[n], 0.0)) add_period(quarters, watts[n - 1], watts[n], std::nullopt);
    close_ends(quarters, watts, true);
    return quarters.take();
  }
  const auto power = [&](const Label& label) {
    const auto found = power_at.find(label.time);
    return Label{.time = label.time, .value = found != power_at.end() ? found->second : 0.0};
  };
  const bool have_power =
      std::ranges::all_of(energies, [&](const Label& label) { return power_at.contains(label.time); });
  for (std::size_t n = 1; n < energies.size(); ++n) {
    const Label& from = energies[n - 1];
    const Label& to = energies[n];
    if (!is_known(power(from), power(to), to.value)) continue;
    if (have_power)
      add_period(quarters, power(from), power(to), to.value);
    else
      quarters.add(from.time, to.time, {.expected = watt_hours(to.value), .p10 = std::nullopt, .p90 = std::nullopt});
  }
  std::vector<Label> ends;
  ends.reserve(energies.size());
  for (const Label& label : energies) ends.push_back(power(label));
  close_ends(quarters, ends, have_power);
  return quarters.take();
}

std::optional<Error> refusal_in(const json::Value& root) {
  const auto message = root.find("message");
  if (!message) return std::nullopt;
  if (message->optional_string("type").value_or(std::nullopt).value_or("") != "error") return std::nullopt;
  const std::string_view text = message->optional_string("text").value_or(std::nullopt).value_or("");
  const bool too_often = message->optional_integer("code").value_or(std::nullopt).value_or(0) == 429;
  std::string sentence = "forecast.solar refuses";
  if (!text.empty()) {
    sentence += ": ";
    sentence += text;
  }
  return Error{.code = too_often ? ErrorCode::busy : ErrorCode::rejected, .message = std::move(sentence)};
}

Result<std::optional<Allowance>> allowance_in(const json::Value& root) {
  const auto message = root.find("message");
  const auto limit = message ? message->find("ratelimit") : std::nullopt;
  if (!limit || limit->is_null()) return std::optional<Allowance>();
  const auto period = limit->optional_integer("period");
  if (!period) return period.failed();
  const auto most = limit->optional_integer("limit");
  if (!most) return most.failed();
  const auto remaining = limit->optional_integer("remaining");
  if (!remaining) return remaining.failed();
  const std::optional<std::int64_t> seconds = *period;
  const std::optional<std::int64_t> questions = *most;
  if (!seconds || !questions) return std::optional<Allowance>();
  return std::optional(Allowance{.period = Seconds(*seconds), .limit = *questions, .remaining = *remaining});
}

/// An absent series is empty.
Result<std::vector<Label>> series_in(const json::Value& result, std::string_view name, Labels& labels) {
  const auto series = result.find(name);
  if (!series || series->is_null()) return std::vector<Label>();
  return labels.read(*series);
}

}  // namespace

Result<Answer> decode(std::string text, Instant fetched_at, const ZoneByName& zone_by_name) {
  const auto document = json::Document::parse(std::move(text));
  if (!document) return document.failed();
  const json::Value root = document->root();
  if (auto refusal = refusal_in(root)) return std::unexpected(std::move(*refusal));
  const auto result = root.object("result");
  if (!result) return result.failed();
  if (!result->find("watts") && !result->find("watt_hours_period"))
    return result->objection("has neither watts nor watt_hours_period");
  Labels labels(root, zone_by_name);
  const auto watts_read = series_in(*result, "watts", labels);
  if (!watts_read) return watts_read.failed();
  const auto energies = series_in(*result, "watt_hours_period", labels);
  if (!energies) return energies.failed();
  auto allowance = allowance_in(root);
  if (!allowance) return std::move(allowance).failed();
  auto slots = quarters_of(*watts_read, *energies);
  if (!slots) return std::move(slots).failed();
  return Answer{.forecast = {.source = source_name,
                             .issued_at = std::nullopt,
                             .fetched_at = fetched_at,
                             .slots = std::move(*slots)},
                .allowance = *allowance};
}

}  // namespace gridpilot::codec::forecast_solar
