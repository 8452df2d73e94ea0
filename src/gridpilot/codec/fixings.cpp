#include "gridpilot/codec/fixings.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "gridpilot/codec/xml.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/json.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::codec {
namespace {

using std::chrono::year_month_day;

constexpr std::int64_t one = 1'000'000;
/// Rates and amounts between a millionth and a million: more is a mistake of unit.
constexpr std::int64_t most = one * one;

/// Collects days; a day or currency that comes twice must say the same.
class Tables {
 public:
  explicit Tables(Currency own) : own_(own) {}
  /// What is wrong, empty where nothing is.
  [[nodiscard]] std::string_view add(year_month_day day, Currency currency, FixingTable::Rate rate) {
    if (rate.amount.ppm <= 0 || rate.worth.ppm <= 0 || rate.amount.ppm > most || rate.worth.ppm > most)
      return "a rate lies between a millionth and a million";
    if (currency == own_) return "a bank does not fix its own currency";
    FixingTable& table = days_.try_emplace(day, FixingTable{.fixed_on = day, .own = own_}).first->second;
    const auto [entry, is_new] = table.rates.try_emplace(currency, rate);
    const bool same = entry->second.amount == rate.amount && entry->second.worth == rate.worth;
    return is_new || same ? std::string_view() : "the currency has two rates on one day";
  }
  [[nodiscard]] std::vector<FixingTable> take() && {
    std::vector<FixingTable> all;
    all.reserve(days_.size());
    for (auto& [day, table] : days_) all.push_back(std::move(table));
    return all;
  }

 private:
  Currency own_;
  std::map<year_month_day, FixingTable> days_;
};

std::optional<year_month_day> read_date(json::Reader& in) {
  const auto date = parse_date(in.string());
  if (!date) in.fail("not a date");
  return date;
}

std::optional<Currency> read_currency(json::Reader& in) {
  const auto currency = Currency::parse(in.string());
  if (!currency) in.fail("not a currency");
  return currency;
}

void add_to(json::Reader& in, Tables& tables, const std::optional<year_month_day>& day,
            const std::optional<Currency>& currency, FixingTable::Rate rate) {
  if (in.failed()) return;
  if (!day || !currency || rate.worth.ppm == 0) return in.fail("a rate lacks its date, its currency or its number");
  if (const auto fault = tables.add(*day, *currency, rate); !fault.empty()) in.fail(fault);
}

/// The rows of one NBP table; the table's own date or currency stands in for what a row does not say.
struct NbpRow {
  std::optional<year_month_day> day;
  std::optional<Currency> currency;
  std::int64_t mid = 0;
};
void read_nbp_table(json::Reader& in, Tables& tables) {
  static constexpr json::Fields fields{"code", "effectiveDate", "rates"};
  static constexpr json::Fields row_fields{"code", "effectiveDate", "mid"};
  std::optional<year_month_day> day;
  std::optional<Currency> currency;
  std::vector<NbpRow> rows;
  const auto read_row = [&] {
    NbpRow& row = rows.emplace_back();
    const json::Seen seen = in.record(
        row_fields,
        [&](std::size_t field) {
          if (field == 0) {
            row.currency = read_currency(in);
          } else if (field == 1) {
            row.day = read_date(in);
          } else {
            row.mid = in.fixed(6);
          }
        },
        json::Unknown::skip);
    in.require(row_fields, seen, 2);
  };
  const json::Seen seen = in.record(
      fields,
      [&](std::size_t field) {
        if (field == 0) {
          currency = read_currency(in);
        } else if (field == 1) {
          day = read_date(in);
        } else {
          in.array(read_row);
        }
      },
      json::Unknown::skip);
  in.require(fields, seen, 2);
  for (const NbpRow& row : rows)
    add_to(in, tables, row.day ? row.day : day, row.currency ? row.currency : currency,
           {.amount = {one}, .worth = {row.mid}});
}

std::string ask_nbp(const FixingQuery& query) {
  std::string code(query.from.text());
  for (char& c : code) c = static_cast<char>(c - 'A' + 'a');
  return std::string(query.url) + "/exchangerates/rates/a/" + code + "/" +
         to_iso(plus_days(query.day, -static_cast<int>(FixingBook::oldest.count()))) + "/" + to_iso(query.day) +
         "/?format=json";
}
std::string ask_cnb(const FixingQuery& query) {
  // The answer for a day without a fixing is the last one before it.
  return std::string(query.url) + "/exrates/daily?date=" + to_iso(query.day) + "&lang=EN";
}
std::string ask_ecb(const FixingQuery& query) {
  return std::string(query.url);
}

}  // namespace

