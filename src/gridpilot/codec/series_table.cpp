#include "gridpilot/codec/series_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "gridpilot/codec/csv.hpp"
#include "gridpilot/codec/start_column.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec {
namespace {

using Kind = SeriesQuery::Kind;

constexpr std::int64_t longest_row = std::chrono::hours(1) / slot_length;
/// No home and no market comes near it: a wrong column or unit is more likely.
constexpr double largest_value = 1e9;

struct UnitName {
  SeriesUnit unit;
  Kind kind;
  std::string_view name;
  std::string_view suffix;  ///< of a column
};
// Longer suffixes first: "_per_kwh" also ends in "_kwh".
constexpr std::array unit_names{
    UnitName{SeriesUnit::per_kilowatt_hour, Kind::price, "per_kwh", "_per_kwh"},
    UnitName{SeriesUnit::per_megawatt_hour, Kind::price, "per_mwh", "_per_mwh"},
    UnitName{SeriesUnit::per_megawatt_hour, Kind::price, "per_mwh", "_pln_mwh"},
    UnitName{SeriesUnit::per_megawatt_hour, Kind::price, "per_mwh", "_eur_mwh"},
    UnitName{SeriesUnit::kilowatt_hours, Kind::energy, "kwh", "_kwh"},
    UnitName{SeriesUnit::watt_hours, Kind::energy, "wh", "_wh"},
    UnitName{SeriesUnit::kilowatts, Kind::energy, "kw", "_kw"},
    UnitName{SeriesUnit::watts, Kind::energy, "w", "_w"},
};

const UnitName* unit_of_column(std::string_view column) {
  const auto found =
      std::ranges::find_if(unit_names, [&](const UnitName& unit) { return column.ends_with(unit.suffix); });
  return found == unit_names.end() ? nullptr : &*found;
}

Kind kind_of(SeriesUnit unit) {
  return std::ranges::find(unit_names, unit, &UnitName::unit)->kind;
}

std::string columns_text(const CsvReader& csv) {
  const std::vector<std::string_view> names(csv.header().begin(), csv.header().end());
  return "; columns here: " + joined(names);
}

/// One column of a sum of columns.
struct Term {
  std::size_t column = 0;
  double sign = 1.0;
};

struct Values {
  std::string name;
  std::vector<Term> terms;
  SeriesUnit unit = SeriesUnit::kilowatt_hours;
};

Result<std::string> usual_column(const CsvReader& csv, const SeriesQuery& query) {
  std::vector<std::string_view> candidates;
  for (const std::string& name : csv.header()) {
    const UnitName* const unit = unit_of_column(name);
    if (unit != nullptr && unit->kind == query.kind && name.starts_with(query.usual)) candidates.push_back(name);
  }
  // The name that files of this kind have by agreement wins over others beside it.
  std::string agreed = std::string(query.usual) + "_kwh";
  if (query.kind == Kind::energy && csv.column(agreed)) return agreed;
  if (candidates.size() == 1) return std::string(candidates.front());
  if (candidates.empty())
    return failure(ErrorCode::bad_input,
                   "has no column that tells by its name what is wanted: name it with --column" + columns_text(csv));
  return failure(ErrorCode::bad_input,
                 "has several columns that may be meant, so name one with --column: " + joined(candidates));
}

/// The columns of a sum like "a+b-c"; a column whose own name holds such a sign is meant before a sum.
Result<std::vector<Term>> terms_of(const CsvReader& csv, std::string_view name) {
  if (const auto column = csv.column(name)) return std::vector<Term>{{.column = *column}};
  std::vector<Term> terms;
  double sign = 1.0;
  while (true) {
    const std::size_t end = std::min(name.find_first_of("+-"), name.size());
    const std::string_view word = name.substr(0, end);
    const auto column = csv.column(word);
    if (!column) {
      const std::vector<std::string_view> names(csv.header().begin(), csv.header().end());
      const std::string_view near = nearest(word, names);
      return failure(ErrorCode::bad_input, "has no column '" + std::string(word) + "'" +
                                               (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?") +
                                               columns_text(csv));
    }
    terms.push_back({.column = *column, .sign = sign});
    if (end == name.size()) return terms;
    sign = name[end] == '+' ? 1.0 : -1.0;
    name.remove_prefix(end + 1);
  }
}

Result<SeriesUnit> unit_of(const CsvReader& csv, const Values& values, const SeriesQuery& query) {
  const UnitName* named = nullptr;
  if (!query.unit) {
    for (const Term& term : values.terms) {
      const UnitName* const found = unit_of_column(csv.header()[term.column]);
      if (found == nullptr || (named != nullptr && named->unit != found->unit))
        return failure(ErrorCode::bad_input, "column '" + values.name +
                                                 "' does not tell its unit: give it with --unit (kwh, wh, kw, w, "
                                                 "per_kwh, per_mwh)");
      named = found;
    }
  }
  const SeriesUnit unit = named != nullptr ? named->unit : query.unit.value_or(SeriesUnit::kilowatt_hours);
  if (kind_of(unit) != query.kind)
    return failure(ErrorCode::bad_input,
                   "column '" + values.name + "' is in " + std::string(name_of(unit)) +
                       (query.kind == Kind::price ? ", which is no price" : ", which is no energy"));
  return unit;
}

Result<Values> values_of(const CsvReader& csv, const SeriesQuery& query) {
  Values values{.name = std::string(query.column), .terms = {}};
  if (values.name.empty()) {
    auto usual = usual_column(csv, query);
    if (!usual) return std::move(usual).failed();
    values.name = std::move(*usual);
  }
  auto terms = terms_of(csv, values.name);
  if (!terms) return std::move(terms).failed();
  values.terms = std::move(*terms);
  const auto unit = unit_of(csv, values, query);
  if (!unit) return unit.failed();
  values.unit = *unit;
  return values;
}

struct Row {
  Instant start;
  std::optional<double> value;
  int line = 0;
  std::int64_t quarters = 0;  ///< how long it holds; 0: its neighbours tell
};

/// What a table says, and what is wrong with it.
class TableReader {
 public:
  TableReader(CsvReader& csv, const Values& values, SeriesTable& table) : csv_(csv), values_(values), table_(table) {}

  /// The sum of the row's columns; absent where one of them is no number.
  [[nodiscard]] Result<std::optional<double>> value() {
    double sum = 0.0;
    for (const Term& term : values_.terms) {
      const std::string& text = csv_.fields()[term.column];
      const auto number = parse_number(text);
      if (!number) {
        if (table_.rows_without_number++ == 0)
          table_.first_without_number = at_line(csv_.line(), csv_.header()[term.column]) + ": '" + text + "'";
        return std::optional<double>();
      }
      if (std::fabs(*number) > largest_value)
        return failure(ErrorCode::malformed, at_line(csv_.line(), csv_.header()[term.column]) + ": '" + text +
                                                 "' is beyond anything that can be");
      sum += term.sign * *number;
    }
    return std::optional(sum);
  }

  [[nodiscard]] Result<std::vector<Row>> rows(StartColumn starts) {
    std::vector<Row> rows;
    while (true) {
      const auto more = csv_.next();
      if (!more) return more.failed();
      if (!*more) return rows;
      const auto start = starts.read(csv_);
      if (!start) return start.failed();
      const std::optional<Instant> begins = *start;
      if (!begins) {
        if (is_empty_row()) continue;
        return failure(ErrorCode::malformed,
                       at_line(csv_.line(), starts.name()) + ": the clock skips this local time, yet it has a value");
      }
      const auto read = value();
      if (!read) return read.failed();
      rows.push_back({*begins, *read, csv_.line()});
    }
  }

  /// Of a table that lists local days row by row.
  [[nodiscard]] Result<std::vector<Row>> rows_of_dates(std::size_t date_column, const TimeZone& zone) {
    std::map<std::chrono::sys_days, std::vector<Row>> dates;
    while (true) {
      const auto more = csv_.next();
      if (!more) return more.failed();
      if (!*more) break;
      const std::string& text = csv_.fields()[date_column];
      const auto date = parse_date(text);
      if (!date) return failure(ErrorCode::malformed, at_line(csv_.line(), "date") + ": '" + text + "' is not a date");
      const auto read = value();
      if (!read) return read.failed();
      dates[std::chrono::sys_days(*date)].push_back({{}, *read, csv_.line()});
    }
    std::vector<Row> rows;
    for (auto& [date, of_date] : dates) {
      const SlotRange slots = zone.slots_of(date);
      const std::int64_t quarters = slots.size() / std::ssize(of_date);
      if (quarters < 1 || quarters > longest_row || quarters * std::ssize(of_date) != slots.size())
        return failure(ErrorCode::malformed, "date " + to_iso(date) + " (line " + std::to_string(of_date.front().line) +
                                                 ") has " + std::to_string(of_date.size()) + " rows; " +
                                                 std::to_string(slots.size() / longest_row) + " or " +
                                                 std::to_string(slots.size()) + " would fill it");
      for (std::size_t i = 0; i < of_date.size(); ++i) {
        of_date[i].start = (slots.first + static_cast<std::int64_t>(i) * quarters).start();
        of_date[i].quarters = quarters;
        rows.push_back(of_date[i]);
      }
    }
    return rows;
  }

 private:
  [[nodiscard]] bool is_empty_row() const {
    return std::ranges::all_of(values_.terms, [&](const Term& term) { return csv_.fields()[term.column].empty(); });
  }

  CsvReader& csv_;
  const Values& values_;
  SeriesTable& table_;
};

/// The distance to the nearer neighbour tells how long a row holds: a hole on one side does not stretch it.
void measure_rows(std::vector<Row>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].quarters != 0) continue;
    std::int64_t nearest_row = longest_row;
    if (i > 0) nearest_row = std::min(nearest_row, (rows[i].start - rows[i - 1].start) / slot_length);
    if (i + 1 < rows.size()) nearest_row = std::min(nearest_row, (rows[i + 1].start - rows[i].start) / slot_length);
    rows[i].quarters = longest_row % nearest_row == 0 ? nearest_row : 1;
  }
}

