#include <algorithm>

#include "gridpilot/codec/csv.hpp"
#include "gridpilot/sim/market_prices.hpp"

namespace gridpilot::sim {
namespace {

constexpr std::int64_t longest_row_slots = 4;

struct Row {
  Slot slot;
  std::array<std::optional<NetPrice>, price_series_count> prices;
};

bool is_price_column(std::string_view name) {
  return name.ends_with("_pln_mwh") || name.ends_with("_pln");
}

/// The column of each series.
Result<std::array<std::size_t, price_series_count>> price_columns(const std::vector<std::string>& header) {
  std::optional<std::size_t> any;
  std::array<std::optional<std::size_t>, price_series_count> own;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string_view name = header[i];
    if (!is_price_column(name)) continue;
    if (!any) any = i;
    if (name.find("rce") != std::string_view::npos) own[static_cast<std::size_t>(PriceSeries::rce_15min)] = i;
    if (name.find("sdac") != std::string_view::npos) own[static_cast<std::size_t>(PriceSeries::sdac_15min)] = i;
  }
  if (!any) return failure(ErrorCode::bad_input, "no price column: expected one whose name ends in _pln_mwh or _pln");
  std::array<std::size_t, price_series_count> columns{};
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = own[i].value_or(*any);
  return columns;
}

/// RFC 3339; without an offset it is UTC all the same.
std::optional<Instant> parse_utc(const std::string& text) {
  if (const auto exact = parse_rfc3339(text)) return exact;
  return parse_rfc3339(text + "Z");
}

std::unexpected<Error> wrong_field(const codec::CsvReader& reader, std::string_view column, const std::string& text,
                                   std::string_view expected) {
  return failure(ErrorCode::malformed, "line " + std::to_string(reader.line()) + ", " + std::string(column) + ": '" +
                                           text + "' is not " + std::string(expected));
}

}  // namespace

Result<RecordedPrices> RecordedPrices::parse(std::string_view csv) {
  auto reader = codec::CsvReader::open(csv);
  if (!reader) return std::move(reader).failed();
  const auto start = reader->column("start_utc");
  if (!start) return failure(ErrorCode::bad_input, "no column start_utc");
  const auto columns = price_columns(reader->header());
  if (!columns) return columns.failed();
  std::vector<Row> rows;
  while (true) {
    const auto more = reader->next();
    if (!more) return more.failed();
    if (!*more) break;
    const auto time = parse_utc(reader->fields()[*start]);
    if (!time || Slot::containing(*time).start() != *time)
      return wrong_field(*reader, "start_utc", reader->fields()[*start], "the start of a quarter in UTC");
    Row row{.slot = Slot::containing(*time), .prices = {}};
    for (std::size_t i = 0; i < columns->size(); ++i) {
      const std::string& text = reader->fields()[(*columns)[i]];
      if (text.empty()) continue;  // the source had none
      row.prices[i] = parse_net_per_mwh(text);
      if (!row.prices[i]) return wrong_field(*reader, reader->header()[(*columns)[i]], text, "a price");
    }
    rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.slot < b.slot; });
  RecordedPrices recorded;
  std::int64_t length = 1;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (r + 1 < rows.size()) length = std::min(rows[r + 1].slot - rows[r].slot, longest_row_slots);
    for (std::int64_t i = 0; i < length; ++i)
      for (std::size_t series = 0; series < price_series_count; ++series)
        if (const auto& price = rows[r].prices[series]) recorded.books_[series].emplace(rows[r].slot + i, *price);
  }
  return recorded;
}

std::optional<NetPrice> RecordedPrices::price(PriceSeries series, Slot slot) const {
  const auto& book = books_[static_cast<std::size_t>(series)];
  const auto found = book.find(slot);
  if (found == book.end()) return std::nullopt;
  return found->second;
}

std::optional<SlotRange> RecordedPrices::range() const {
  std::optional<SlotRange> whole;
  for (const auto& book : books_) {
    if (book.empty()) continue;
    const SlotRange range{book.begin()->first, book.rbegin()->first.next()};
    whole = whole ? SlotRange{std::min(whole->first, range.first), std::max(whole->last, range.last)} : range;
  }
  return whole;
}

}  // namespace gridpilot::sim
