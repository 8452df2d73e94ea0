#include "gridpilot/codec/json_prices.hpp"

#include <array>
#include <utility>
#include <vector>

#include "gridpilot/core/json.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec {
namespace {

constexpr std::int64_t latest_second = 253'402'300'799;  // the end of the year 9999
constexpr std::array all_formats{TimeFormat::rfc3339, TimeFormat::unix_seconds, TimeFormat::unix_millis,
                                 TimeFormat::local};

/// The next name of a pointer, unescaped; takes it away.
std::string next_name(std::string_view& pointer) {
  pointer.remove_prefix(1);
  const std::size_t end = std::min(pointer.find('/'), pointer.size());
  std::string name;
  for (std::size_t at = 0; at < end; ++at) {
    if (pointer[at] != '~') {
      name += pointer[at];
      continue;
    }
    ++at;
    name += pointer[at] == '0' ? '~' : '/';
  }
  pointer.remove_prefix(end);
  return name;
}

Result<json::Value> resolve(json::Value value, std::string_view pointer) {
  while (!pointer.empty()) {
    const std::string name = next_name(pointer);
    if (value.kind() == json::Kind::array) {
      const auto wanted = parse_integer(name);
      if (!wanted || *wanted < 0 || std::cmp_greater_equal(*wanted, value.size()))
        return value.objection("has no element '" + name + "'");
      auto element = value.begin();
      for (long long n = 0; n < *wanted; ++n) ++element;
      value = *element;
      continue;
    }
    auto member = value.at(name);
    if (!member) return member;
    value = *member;
  }
  return value;
}

/// A time as text or number; the name of a member is a text too.
struct TimeText {
  std::string_view text;
  std::optional<std::int64_t> number;
};

/// What is wrong, empty where nothing is.
std::string_view read_time(const TimeText& time, TimeFormat format, PricePoint& point) {
  if (format == TimeFormat::rfc3339) {
    point.utc = parse_rfc3339(time.text);
    return point.utc ? "" : "is not a time like 2025-10-22T00:00:00+02:00";
  }
  if (format == TimeFormat::local) {
    point.local = parse_local_label(time.text);
    return point.local ? "" : "is not a local time like 2025-10-22 00:00";
  }
  std::optional<std::int64_t> number = time.number;
  if (const auto parsed = parse_integer(time.text); !number && parsed) number = *parsed;
  if (number && format == TimeFormat::unix_millis) {
    if (*number % 1000 != 0) return "is not a whole second";
    *number /= 1000;
  }
  if (!number || *number < 0 || *number > latest_second) return "is not a time since 1970";
  point.utc = Instant(Seconds(*number));
  return "";
}

Result<void> read_time_value(const json::Value& value, TimeFormat format, PricePoint& point) {
  TimeText time;
  if (value.kind() == json::Kind::number && format != TimeFormat::rfc3339 && format != TimeFormat::local) {
    const auto number = value.integer();
    if (!number) return number.failed();
    time.number = *number;
  } else {
    const auto text = value.string();
    if (!text) return text.failed();
    time.text = *text;
  }
  const auto fault = read_time(time, format, point);
  if (!fault.empty()) return value.objection(fault);
  return {};
}

/// Absent for a null.
Result<std::optional<NetPrice>> read_price(const json::Value& value, const PriceUnit& unit) {
  if (value.is_null()) return std::optional<NetPrice>();
  Result<std::int64_t> nanos = failure(ErrorCode::malformed, "not read");
  if (value.kind() == json::Kind::string) {
    const auto text = value.string();
    // The same strict reader, so that a number means the same with and without quotes.
    const auto number = json::Document::parse(std::string(*text));
    if (!number || number->root().kind() != json::Kind::number) return value.objection("is not a price");
    nanos = number->root().fixed(unit.decimals);
    if (!nanos) return value.objection("is not a price");
  } else {
    nanos = value.fixed(unit.decimals);
    if (!nanos) return std::move(nanos).failed();
  }
  const NetPrice price = NetPrice::from_nanos_per_kwh(*nanos);
  if (!is_believable(price)) return value.objection("is beyond ±100 000 per MWh and not believed");
  return std::optional(price);
}

/// One row: its time is a value, or a member's name.
Result<void> add_row(const JsonPriceLayout& layout, const std::optional<json::Value>& time, std::string_view name,
                     const json::Value& price_value, PriceDocument& document) {
  PricePoint point{.length = layout.length};
  if (time) {
    if (auto read = read_time_value(*time, layout.time_format, point); !read) return read;
  } else if (const auto fault = read_time({.text = name, .number = {}}, layout.time_format, point); !fault.empty()) {
    return price_value.objection("is named '" + std::string(name.substr(0, 60)) + "', which " + std::string(fault));
  }
  const auto read = read_price(price_value, layout.unit);
  if (!read) return read.failed();
  const std::optional<NetPrice>& price = *read;
  if (!price) return {};
  point.price = *price;
  document.points.push_back(point);
  return {};
}

Result<void> read_rows(const json::Value& rows, const JsonPriceLayout& layout, PriceDocument& document) {
  const bool by_name = rows.kind() == json::Kind::object;
  if (!by_name && rows.kind() != json::Kind::array)
    return rows.objection("is neither a list of rows nor an object of times");
  for (const json::Value row : rows) {
    const auto price = resolve(row, layout.price);
    if (!price) return price.failed();
    std::optional<json::Value> time;
    if (!by_name || !layout.time.empty()) {
      const auto found = resolve(row, layout.time);
      if (!found) return found.failed();
      time = *found;
    }
    if (auto added = add_row(layout, time, row.name(), *price, document); !added) return added;
  }
  return {};
}

Result<void> read_lists(const json::Value& root, const JsonPriceLayout& layout, PriceDocument& document) {
  const auto times = resolve(root, layout.time);
  if (!times) return times.failed();
  const auto prices = resolve(root, layout.price);
  if (!prices) return prices.failed();
  for (const json::Value* list : {&*times, &*prices})
    if (list->kind() != json::Kind::array) return list->objection("is not a list");
  if (times->size() != prices->size())
    return prices->objection("has " + std::to_string(prices->size()) + " prices for " + std::to_string(times->size()) +
                             " times");
  auto price = prices->begin();
  for (const json::Value time : *times) {
    if (auto added = add_row(layout, time, {}, *price, document); !added) return added;
    ++price;
  }
  return {};
}

}  // namespace