double per_quarter(double value, SeriesUnit unit, std::int64_t quarters) {
  const double hours_of_quarter = Hours(slot_length).count();
  switch (unit) {
    case SeriesUnit::kilowatt_hours: return value / static_cast<double>(quarters);
    case SeriesUnit::watt_hours: return value / 1000.0 / static_cast<double>(quarters);
    case SeriesUnit::kilowatts: return value * hours_of_quarter;
    case SeriesUnit::watts: return value / 1000.0 * hours_of_quarter;
    case SeriesUnit::per_kilowatt_hour: return value;
    case SeriesUnit::per_megawatt_hour: return value / 1000.0;
  }
  return value;
}

Result<void> check_order(std::vector<Row>& rows, std::string_view time_column) {
  std::ranges::sort(rows, {}, [](const Row& row) { return std::pair(row.start, row.line); });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (Slot::containing(rows[i].start).start() != rows[i].start)
      return failure(ErrorCode::malformed,
                     at_line(rows[i].line, time_column) + ": does not begin on a quarter of an hour");
    if (i > 0 && rows[i].start == rows[i - 1].start)
      return failure(ErrorCode::malformed, to_rfc3339(rows[i].start) + " stands twice: lines " +
                                               std::to_string(rows[i - 1].line) + " and " +
                                               std::to_string(rows[i].line));
  }
  return {};
}

