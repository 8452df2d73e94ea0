#include "gridpilot/codec/price_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gridpilot/codec/csv.hpp"

namespace gridpilot::codec {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

Result<PriceTable> read(const std::string& csv, std::chrono::year_month_day date, std::string_view column = {},
                        bool local = false, std::optional<Ratio> rate = {}) {
  const TimeZone zone = warsaw();
  return read_price_table(csv, {.slots = zone.slots_of(date),
                                .time_zone = zone,
                                .column = column,
                                .start_zone = local ? &zone : nullptr,
                                .eur_rate = rate});
}

/// A day in UTC starts whose price is its place in the day; rows `skip` and `twice` are left out and repeated.
std::string day_table(std::chrono::year_month_day date, std::int64_t quarters_per_row, std::int64_t skip = -1,
                      std::int64_t twice = -1) {
  std::string csv = "start_utc,x_pln_mwh\n";
  const SlotRange range = warsaw().slots_of(date);
  for (std::int64_t i = 0; i * quarters_per_row < range.size(); ++i) {
    const std::string row = to_rfc3339((range.first + i * quarters_per_row).start()) + "," + std::to_string(i) + ".5\n";
    if (i != skip) csv += row;
    if (i == twice) csv += row;
  }
  return csv;
}

TEST(PriceTable, HasEveryQuarterOfDaysOfNinetyTwoNinetySixAndAHundred) {
  for (const auto& [date, count] :
       {std::pair(2026y / 3 / 29, 92U), std::pair(2026y / 5 / 4, 96U), std::pair(2025y / 10 / 26, 100U)}) {
    const auto table = read(day_table(date, 1), date).value();
    ASSERT_EQ(table.prices.size(), count);
    EXPECT_EQ(table.prices.back(), NetPrice::from_per_mwh(count - 1 + 0.5));
    EXPECT_EQ(table.row_length, 15min);
    EXPECT_EQ(table.column, "x_pln_mwh");
  }
}

TEST(PriceTable, LetsAnHourlyRowHoldForItsFourQuarters) {
  const auto table = read(day_table(2025y / 10 / 26, 4), 2025y / 10 / 26).value();
  ASSERT_EQ(table.prices.size(), 100U);
  EXPECT_EQ(table.row_length, 60min);
  for (std::size_t i = 0; i < table.prices.size(); ++i)
    EXPECT_EQ(table.prices[i], NetPrice::from_per_mwh(static_cast<double>(i / 4) + 0.5));
}

TEST(PriceTable, NamesTheQuarterThatIsMissing) {
  const auto quarter = read(day_table(2025y / 10 / 26, 1, 13), 2025y / 10 / 26);
  ASSERT_FALSE(quarter);
  EXPECT_EQ(quarter.error().code, ErrorCode::not_found);
  // Quarter 13 of the autumn day is the second pass of 02:15.
  EXPECT_THAT(quarter.error().message, HasSubstr("for 2025-10-26 02:15 (2025-10-26T01:15:00Z)"));
  const auto hour = read(day_table(2025y / 10 / 26, 4, 24), 2025y / 10 / 26);
  ASSERT_FALSE(hour);
  EXPECT_THAT(hour.error().message, HasSubstr("23:00"));
  EXPECT_THAT(hour.error().message, HasSubstr("3 further quarters"));
  const auto empty = read("start_utc,x_pln_mwh\n2025-10-25T22:00Z,\n", 2025y / 10 / 26);
  EXPECT_FALSE(empty) << "an empty field is no price";
  const auto other_day = read(day_table(2025y / 10 / 26, 1), 2025y / 10 / 28);
  ASSERT_FALSE(other_day);
  EXPECT_THAT(other_day.error().message, HasSubstr("its rows begin between 2025-10-25T22:00:00Z"));
}

TEST(PriceTable, NamesTheQuarterThatStandsTwiceAndItsLines) {
  const auto table = read(day_table(2026y / 5 / 4, 1, -1, 3), 2026y / 5 / 4);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::malformed);
  EXPECT_THAT(table.error().message, HasSubstr("2026-05-04 00:45"));
  EXPECT_THAT(table.error().message, HasSubstr("lines 5 and 6"));
}