std::string_view name_of(TimeFormat format) noexcept {
  switch (format) {
    case TimeFormat::rfc3339: return "rfc3339";
    case TimeFormat::unix_seconds: return "unix_seconds";
    case TimeFormat::unix_millis: return "unix_millis";
    case TimeFormat::local: return "local";
  }
  return "";
}

std::optional<TimeFormat> time_format_named(std::string_view name) noexcept {
  for (const TimeFormat format : all_formats)
    if (name_of(format) == name) return format;
  return std::nullopt;
}

std::optional<PriceUnit> parse_price_unit(std::string_view text) {
  const auto currency = Currency::parse(text.substr(0, 3));
  if (!currency) return std::nullopt;
  const std::string_view rest = text.substr(3);
  if (rest == "/MWh") return PriceUnit{.currency = *currency, .decimals = 6};
  if (rest == "/kWh") return PriceUnit{.currency = *currency, .decimals = 9};
  if (rest == " cent/kWh") return PriceUnit{.currency = *currency, .decimals = 7};
  return std::nullopt;
}

std::string to_text(const PriceUnit& unit) {
  const std::string_view rest = unit.decimals == 6 ? "/MWh" : unit.decimals == 9 ? "/kWh" : " cent/kWh";
  return std::string(unit.currency.text()) + std::string(rest);
}

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text[at] == '~' && (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1'))) return false;
  return true;
}

Result<PriceDocument> parse_json_prices(std::string_view text, const JsonPriceLayout& layout) {
  const auto parsed = json::Document::parse(std::string(text));
  if (!parsed) return parsed.failed();
  PriceDocument document{.currency = layout.unit.currency, .edge = layout.edge};
  Result<void> done;
  if (layout.rows) {
    const auto rows = resolve(parsed->root(), *layout.rows);
    done = rows ? read_rows(*rows, layout, document) : rows.failed();
  } else {
    done = read_lists(parsed->root(), layout, document);
  }
  if (!done) return std::move(done).failed();
  return document;
}

}  // namespace gridpilot::codec
