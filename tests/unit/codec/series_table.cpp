#include "gridpilot/codec/series_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridpilot::codec {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Kind = SeriesQuery::Kind;

const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

Slot slot_at(std::string_view text) {
  return Slot::containing(parse_rfc3339(text).value());
}

TEST(SeriesTable, SpreadsEnergyOverTheQuartersOfItsRow) {
  const auto table = read_series_table(
      "start_utc,load_kwh,pv_kwh\n2026-01-01T00:00:00Z,1.0,0\n2026-01-01T01:00:00Z,2.0,0\n", {.usual = "load"});
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->column, "load_kwh");
  EXPECT_EQ(table->row_length, 60min);
  ASSERT_EQ(table->slots.size(), 8U);
  EXPECT_EQ(table->slots[0], std::pair(slot_at("2026-01-01T00:00Z"), 0.25));
  EXPECT_EQ(table->slots[7], std::pair(slot_at("2026-01-01T01:45Z"), 0.5));
}

TEST(SeriesTable, ReadsEveryUnit) {
  const std::string half_hours = "start_utc,x\n2026-01-01T00:00Z,2\n2026-01-01T00:30Z,2\n";
  const auto first = [&](SeriesUnit unit, Kind kind) {
    return read_series_table(half_hours, {.kind = kind, .column = "x", .unit = unit})->slots.front().second;
  };
  EXPECT_DOUBLE_EQ(first(SeriesUnit::kilowatt_hours, Kind::energy), 1.0);
  EXPECT_DOUBLE_EQ(first(SeriesUnit::watt_hours, Kind::energy), 0.001);
  EXPECT_DOUBLE_EQ(first(SeriesUnit::kilowatts, Kind::energy), 0.5);
  EXPECT_DOUBLE_EQ(first(SeriesUnit::watts, Kind::energy), 0.0005);
  EXPECT_DOUBLE_EQ(first(SeriesUnit::per_kilowatt_hour, Kind::price), 2.0);
  EXPECT_DOUBLE_EQ(first(SeriesUnit::per_megawatt_hour, Kind::price), 0.002);
  for (const std::string_view name : {"kwh", "wh", "kw", "w", "per_kwh", "per_mwh"})
    EXPECT_EQ(name_of(*series_unit(name)), name);
  EXPECT_EQ(series_unit("mwh"), std::nullopt);
}

TEST(SeriesTable, AddsAndSubtractsColumns) {
  const auto table =
      read_series_table("start_utc,pv_kwh,import_kwh,export_kwh\n2026-01-01T00:00Z,3,1,0.5\n2026-01-01T00:15Z,0,1,\n",
                        {.column = "pv_kwh+import_kwh-export_kwh"});
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->slots.size(), 1U);
  EXPECT_DOUBLE_EQ(table->slots[0].second, 3.5);
  EXPECT_EQ(table->rows_without_number, 1);
  EXPECT_EQ(table->first_without_number, "line 3, export_kwh: ''");
}

TEST(SeriesTable, ATextInsteadOfANumberIsMissingAndSaid) {
  const auto table =
      read_series_table("start_utc,a_eur_mwh\n2025-07-04T10:00Z,SN\n2025-07-04T11:00Z,50\n", {.kind = Kind::price});
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->slots.size(), 4U);
  EXPECT_EQ(table->slots.front(), std::pair(slot_at("2025-07-04T11:00Z"), 0.05));
  EXPECT_EQ(table->first_without_number, "line 2, a_eur_mwh: 'SN'");
}

/// A date of so many rows whose labels are what a source that cannot spell the autumn hour writes.
std::string date_of(std::string_view date, int rows) {
  std::string text;
  for (int i = 0; i < rows; ++i) text += std::string(date) + ",label," + std::to_string(i) + "\n";
  return text;
}

TEST(SeriesTable, CountsTheRowsOfADateWhenTheClockChanges) {
  const std::string csv = "date,time_from,p_eur_mwh\n" + date_of("2025-10-25", 24) + date_of("2025-10-26", 25) +
                          date_of("2025-10-27", 96) + date_of("2026-03-29", 92);
  const auto table = read_series_table(csv, {.kind = Kind::price, .zone = &warsaw()});
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->slots.size(), 96U + 100U + 96U + 92U);
  EXPECT_EQ(table->slots[96], std::pair(slot_at("2025-10-25T22:00Z"), 0.0));
  EXPECT_EQ(table->slots[195], std::pair(slot_at("2025-10-26T22:45Z"), 0.024));
  EXPECT_EQ(table->slots[196], std::pair(slot_at("2025-10-26T23:00Z"), 0.0));
  EXPECT_EQ(table->slots.back(), std::pair(slot_at("2026-03-29T21:45Z"), 0.091));
  EXPECT_EQ(table->row_length, 15min);
}