Result<std::vector<FixingTable>> parse_nbp_fixings(std::string_view text) {
  return json::decode(text, [](json::Reader& in) {
    Tables tables(Currency::pln());
    if (in.peek() == json::Kind::array) {
      in.array([&] { read_nbp_table(in, tables); });
    } else {
      read_nbp_table(in, tables);
    }
    return std::move(tables).take();
  });
}

Result<std::vector<FixingTable>> parse_cnb_fixings(std::string_view text) {
  static constexpr json::Fields envelope{"rates"};
  static constexpr json::Fields fields{"validFor", "amount", "currencyCode", "rate"};
  return json::decode(text, [](json::Reader& in) {
    Tables tables(*Currency::parse("CZK"));
    const auto read_row = [&] {
      std::optional<year_month_day> day;
      std::optional<Currency> currency;
      FixingTable::Rate rate;
      const json::Seen seen = in.record(
          fields,
          [&](std::size_t field) {
            switch (field) {
              case 0: day = read_date(in); break;
              case 1: rate.amount = Ratio{in.fixed(6)}; break;
              case 2: currency = read_currency(in); break;
              default: rate.worth = Ratio{in.fixed(6)};
            }
          },
          json::Unknown::skip);
      in.require(fields, seen);
      add_to(in, tables, day, currency, rate);
    };
    const json::Seen seen = in.record(envelope, [&](std::size_t) { in.array(read_row); }, json::Unknown::skip);
    in.require(envelope, seen);
    return std::move(tables).take();
  });
}

Result<std::vector<FixingTable>> parse_ecb_fixings(std::string_view text) {
  const auto parsed = xml::parse(text);
  if (!parsed) return parsed.failed();
  const pugi::xml_node all = xml::child(xml::root(*parsed), "Cube");
  Tables tables(Currency::eur());
  auto done = xml::each(all, "Cube", [&](pugi::xml_node of_day) -> Result<void> {
    const std::string_view time = of_day.attribute("time").value();
    const auto day = parse_date(time);
    if (!day) return failure(ErrorCode::malformed, "Cube: time " + xml::quoted(time) + " is not a date");
    return xml::each(of_day, "Cube", [&](pugi::xml_node item) -> Result<void> {
      const std::string_view code = item.attribute("currency").value();
      const std::string_view rate = item.attribute("rate").value();
      const auto currency = Currency::parse(code);
      const auto amount = parse_net_per_mwh(rate);  // a decimal text, exactly, in millionths
      if (!currency || !amount)
        return failure(ErrorCode::malformed, to_iso(*day) + ": currency " + xml::quoted(code) + ", rate " +
                                                 xml::quoted(rate) + " are not a fixing");
      const auto fault = tables.add(*day, *currency, {.amount = {amount->nanos_per_kwh()}, .worth = {one}});
      if (!fault.empty())
        return failure(ErrorCode::malformed, to_iso(*day) + ", " + std::string(code) + ": " + std::string(fault));
      return {};
    });
  });
  if (!done) return std::move(done).failed();
  auto tables_read = std::move(tables).take();
  if (tables_read.empty()) return failure(ErrorCode::malformed, "has no reference rates");
  return tables_read;
}

std::span<const FixingKind> fixing_kinds() {
  static constexpr auto kinds = std::to_array<FixingKind>({
      {.name = "nbp",
       .about = "Narodowy Bank Polski, table A",
       .url = "https://api.nbp.pl/api",
       .accept = "application/json",
       .address = ask_nbp,
       .read = parse_nbp_fixings},
      {.name = "cnb",
       .about = "Czech National Bank; other pairs than with CZK across it",
       .url = "https://api.cnb.cz/cnbapi",
       .accept = "application/json",
       .address = ask_cnb,
       .read = parse_cnb_fixings},
      {.name = "ecb",
       .about = "European Central Bank, reference rates of 90 days",
       .url = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml",
       .accept = "application/xml, text/xml",
       .address = ask_ecb,
       .read = parse_ecb_fixings},
  });
  return kinds;
}

const FixingKind* fixing_kind_named(std::string_view name) {
  const auto kinds = fixing_kinds();
  const auto found = std::ranges::find(kinds, name, &FixingKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace gridpilot::codec
