#include "gridpilot/codec/tge_report.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <map>
#include <set>
#include <utility>

#include "gridpilot/codec/spreadsheet.hpp"
#include "gridpilot/codec/xml.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec::tge {
namespace {

using std::chrono::year_month_day;

constexpr int quarters_per_hour = 4;
/// How far below a group's heading the columns' own headings may stand.
constexpr int rows_of_headings = 4;

std::unexpected<Error> malformed(const std::string& sentence) {
  return failure(ErrorCode::malformed, "sheet WYNIKI: " + sentence);
}

/// Headings are set with blanks and line breaks at will.
std::string without_blanks(std::string_view text) {
  std::string packed;
  for (const char c : text)
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') packed += c;
  return packed;
}

/// The hour of a label; "02a" comes between 02 and 03.
struct Hour {
  int number = 0;  ///< 1 to 24
  bool again = false;
  [[nodiscard]] friend auto operator<=>(const Hour&, const Hour&) = default;
};

struct Label {
  year_month_day day;
  Hour hour;
  int quarter = -1;  ///< 0 to 3; -1: the label is the hour's
};

/// Takes "02" or "02a" away.
std::optional<std::pair<int, bool>> take_number(std::string_view& text) {
  if (text.size() < 2) return std::nullopt;
  const auto number = parse_integer(text.substr(0, 2));
  if (!number || *number < 0) return std::nullopt;
  text.remove_prefix(2);
  const bool again = text.starts_with('a');
  if (again) text.remove_prefix(1);
  return std::pair(static_cast<int>(*number), again);
}

/// "26-10-25_H02a", "26-10-25_Q01a:15"; nullopt for anything else.
std::optional<Label> parse_label(std::string_view text) {
  if (text.size() < 12 || text[2] != '-' || text[5] != '-' || text[8] != '_') return std::nullopt;
  const auto day = parse_integer(text.substr(0, 2));
  const auto month = parse_integer(text.substr(3, 2));
  const auto year = parse_integer(text.substr(6, 2));
  if (!day || !month || !year || *day < 0 || *month < 0 || *year < 0) return std::nullopt;
  Label label;
  label.day =
      year_month_day(std::chrono::year(2000 + static_cast<int>(*year)),
                     std::chrono::month(static_cast<unsigned>(*month)), std::chrono::day(static_cast<unsigned>(*day)));
  const char kind = text[9];
  text.remove_prefix(10);
  const auto number = take_number(text);
  if (!label.day.ok() || !number) return std::nullopt;
  if (kind == 'H') {
    label.hour = {.number = number->first, .again = number->second};
    return text.empty() && label.hour.number >= 1 && label.hour.number <= 24 ? std::optional(label) : std::nullopt;
  }
  if (kind != 'Q' || text.size() != 3 || text[0] != ':') return std::nullopt;
  const auto minute = parse_integer(text.substr(1));
  if (!minute || *minute < 0 || *minute % 15 != 0 || *minute > 45) return std::nullopt;
  // The label is the quarter's end: 01:15 to 02:00 are of hour 02.
  const int end = number->first * 60 + static_cast<int>(*minute);
  if (end < 15 || end > 24 * 60) return std::nullopt;
  label.hour = {.number = (end - 15) / 60 + 1, .again = number->second};
  label.quarter = (end - 15) % 60 / 15;
  return label;
}

struct Columns {
  int label = 0;
  int price = 0;
  int first_row = 0;
};

struct Heading {
  std::string_view group;  ///< of the group's cell, without blanks
  std::string_view unit;   ///< in the column's own cell
};

Heading heading_of(Price price) {
  if (price == Price::sdac) return {.group = "InstrumentyDAM", .unit = "[PLN/MWh]"};
  return {.group = "InstrumentyRDN", .unit = "[PLN]"};
}

/// The price column stands under its group's heading, before the next group begins; the labels in the nearest column
/// headed as the delivery date before it.
Result<Columns> find_columns(const Sheet& sheet, Price price) {
  const Heading heading = heading_of(price);
  std::optional<CellPlace> group;
  for (const auto& [place, cell] : sheet.cells())
    if (!cell.is_number && without_blanks(cell.text) == heading.group) {
      if (group) return malformed("has two groups '" + std::string(heading.group) + "'");
      group = place;
    }
  if (!group) return malformed("has no group '" + std::string(heading.group) + "'");
  Columns columns;
  int next_group = 0;
  for (const auto& [place, cell] : sheet.cells()) {
    if (place.first != group->first) continue;
    if (place.second > group->second && next_group == 0) next_group = place.second;
    if (place.second < group->second && without_blanks(cell.text).starts_with("Datadostawy"))
      columns.label = place.second;
  }
  if (next_group == 0 || columns.label == 0) return malformed("the headings are not those that are known here");
  for (const auto& [place, cell] : sheet.cells()) {
    if (place.first <= group->first || place.first > group->first + rows_of_headings) continue;
    if (place.second < group->second || place.second >= next_group) continue;
    const std::string text = without_blanks(cell.text);
    if (!text.starts_with("Kurs") || !text.ends_with(heading.unit)) continue;
    if (columns.price != 0) return malformed("two columns of the group are prices");
    columns.price = place.second;
    columns.first_row = place.first + 1;
  }
  if (columns.price == 0) return malformed("the group has no price in " + std::string(heading.unit));
  return columns;
}

/// A number as spreadsheets keep it, "385.58999999999997", stands for a price of two decimals. Nothing else is taken:
/// a price with more decimals would be another column.
std::optional<NetPrice> parse_price(const std::string& text) {
  const auto value = parse_number(text);
  if (!value || std::fabs(*value) > static_cast<double>(largest_price_per_mwh)) return std::nullopt;
  const double hundredths = *value * 100.0;
  if (std::fabs(hundredths - std::round(hundredths)) > 1e-6) return std::nullopt;
  return NetPrice::from_nanos_per_kwh(std::llround(hundredths) * 10'000);
}

/// Which place among the day's hours each has. All hours must be there: with one missing the others would slip.
Result<std::map<Hour, int>> places_of(const std::set<Hour>& hours) {
  std::map<Hour, int> places;
  int place = 0;
  for (const Hour& hour : hours) places[hour] = place++;
  for (int number = 1; number <= 24; ++number) {
    const bool is_there = places.contains({.number = number, .again = false});
    // In spring one number is left out, in autumn one comes twice.
    const bool may_lack = places.size() == 23 && (number == 2 || number == 3);
    if (!is_there && !may_lack) return malformed("hour " + std::to_string(number) + " is missing");
  }
  for (const auto& [hour, at] : places)
    if (hour.again && (places.size() != 25 || (hour.number != 2 && hour.number != 3)))
      return malformed("hour " + std::to_string(hour.number) + " comes twice");
  return places;
}

struct Row {
  Label label;
  NetPrice price;
};

Result<std::vector<Row>> read_rows(const Sheet& sheet, const Columns& columns, Price price) {
  std::vector<Row> rows;
  for (const auto& [place, cell] : sheet.cells()) {
    if (place.second != columns.label || place.first < columns.first_row) continue;
    const auto label = parse_label(cell.text);
    if (!label) return malformed("cell " + to_text(place) + ": " + xml::quoted(cell.text) + " is not a label");
    if ((price == Price::sdac) != (label->quarter >= 0)) continue;
    const CellPlace price_place{place.first, columns.price};
    const Cell* price_cell = sheet.at(price_place);
    if (price_cell == nullptr) return malformed("cell " + to_text(price_place) + " is empty");
    const auto value = price_cell->is_number ? parse_price(price_cell->text) : std::nullopt;
    if (!value)
      return malformed("cell " + to_text(price_place) + ": " + xml::quoted(price_cell->text) + " is not a price");
    rows.push_back({.label = *label, .price = *value});
  }
  if (rows.empty()) return malformed("has no rows of prices");
  return rows;
}

}  // namespace

Result<PriceDocument> parse_report(std::string_view xlsx, Price price) {
  const auto sheet = read_sheet(xlsx, "WYNIKI");
  if (!sheet && sheet.error().code == ErrorCode::not_found) return failure(ErrorCode::malformed, sheet.error().message);
  if (!sheet) return sheet.failed();
  const auto columns = find_columns(*sheet, price);
  if (!columns) return columns.failed();
  const auto rows = read_rows(*sheet, *columns, price);
  if (!rows) return rows.failed();
  std::set<Hour> hours;
  for (const Row& row : *rows) {
    if (row.label.day != rows->front().label.day) return malformed("its rows are of more than one day");
    hours.insert(row.label.hour);
  }
  const auto places = places_of(hours);
  if (!places) return places.failed();
  PriceDocument document{.currency = Currency::pln(), .other_days = OtherDays::refuse};
  document.points.reserve(rows->size());
  const bool by_quarter = price == Price::sdac;
  for (const Row& row : *rows) {
    const int hour = places->at(row.label.hour);
    document.points.push_back({.price = row.price,
                               .ordinal = by_quarter ? hour * quarters_per_hour + row.label.quarter : hour,
                               .length = std::chrono::minutes(by_quarter ? 15 : 60),
                               .business_date = row.label.day});
  }
  return document;
}

}  // namespace gridpilot::codec::tge