TEST(SeriesTable, RefusesADateThatItsRowsDoNotFill) {
  const auto table = read_series_table("date,time_from,p_eur_mwh\n" + date_of("2025-10-25", 23),
                                       {.kind = Kind::price, .zone = &warsaw()});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::malformed);
  EXPECT_THAT(table.error().message, HasSubstr("2025-10-25 (line 2) has 23 rows; 24 or 96"));
}

TEST(SeriesTable, ReadsLocalTimesAndEnds) {
  const auto local = read_series_table("start_local,load_w\n2025-10-26 02:00,1\n2025-10-26 02:00,2\n",
                                       {.usual = "load", .zone = &warsaw()});
  ASSERT_TRUE(local) << local.error().message;
  EXPECT_EQ(local->slots[4].first, slot_at("2025-10-26T01:00Z"));
  const auto ends = read_series_table("end_local,import_kwh\n2026-01-02T00:15,1\n2026-01-02T00:30,2\n",
                                      {.column = "import_kwh", .time_column = "end_local", .zone = &warsaw()});
  ASSERT_TRUE(ends) << ends.error().message;
  EXPECT_EQ(ends->slots[0], std::pair(slot_at("2026-01-01T23:00Z"), 1.0));
}

TEST(SeriesTable, TakesRowsInAnyOrder) {
  const auto table =
      read_series_table("start_utc,load_kwh\n2026-01-01T00:15Z,2\n2026-01-01T00:00Z,1\n", {.usual = "load"});
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->slots[0].second, 1.0);
  EXPECT_EQ(table->slots[1].second, 2.0);
}

struct Refusal {
  const char* name;
  const char* csv;
  SeriesQuery query;
  ErrorCode code;
  const char* says;
};
class SeriesTableRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(SeriesTableRefuses, AndSaysWhy) {
  const auto table = read_series_table(GetParam().csv, GetParam().query);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, GetParam().code);
  EXPECT_THAT(table.error().message, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Tables, SeriesTableRefuses,
    testing::Values(
        Refusal{"twice",
                "start_utc,load_kwh\n2026-01-01T00:00Z,1\n2026-01-01T00:00Z,1\n",
                {.usual = "load"},
                ErrorCode::malformed,
                "stands twice: lines 2 and 3"},
        Refusal{"off_the_quarter",
                "start_utc,load_kwh\n2026-01-01T00:05Z,1\n",
                {.usual = "load"},
                ErrorCode::malformed,
                "line 2, start: does not begin on a quarter"},
        Refusal{"no_time",
                "start_utc,load_kwh\nnoon,1\n",
                {.usual = "load"},
                ErrorCode::malformed,
                "line 2, start_utc: 'noon' is not a time"},
        Refusal{"unknown_column",
                "start_utc,load_kwh\n",
                {.column = "lod_kwh"},
                ErrorCode::bad_input,
                "did you mean 'load_kwh'"},
        Refusal{"unknown_unit", "start_utc,house\n", {.column = "house"}, ErrorCode::bad_input, "--unit"},
        Refusal{"two_units", "start_utc,a_kwh,b_w\n", {.column = "a_kwh+b_w"}, ErrorCode::bad_input, "--unit"},
        Refusal{"a_price_as_load",
                "start_utc,load_eur_mwh\n",
                {.column = "load_eur_mwh"},
                ErrorCode::bad_input,
                "is in per_mwh, which is no energy"},
        Refusal{"several",
                "start_utc,a_eur_mwh,b_eur_mwh\n",
                {.kind = Kind::price},
                ErrorCode::bad_input,
                "a_eur_mwh, b_eur_mwh"},
        Refusal{
            "none", "start_utc,load_kwh\n2026-01-01T00:00Z,\n", {.usual = "load"}, ErrorCode::not_found, "no number"},
        Refusal{"local_without_zone", "start_local,load_kwh\n", {.usual = "load"}, ErrorCode::bad_input, "--zone"},
        Refusal{"dates_without_zone", "date,load_kwh\n", {.usual = "load"}, ErrorCode::bad_input, "--zone"},
        Refusal{"beyond_all",
                "start_utc,load_kwh\n2026-01-01T00:00Z,1e12\n",
                {.usual = "load"},
                ErrorCode::malformed,
                "line 2, load_kwh"},
        Refusal{"page", "<html>\n<body>\n", {.usual = "load"}, ErrorCode::bad_input, "columns here"}),
    [](const auto& chosen) { return chosen.param.name; });

}  // namespace
}  // namespace gridpilot::codec
