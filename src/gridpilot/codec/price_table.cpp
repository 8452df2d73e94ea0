#include "gridpilot/codec/price_table.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "gridpilot/codec/csv.hpp"
#include "gridpilot/codec/start_column.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec {
namespace {

/// Above any price that ever was by a factor of a hundred; a wrong column or unit is more likely.
constexpr double largest_price_per_mwh = 1e6;
constexpr std::chrono::days oldest_fixing{10};

constexpr std::string_view pln_suffix = "_pln_mwh";
constexpr std::string_view eur_suffix = "_eur_mwh";

bool is_price_column(std::string_view name) {
  return name.ends_with(pln_suffix) || name.ends_with(eur_suffix);
}

std::string quarter_text(const TimeZone& zone, Instant start) {
  return to_iso(zone.date_of(start)) + " " + clock_text(zone, start) + " (" + to_rfc3339(start) + ")";
}

Result<std::size_t> price_column(const CsvReader& csv, std::string_view wanted) {
  std::vector<std::string_view> candidates;
  std::size_t last = 0;
  for (std::size_t i = 0; i < csv.header().size(); ++i) {
    if (!is_price_column(csv.header()[i])) continue;
    candidates.push_back(csv.header()[i]);
    last = i;
  }
  const std::string are = "; price columns here: " + (candidates.empty() ? "none" : joined(candidates));
  if (wanted.empty()) {
    if (candidates.size() == 1) return last;
    return failure(ErrorCode::bad_input, candidates.empty()
                                             ? "has no column ending in _pln_mwh or _eur_mwh"
                                             : "has several price columns, so name one with --price-column" + are);
  }
  const auto found = csv.column(wanted);
  if (!found) {
    std::string message = "has no column '" + std::string(wanted) + "'";
    if (const auto near = nearest(wanted, candidates); !near.empty())
      message += "; did you mean '" + std::string(near) + "'?";
    return failure(ErrorCode::bad_input, message + are);
  }
  if (!is_price_column(wanted))
    return failure(ErrorCode::bad_input, "column '" + std::string(wanted) +
                                             "' does not end in _pln_mwh or _eur_mwh, so its unit is not known" + are);
  return *found;
}

struct Row {
  Instant start;
  std::optional<NetPrice> price;  ///< absent where the field is empty
  int line = 0;
};

struct Extent {
  std::optional<Instant> first;
  std::optional<Instant> last;
  void take(Instant t) {
    first = first ? std::min(*first, t) : t;
    last = last ? std::max(*last, t) : t;
  }
};

Result<std::optional<NetPrice>> read_price(const CsvReader& csv, std::size_t column, std::optional<Ratio> rate) {
  const std::string& text = csv.fields()[column];
  if (text.empty()) return std::optional<NetPrice>();
  const auto price = parse_net_per_mwh(text);
  if (!price || std::fabs(price->per_kwh()) * 1000.0 > largest_price_per_mwh)
    return failure(ErrorCode::malformed,
                   at_line(csv.line(), csv.header()[column]) + ": '" + text + "' is not a price per MWh");
  return std::optional(rate ? scaled(*price, *rate) : *price);
}

/// The rows that begin in the range, in order of time; malformed where two begin at once.
Result<std::vector<Row>> rows_of_range(CsvReader& csv, std::size_t column, const PriceTableQuery& query,
                                       std::optional<Ratio> rate, Extent& extent) {
  auto starts = StartColumn::find(csv, query.start_zone);
  if (!starts) return std::move(starts).failed();
  std::vector<Row> rows;
  while (true) {
    const auto more = csv.next();
    if (!more) return more.failed();
    if (!*more) break;
    const auto read = starts->read(csv);
    if (!read) return read.failed();
    const std::optional<Instant> start = *read;
    if (!start) {
      // A table with a row for every hour of the clock has an empty one where the clock skips an hour.
      if (csv.fields()[column].empty()) continue;
      return failure(ErrorCode::malformed,
                     at_line(csv.line(), starts->name()) + ": the clock skips this local time, yet it has a price");
    }
    extent.take(*start);
    if (*start < query.slots.first.start() || *start >= query.slots.last.start()) continue;
    if (Slot::containing(*start).start() != *start)
      return failure(ErrorCode::malformed,
                     at_line(csv.line(), starts->name()) + ": does not begin on a quarter of an hour");
    const auto price = read_price(csv, column, rate);
    if (!price) return price.failed();
    rows.push_back({*start, *price, csv.line()});
  }
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return std::tie(a.start, a.line) < std::tie(b.start, b.line); });
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (rows[i].start == rows[i - 1].start)
      return failure(ErrorCode::malformed, quarter_text(query.time_zone, rows[i].start) + " stands twice: lines " +
                                               std::to_string(rows[i - 1].line) + " and " +
                                               std::to_string(rows[i].line));
  return rows;
}

