#include "gridpilot/sim/pse_query.hpp"

#include <algorithm>

#include "gridpilot/core/json.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::sim::pse {
namespace {

constexpr std::int64_t most_rows = 100'000;
constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::unexpected<Error> refused(std::string sentence) {
  return failure(ErrorCode::bad_input, std::move(sentence));
}

std::string base64(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += base64_digits[(bits >> static_cast<unsigned>(count - 6)) & 0x3FU];
  }
  if (count > 0) out += base64_digits[(bits << static_cast<unsigned>(6 - count)) & 0x3FU];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = base64_digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  return out;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

std::optional<Field> field_named(std::string_view name, PriceSeries series) {
  for (std::size_t i = 0; i < field_count; ++i)
    if (field_name(static_cast<Field>(i), series) == name) return static_cast<Field>(i);
  return std::nullopt;
}

/// One condition on the business date narrows the range.
Result<void> narrow(Query& query, std::string_view operation, std::string_view quoted) {
  std::optional<std::chrono::year_month_day> date;
  if (quoted.size() > 2 && quoted.front() == '\'' && quoted.back() == '\'')
    date = parse_date(quoted.substr(1, quoted.size() - 2));
  if (!date) return refused("$filter: " + std::string(quoted) + " is not a date in quotes");
  const auto at_least = [&](std::chrono::year_month_day d) { query.from = std::max(query.from.value_or(d), d); };
  const auto at_most = [&](std::chrono::year_month_day d) { query.to = std::min(query.to.value_or(d), d); };
  const auto day_of = [](std::chrono::sys_days day) { return std::chrono::year_month_day(day); };
  if (operation == "eq" || operation == "ge") at_least(*date);
  if (operation == "eq" || operation == "le") at_most(*date);
  if (operation == "gt") at_least(day_of(std::chrono::sys_days(*date) + std::chrono::days(1)));
  if (operation == "lt") at_most(day_of(std::chrono::sys_days(*date) - std::chrono::days(1)));
  constexpr std::array<std::string_view, 5> known{"eq", "ge", "le", "gt", "lt"};
  if (std::find(known.begin(), known.end(), operation) == known.end())
    return refused("$filter: operator " + std::string(operation) + "; known: " + joined(known));
  return {};
}

/// field op 'value' (and field op 'value')*
Result<void> read_filter(Query& query, std::string_view text) {
  const auto words = words_of(text);
  for (std::size_t i = 0; i < words.size(); i += 4) {
    if (i + 3 > words.size() || (i + 3 < words.size() && words[i + 3] != "and"))
      return refused("$filter: expected conditions joined by and");
    if (words[i] != field_name(business_date, query.series))
      return refused("$filter: only business_date can be compared here, not " + std::string(words[i]));
    if (auto narrowed = narrow(query, words[i + 1], words[i + 2]); !narrowed) return narrowed;
  }
  return {};
}

Result<void> read_select(Query& query, std::string_view text) {
  query.selected.fill(false);
  while (!text.empty()) {
    std::string_view name = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    const auto field = field_named(name, query.series);
    if (!field) return refused("$select: there is no field " + std::string(name));
    query.selected[*field] = true;
  }
  return {};
}

/// Rows are ordered by time, so the first field of the list decides by its direction.
Result<void> read_order(Query& query, std::string_view text) {
  const auto words = words_of(text.substr(0, text.find(',')));
  const auto field = words.empty() ? std::nullopt : field_named(words[0], query.series);
  if (!field || *field == price || words.size() > 2)
    return refused("$orderby: expected a field of time, then asc or desc");
  if (words.size() == 2 && words[1] != "asc" && words[1] != "desc")
    return refused("$orderby: " + std::string(words[1]) + " is neither asc nor desc");
  query.descending = words.size() == 2 && words[1] == "desc";
  return {};
}

Result<void> read_after(Query& query, std::string_view token) {
  const auto text = from_base64(token);
  if (!text) return refused("$after: not a token of this API");
  const auto document = json::Document::parse(*text);
  if (!document || document->root().size() == 0) return refused("$after: not a token of this API");
  const auto value = (*document->root().begin()).string("FieldValue");
  if (value) query.after = parse_rfc3339(std::string(*value) + "Z");
  if (!query.after) return refused("$after: not a token of this API");
  return {};
}

Result<void> read_parameter(Query& query, const net::HttpParameter& parameter) {
  if (parameter.name == "$filter") return read_filter(query, parameter.value);
  if (parameter.name == "$select") return read_select(query, parameter.value);
  if (parameter.name == "$orderby") return read_order(query, parameter.value);
  if (parameter.name == "$after") return read_after(query, parameter.value);
  if (parameter.name == "$first") {
    const auto count = parse_integer(parameter.value);
    if (!count || *count < 1 || *count > most_rows) return refused("$first: expected a number from 1 to 100000");
    query.first = static_cast<std::size_t>(*count);
    return {};
  }
  return refused("Invalid Query Parameter: " + parameter.name);
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                       std::string_view("-._~$,").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4U];
      out += digits[byte & 0x0FU];
    }
  }
  return out;
}

}  // namespace

std::string_view field_name(Field field, PriceSeries series) {
  switch (field) {
    case dtime: return "dtime";
    case period: return "period";
    case price: return series == PriceSeries::rce_15min ? "rce_pln" : "csdac_pln";
    case dtime_utc: return "dtime_utc";
    case period_utc: return "period_utc";
    case business_date: return "business_date";
    case publication_ts: return "publication_ts";
    case publication_ts_utc: return "publication_ts_utc";
    case field_count: break;
  }
  return "";
}

Result<Query> parse_query(PriceSeries series, std::span<const net::HttpParameter> parameters) {
  Query query;
  query.series = series;
  for (const net::HttpParameter& parameter : parameters)
    if (auto read = read_parameter(query, parameter); !read) return std::move(read).failed();
  return query;
}

std::string after_token(const Query& query, Instant quarter_end) {
  std::string text;
  json::Writer(text)
      .begin_array()
      .begin_object()
      .member("EntityName", name_of(query.series))
      .member("FieldName", "dtime_utc")
      .member("FieldValue", utc_text(quarter_end))
      .member("Direction", query.descending ? 1 : 0)
      .end_object()
      .end_array();
  return percent_encoded(base64(text));
}

std::string encoded_without_after(std::span<const net::HttpParameter> parameters) {
  std::string out;
  for (const net::HttpParameter& parameter : parameters) {
    if (parameter.name == "$after") continue;
    out += percent_encoded(parameter.name) + "=" + percent_encoded(parameter.value) + "&";
  }
  return out;
}

std::string utc_text(Instant t) {
  std::string text = to_rfc3339(t);
  text[10] = ' ';
  text.pop_back();
  return text;
}

}  // namespace gridpilot::sim::pse
