#include "gridpilot/inverter/goodwe/driver.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/inverter_goodwe/scripted_inverter.hpp"

namespace gridpilot::goodwe {
namespace {

using namespace std::chrono_literals;

const Instant noon = local(2026, 11, 25, 12, 0);

std::size_t count_of(const ScriptedInverter& inverter, std::uint16_t first) {
  return static_cast<std::size_t>(std::ranges::count(inverter.requests, first, &ModbusRequest::first));
}

TEST(Connecting, TellsWhatTheUnitIsAndCanDo) {
  Bench bench(noon);
  const auto identity = bench.connect();
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->family, "ET");
  EXPECT_EQ(identity->model, "GW10K-ET");
  EXPECT_EQ(identity->serial, "9010KETU000W0001");
  EXPECT_EQ(identity->firmware, "02041-23-S00");
  EXPECT_EQ(identity->rating, kilowatts(10));
  EXPECT_EQ(identity->actions, (std::vector(all_actions.begin(), all_actions.end())));
  EXPECT_EQ(identity->lapsing, (std::vector{Action::charge, Action::sell}));
  EXPECT_TRUE(identity->can_limit_export);
  EXPECT_TRUE(identity->can_block_charging);
  EXPECT_EQ(bench.driver->abilities()->eco_format, EcoFormat::v2);
  EXPECT_TRUE(bench.inverter.writes.empty());
}

TEST(Connecting, TakesV1GroupsOnlyWhenV2IsRefusedTwice) {
  Bench bench(noon);
  const auto group = bench.inverter.get(47547, 6);
  for (std::uint16_t i = 47547; i < 47571; ++i) bench.inverter.registers.erase(i);
  for (std::uint16_t group_v1 = 0; group_v1 < 4; ++group_v1)
    bench.inverter.set(static_cast<std::uint16_t>(47515 + 4 * group_v1), {0x3000, 0x3000, 100, 0});
  ASSERT_TRUE(bench.connect());
  EXPECT_EQ(bench.driver->abilities()->eco_format, EcoFormat::v1);
  EXPECT_EQ(count_of(bench.inverter, 47547), 2U);
}

TEST(Connecting, IsNotDecidedBySilence) {
  Bench bench(noon);
  bench.inverter.mishaps_at[47547] = {Mishap::silent};
  const auto identity = bench.connect();
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().code, ErrorCode::timeout);
  ASSERT_TRUE(bench.connect());
  EXPECT_EQ(bench.driver->abilities()->eco_format, EcoFormat::v2);
}

TEST(Connecting, AsksAgainAfterASporadicException) {
  Bench bench(noon);
  bench.inverter.mishaps_at[47511] = {Mishap::exception_4};
  ASSERT_TRUE(bench.connect());
  EXPECT_TRUE(bench.driver->abilities()->has_ems);
}

TEST(Connecting, KnowsAUnitWithoutEms) {
  Bench bench(noon);
  for (std::uint16_t number = 47509; number < 47513; ++number) bench.inverter.registers.erase(number);
  const auto identity = bench.connect();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->actions,
            (std::vector{Action::self_use, Action::hold, Action::charge, Action::sell, Action::standby}));
  EXPECT_FALSE(identity->can_limit_export);
}

TEST(Connecting, ToSomethingElseSaysSo) {
  Bench bench(noon);
  bench.inverter.registers.clear();
  EXPECT_EQ(bench.connect().error().code, ErrorCode::unsupported);
}

TEST(ALink, NeedsANumericAddress) {
  net::asio::io_context io;
  net::Pacers pacers(io.get_executor());
  const auto made = open_link(io.get_executor(), pacers, {.address = "inverter.local"});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::bad_input);
}