Result<std::vector<Row>> read_rows(CsvReader& csv, TableReader& reader, const SeriesQuery& query) {
  const auto date = csv.column("date");
  const bool by_date = query.time_column.empty() && !csv.column("start_utc") && !csv.column("start_local") && date;
  if (by_date) {
    if (query.zone == nullptr)
      return failure(ErrorCode::bad_input, "lists local days (date): give their zone with --zone Area/City");
    return reader.rows_of_dates(*date, *query.zone);
  }
  auto starts = StartColumn::find(csv, query.zone, query.time_column);
  if (!starts) return std::move(starts).failed();
  return reader.rows(std::move(*starts));
}

}  // namespace

std::string_view name_of(SeriesUnit unit) noexcept {
  return std::ranges::find(unit_names, unit, &UnitName::unit)->name;
}

std::optional<SeriesUnit> series_unit(std::string_view name) {
  const auto found = std::ranges::find(unit_names, name, &UnitName::name);
  return found == unit_names.end() ? std::nullopt : std::optional(found->unit);
}

Result<SeriesTable> read_series_table(std::string_view text, const SeriesQuery& query) {
  auto csv = CsvReader::open(text);
  if (!csv) return std::move(csv).failed();
  const auto values = values_of(*csv, query);
  if (!values) return values.failed();
  SeriesTable table{.column = values->name, .unit = values->unit, .slots = {}, .first_without_number = {}};
  TableReader reader(*csv, *values, table);
  auto rows = read_rows(*csv, reader, query);
  if (!rows) return std::move(rows).failed();
  const std::string_view time_column = query.time_column.empty() ? "start" : query.time_column;
  if (const auto sound = check_order(*rows, time_column); !sound) return sound.failed();
  measure_rows(*rows);
  std::int64_t shortest = longest_row;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const Row& row = (*rows)[i];
    shortest = std::min(shortest, row.quarters);
    if (!row.value) continue;
    const Slot first = Slot::containing(row.start) - (time_column.starts_with("end") ? row.quarters : 0);
    const double value = per_quarter(*row.value, values->unit, row.quarters);
    for (Slot slot = first; slot < first + row.quarters; slot = slot.next()) table.slots.emplace_back(slot, value);
  }
  if (table.slots.empty()) return failure(ErrorCode::not_found, "column " + table.column + " has no number in any row");
  table.row_length = std::chrono::duration_cast<std::chrono::minutes>(shortest * slot_length);
  return table;
}

}  // namespace gridpilot::codec
