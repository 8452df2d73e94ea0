#include <utility>

#include "gridpilot/codec/csv.hpp"
#include "gridpilot/codec/price_documents.hpp"
#include "gridpilot/codec/start_column.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec {
namespace {

struct PriceColumn {
  std::size_t index = 0;
  Currency currency = Currency::eur();
};

/// "price_eur_mwh" is in EUR.
std::optional<Currency> currency_of(std::string_view column) {
  constexpr std::string_view suffix = "_mwh";
  constexpr std::size_t code_length = 3;
  if (!column.ends_with(suffix)) return std::nullopt;
  column.remove_suffix(suffix.size());
  if (column.size() < code_length) return std::nullopt;
  std::string code(column.substr(column.size() - code_length));
  for (char& c : code) {
    if (c < 'a' || c > 'z') return std::nullopt;
    c = static_cast<char>(c - 'a' + 'A');
  }
  return Currency::parse(code);
}

Result<PriceColumn> find_column(const CsvReader& csv, std::string_view wanted) {
  std::optional<PriceColumn> found;
  std::vector<std::string_view> candidates;
  for (std::size_t i = 0; i < csv.header().size(); ++i) {
    const auto currency = currency_of(csv.header()[i]);
    if (!currency) continue;
    candidates.push_back(csv.header()[i]);
    if (wanted.empty() || csv.header()[i] == wanted) found = PriceColumn{.index = i, .currency = *currency};
  }
  const std::string are = "; price columns here: " + (candidates.empty() ? "none" : joined(candidates));
  if (wanted.empty() && candidates.size() > 1)
    return failure(ErrorCode::bad_input, "has several price columns, so name one" + are);
  if (found) return *found;
  if (wanted.empty())
    return failure(ErrorCode::bad_input, "has no column whose name ends in a currency and _mwh, like price_eur_mwh");
  return failure(ErrorCode::bad_input,
                 "has no price column '" + std::string(wanted) + "' that ends in a currency and _mwh" + are);
}

/// "line 7, price_eur_mwh"
std::string in_line(const CsvReader& csv, std::size_t column) {
  std::string text = "line ";
  text += std::to_string(csv.line());
  text += ", ";
  text += csv.header()[column];
  return text;
}

}  // namespace

Result<PriceDocument> parse_price_csv(std::string_view text, std::string_view wanted, SlotRange slots,
                                      const TimeZone& zone) {
  auto csv = CsvReader::open(text);
  if (!csv) return std::move(csv).failed();
  const auto column = find_column(*csv, wanted);
  if (!column) return column.failed();
  auto starts = StartColumn::find(*csv, &zone);
  if (!starts) return std::move(starts).failed();
  PriceDocument document{.currency = column->currency};
  while (true) {
    const auto more = csv->next();
    if (!more) return more.failed();
    if (!*more) break;
    const auto read = starts->read(*csv);
    if (!read) return read.failed();
    const std::optional<Instant>& start = *read;
    const std::string& field = csv->fields()[column->index];
    if (field.empty()) continue;
    if (!start)
      return failure(ErrorCode::malformed,
                     in_line(*csv, column->index) + ": the clock skips this local time, yet it has a price");
    const Instant begins = *start;
    if (begins < slots.first.start() || begins >= slots.last.start()) continue;
    const auto price = parse_net_per_mwh(field);
    if (!price || !is_believable(*price))
      return failure(ErrorCode::malformed, in_line(*csv, column->index) + ": '" + field + "' is not a price per MWh");
    document.points.push_back({.price = *price, .utc = begins, .length = std::chrono::minutes(0)});
  }
  return document;
}

}  // namespace gridpilot::codec