TEST(ReadingAnEt, TakesThreeBlocks) {
  Bench bench(noon);
  ASSERT_TRUE(bench.connect());
  bench.inverter.set(35140, {static_cast<std::uint16_t>(-500)});
  const auto reading = bench.read();
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->time, noon);
  EXPECT_EQ(reading->soc, Measured<Soc>(percent(55)));
  EXPECT_EQ(reading->grid, Measured<Power>(watts(500)));
  EXPECT_TRUE(complete(*reading));
}

TEST(ReadingAnEt, DoesNotAskForABatteryThatIsNotThere) {
  Bench bench(noon);
  ASSERT_TRUE(bench.connect());
  bench.inverter.set(35184, {0});
  const auto reading = bench.read();
  ASSERT_TRUE(reading);
  EXPECT_FALSE(reading->soc);
  EXPECT_EQ(count_of(bench.inverter, 37000), 0U);
}

TEST(ReadingAnEt, GoesOnWithoutABatteryBlockThatIsRefused) {
  Bench bench(noon);
  ASSERT_TRUE(bench.connect());
  bench.inverter.registers.erase(37005);
  const auto reading = bench.read();
  ASSERT_TRUE(reading);
  EXPECT_FALSE(reading->soc);
}

TEST(ReadingAnEt, FailsRatherThanTellingHalf) {
  Bench bench(noon);
  ASSERT_TRUE(bench.connect());
  for (const std::uint16_t block : {std::uint16_t{35100}, std::uint16_t{37000}, std::uint16_t{36000}}) {
    bench.inverter.mishaps_at[block] = {Mishap::silent};
    EXPECT_EQ(bench.read().error().code, ErrorCode::timeout) << block;
    EXPECT_TRUE(bench.read());
  }
}

TEST(ReadingAnEt, AsksForARefusedMeterAgainAnHourLater) {
  Bench bench(noon);
  ASSERT_TRUE(bench.connect());
  const std::uint16_t taken_away = 36010;
  bench.inverter.registers.erase(taken_away);
  ASSERT_TRUE(bench.read());
  ASSERT_TRUE(bench.read());
  EXPECT_EQ(count_of(bench.inverter, 36000), 2U);  // asked again at once, then left out
  bench.inverter.registers[taken_away] = 0;
  bench.pass(3600s);
  const auto reading = bench.read();
  EXPECT_EQ(count_of(bench.inverter, 36000), 3U);
  EXPECT_TRUE(reading->import_total);
}

TEST(ReadingAnEt, KeepsABlockThatIsRefusedNowAndThen) {
  Bench bench(noon);
  ASSERT_TRUE(bench.connect());
  for (int i = 0; i < 3; ++i) {
    bench.inverter.mishaps_at[36000] = {Mishap::exception_2};
    const auto reading = bench.read();
    ASSERT_TRUE(reading);
    EXPECT_TRUE(reading->import_total);
  }
}

TEST(ReadingAnEt, ShortensTheLongMeterBlockOf745Units) {
  Bench bench(noon);
  bench.inverter.set(35006, {0x4554, 0x5430});  // "…ETT0…": 745-HV
  for (std::uint16_t i = 36045; i < 36058; ++i) bench.inverter.registers[i] = 0;
  ASSERT_TRUE(bench.connect());
  ASSERT_TRUE(bench.driver->device()->is_745());
  ASSERT_TRUE(bench.read());
  const auto meter = std::ranges::find(bench.inverter.requests.rbegin(), bench.inverter.requests.rend(),
                                       std::uint16_t{36000}, &ModbusRequest::first);
  EXPECT_EQ(meter->count, 58);
  ASSERT_TRUE(bench.read());
  EXPECT_EQ(count_of(bench.inverter, 36000), 4U);  // 125 refused twice, 58, 58
}

TEST(ADriver, IsConnectedFirst) {
  Bench bench(noon);
  EXPECT_EQ(bench.read().error().code, ErrorCode::bug);
  EXPECT_EQ(bench.apply(Action::self_use).error().code, ErrorCode::bug);
  EXPECT_TRUE(bench.give_back());
}

}  // namespace
}  // namespace gridpilot::goodwe