TEST(PriceTable, TellsThePassesOfTheRepeatedHourApartByTheOrderOfRows) {
  std::string csv = "start_local,x_pln_mwh\n";
  const TimeZone zone = warsaw();
  const SlotRange range = zone.slots_of(2025y / 10 / 26);
  for (Slot slot = range.first; slot < range.last; slot = slot.next())
    csv += "2025-10-26 " + clock_text(zone, slot.start()) + "," + std::to_string(slot - range.first) + "\n";
  const auto table = read(csv, 2025y / 10 / 26, {}, true).value();
  ASSERT_EQ(table.prices.size(), 100U);
  for (std::size_t i = 0; i < table.prices.size(); ++i)
    EXPECT_EQ(table.prices[i], NetPrice::from_per_mwh(static_cast<double>(i)));
}

TEST(PriceTable, FindsThatALocalTableHasTheRepeatedHourOnlyOnce) {
  std::string csv = "start_local,x_pln_mwh\n";
  for (int hour = 0; hour < 24; ++hour)
    csv += "2025-10-26 " + std::string(hour < 10 ? "0" : "") + std::to_string(hour) + ":00,1\n";
  const auto table = read(csv, 2025y / 10 / 26, {}, true);
  ASSERT_FALSE(table);
  EXPECT_THAT(table.error().message, HasSubstr("2025-10-26 02:00 (2025-10-26T01:00:00Z)"));
}

TEST(PriceTable, PassesOverAnEmptyRowWhereTheClockSkipsAnHour) {
  std::string csv = "start_local,x_pln_mwh\n";
  for (int hour = 0; hour < 24; ++hour)
    csv += "2026-03-29 " + std::string(hour < 10 ? "0" : "") + std::to_string(hour) + ":00," + (hour == 2 ? "" : "1") +
           "\n";
  EXPECT_EQ(read(csv, 2026y / 3 / 29, {}, true)->prices.size(), 92U);
  EXPECT_THAT(read(csv, 2026y / 3 / 29).error().message, HasSubstr("--zone"));
  csv.replace(csv.find("02:00,"), 6, "02:00,7");
  EXPECT_THAT(read(csv, 2026y / 3 / 29, {}, true).error().message, HasSubstr("line 4, start_local: the clock skips"));
}

TEST(PriceTable, NeedsTheColumnNamedWhereThereAreSeveral) {
  const std::string csv = "start_utc,a_eur_mwh,a_pln_mwh,volume_mwh\n2026-05-03T22:00Z,1,2,3\n";
  EXPECT_THAT(read(csv, 2026y / 5 / 4).error().message, HasSubstr("a_eur_mwh, a_pln_mwh"));
  EXPECT_THAT(read(csv, 2026y / 5 / 4, "a_pnl_mwh").error().message, HasSubstr("did you mean 'a_pln_mwh'?"));
  EXPECT_THAT(read(csv, 2026y / 5 / 4, "volume_mwh").error().message, HasSubstr("unit is not known"));
  EXPECT_THAT(read(csv, 2026y / 5 / 4, "a_eur_mwh").error().message, HasSubstr("--eur-pln"));
  EXPECT_THAT(read("start_utc,price\n", 2026y / 5 / 4).error().message, HasSubstr("no column ending in"));
  EXPECT_THAT(read("when,x_pln_mwh\n", 2026y / 5 / 4).error().message, HasSubstr("neither a start_utc"));
}

TEST(PriceTable, TurnsEurosAtTheDaysRate) {
  std::string csv = day_table(2026y / 5 / 4, 4);
  csv.replace(csv.find("pln"), 3, "eur");
  // 0.5 EUR/MWh × 4.2651 = 2.13255 PLN/MWh = 2 132 550 nanos per kWh
  const auto table = read(csv, 2026y / 5 / 4, {}, false, parse_exchange_rate("4.2651")).value();
  EXPECT_TRUE(table.was_in_eur);
  EXPECT_EQ(table.prices[0].nanos_per_kwh(), 2'132'550);
}