/// How many quarters a row holds: the least distance between two rows, an hour at most.
std::int64_t quarters_per_row(const std::vector<Row>& rows) {
  std::int64_t least = std::chrono::hours(1) / slot_length;
  for (std::size_t i = 1; i < rows.size(); ++i)
    least = std::min(least, (rows[i].start - rows[i - 1].start) / slot_length);
  return least;
}

std::string covers_text(const Extent& extent) {
  if (!extent.first || !extent.last) return "; it has no rows";
  return "; its rows begin between " + to_rfc3339(*extent.first) + " and " + to_rfc3339(*extent.last);
}

Result<std::vector<NetPrice>> spread(const std::vector<Row>& rows, std::int64_t quarters, const PriceTableQuery& query,
                                     std::string_view column, const Extent& extent) {
  std::vector<std::optional<NetPrice>> found(static_cast<std::size_t>(query.slots.size()));
  for (const Row& row : rows) {
    const std::int64_t first = Slot::containing(row.start) - query.slots.first;
    for (std::int64_t i = first; i < first + quarters && i < query.slots.size(); ++i)
      found[static_cast<std::size_t>(i)] = row.price;
  }
  std::vector<NetPrice> prices;
  for (const auto& price : found)
    if (price) prices.push_back(*price);
  if (prices.size() == found.size()) return prices;
  const auto missing = std::find(found.begin(), found.end(), std::nullopt) - found.begin();
  std::string message = "no price in column " + std::string(column) + " for " +
                        quarter_text(query.time_zone, (query.slots.first + missing).start());
  const std::size_t further = found.size() - prices.size() - 1;
  if (further > 0) message += " and " + std::to_string(further) + " further quarters";
  return failure(ErrorCode::not_found, message + covers_text(extent));
}

}  // namespace

Result<PriceTable> read_price_table(std::string_view text, const PriceTableQuery& query) {
  auto csv = CsvReader::open(text);
  if (!csv) return std::move(csv).failed();
  const auto column = price_column(*csv, query.column);
  if (!column) return column.failed();
  PriceTable table;
  table.column = csv->header()[*column];
  table.was_in_eur = table.column.ends_with(eur_suffix);
  if (table.was_in_eur && !query.eur_rate)
    return failure(ErrorCode::bad_input,
                   "column " + table.column + " is in EUR: give the day's rate with --eur-pln or a table with --fx");
  Extent extent;
  const auto rows = rows_of_range(*csv, *column, query, table.was_in_eur ? query.eur_rate : std::nullopt, extent);
  if (!rows) return rows.failed();
  const std::int64_t quarters = quarters_per_row(*rows);
  table.row_length = std::chrono::duration_cast<std::chrono::minutes>(quarters * slot_length);
  auto prices = spread(*rows, quarters, query, table.column, extent);
  if (!prices) return std::move(prices).failed();
  table.prices = std::move(*prices);
  return table;
}

std::optional<Ratio> parse_exchange_rate(std::string_view text) {
  const auto value = parse_number(text);
  if (!value || *value < 0.01 || *value > 1000.0) return std::nullopt;
  return Ratio{std::llround(*value * 1e6)};
}

Result<Fixing> read_fixing(std::string_view text, std::chrono::year_month_day date) {
  auto csv = CsvReader::open(text);
  if (!csv) return std::move(csv).failed();
  const auto dates = csv->column("date");
  const auto rates = std::find_if(csv->header().begin(), csv->header().end(),
                                  [](const std::string& name) { return name.starts_with("eur_pln"); });
  if (!dates || rates == csv->header().end())
    return failure(ErrorCode::malformed, "has no 'date' column or none that begins with 'eur_pln'");
  const auto column = static_cast<std::size_t>(rates - csv->header().begin());
  std::optional<Fixing> best;
  while (true) {
    const auto more = csv->next();
    if (!more) return more.failed();
    if (!*more) break;
    const auto fixed_on = parse_date(csv->fields()[*dates]);
    if (!fixed_on)
      return failure(ErrorCode::malformed,
                     at_line(csv->line(), "date") + ": '" + csv->fields()[*dates] + "' is not a date like 2025-10-26");
    if (*fixed_on > date || (best && *fixed_on < best->fixed_on)) continue;
    const auto rate = parse_exchange_rate(csv->fields()[column]);
    if (!rate)
      return failure(ErrorCode::malformed,
                     at_line(csv->line(), *rates) + ": '" + csv->fields()[column] + "' is not a rate like 4.2651");
    best = Fixing{*fixed_on, *rate};
  }
  if (!best || std::chrono::sys_days(date) - std::chrono::sys_days(best->fixed_on) > oldest_fixing)
    return failure(ErrorCode::not_found, "has no fixing for " + to_iso(date) + " or the ten days before");
  return *best;
}

}  // namespace gridpilot::codec