TEST(PriceTable, RefusesMalformedRowsWithTheirLine) {
  const struct {
    const char* row;
    const char* reason;
  } rows[] = {
      {"2026-05-03T22:00Z,abc", "line 2, x_pln_mwh: 'abc' is not a price"},
      {"2026-05-03T22:00Z,1e400", "is not a price"},
      {"2026-05-03T22:00Z,99999999", "is not a price"},
      {"2026-05-03T22:00Z,nan", "is not a price"},
      {"2026-05-03T22:07Z,1", "does not begin on a quarter"},
      {"yesterday,1", "line 2, start_utc: 'yesterday' is not a time"},
      {"2026-05-03T22:00Z,1,2", "line 2 has 3 fields, the header has 2"},
      {"\"2026-05-03T22:00Z,1", "never closed"},
  };
  for (const auto& row : rows)
    EXPECT_THAT(read(std::string("start_utc,x_pln_mwh\n") + row.row + "\n", 2026y / 5 / 4).error().message,
                HasSubstr(row.reason))
        << row.row;
  EXPECT_FALSE(read("", 2026y / 5 / 4));
}

TEST(PriceTable, ReadsQuotesCarriageReturnsAndAByteOrderMark) {
  std::string csv = "\xEF\xBB\xBFstart_utc,note,x_pln_mwh\r\n";
  const SlotRange range = warsaw().slots_of(2026y / 5 / 4);
  for (Slot slot = range.first; slot < range.last; slot = slot + 4)
    csv += to_rfc3339(slot.start()) + ",\"a \"\"b\"\", c\",7.25\r\n";
  EXPECT_EQ(read(csv, 2026y / 5 / 4)->prices[5], NetPrice::from_per_mwh(7.25));
}

RC_GTEST_PROP(PriceTableProperty, TheOrderOfRowsDoesNotMatterWithStartsInUtc, ()) {
  const SlotRange range = warsaw().slots_of(2026y / 5 / 4);
  std::vector<std::int64_t> order(static_cast<std::size_t>(range.size()));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  std::string csv = "start_utc,x_pln_mwh\n";
  for (const std::int64_t i : order) csv += to_rfc3339((range.first + i).start()) + "," + std::to_string(i) + "\n";
  const auto table = read(csv, 2026y / 5 / 4);
  RC_ASSERT(table.has_value());
  for (std::size_t i = 0; i < order.size(); ++i)
    RC_ASSERT(table->prices[i] == NetPrice::from_per_mwh(static_cast<double>(i)));
}

TEST(Fixing, OfADayWithoutOneIsTheLastBefore) {
  const std::string csv = "date,czk,eur_pln_cross\n2026-08-20,1,4.31867\n2026-08-21,1,4.30791\n2026-08-24,1,4.2\n";
  const auto friday = read_fixing(csv, 2026y / 8 / 21).value();
  EXPECT_EQ(friday.rate, Ratio{4'307'910});
  const auto sunday = read_fixing(csv, 2026y / 8 / 23).value();
  EXPECT_EQ(sunday.fixed_on, 2026y / 8 / 21);
  EXPECT_FALSE(read_fixing(csv, 2026y / 8 / 19)) << "none before";
  EXPECT_FALSE(read_fixing(csv, 2026y / 9 / 30)) << "too old";
  EXPECT_FALSE(read_fixing("date,rate\n", 2026y / 8 / 21));
  EXPECT_FALSE(read_fixing("date,eur_pln\n2026-08-21,four\n", 2026y / 8 / 21));
}

TEST(ExchangeRate, IsAPlainNumberOfAPlausibleSize) {
  EXPECT_EQ(parse_exchange_rate("4.2651"), Ratio{4'265'100});
  for (const char* text : {"", "4,26", "0", "-4", "1e9", "4.2 PLN"}) EXPECT_FALSE(parse_exchange_rate(text)) << text;
}

}  // namespace
}  // namespace gridpilot::codec
