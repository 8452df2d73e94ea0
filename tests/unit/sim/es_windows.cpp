#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "unit/sim/test_house.hpp"

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;

/// An ES of 5 kW with a pack of 48 V, asked in AA55 frames.
class EsBench {
 public:
  explicit EsBench(DeviceOptions options)
      : house(house_of_an_es()), device(GoodweDevice::create(warsaw(), std::move(options), house).value()) {}

  static plant::House house_of_an_es() {
    plant::HouseOptions options;
    options.inverter.rating = kilowatts(5);
    options.pack.cells_in_series = 16;
    options.pack.max_charge = kilowatts(5.4);
    options.pack.max_discharge = kilowatts(5.4);
    return {warsaw(), options, friday_midnight()};
  }
  /// The answer's data; empty where there is none.
  std::vector<std::uint8_t> ask(std::uint8_t control, std::uint8_t function, std::vector<std::uint8_t> data = {}) {
    const goodwe::Aa55Command command{.control = control, .function = function, .data = data};
    const auto frame = device->answer(command);
    if (!frame) return {};
    const goodwe::Answer answer = goodwe::examine(command, frame->bytes());
    return {answer.data.begin(), answer.data.end()};
  }
  double battery_at(Seconds since_midnight) {
    device->advance_to(friday_midnight() + since_midnight);
    return in_watts(house.flows().battery);
  }

  plant::House house;
  std::unique_ptr<GoodweDevice> device;
};

class EsFirmware : public testing::TestWithParam<Profile> {};
INSTANTIATE_TEST_SUITE_P(EsWindows, EsFirmware, testing::Values(Profile::es, Profile::es_v1, Profile::es_old),
                         [](const testing::TestParamInfo<Profile>& info) {
                           return info.param == Profile::es      ? "newer"
                                  : info.param == Profile::es_v1 ? "between"
                                                                 : "old";
                         });

TEST_P(EsFirmware, ChargesAndDischargesInItsWindowsAndNotOutside) {
  EsBench bench({.profile = GetParam()});
  const std::vector<std::uint8_t> acknowledged{0x06};
  ASSERT_EQ(bench.ask(0x03, 0x2C, {1, 0, 2, 0, 20}), acknowledged);
  ASSERT_EQ(bench.ask(0x03, 0x2D, {3, 0, 4, 0, 40}), acknowledged);
  EXPECT_LT(bench.battery_at(59min + 59s), 0);
  EXPECT_NEAR(bench.battery_at(1h), 1000, 1e-6);
  EXPECT_LT(bench.battery_at(2h), 0);
  EXPECT_NEAR(bench.battery_at(3h), -2000, 1e-6);
  EXPECT_GT(bench.battery_at(4h), -1500);
  // All zeros switch a window off.
  ASSERT_EQ(bench.ask(0x03, 0x2C, {0, 0, 0, 0, 0}), acknowledged);
  ASSERT_EQ(bench.ask(0x03, 0x2D, {0, 0, 23, 59, 0}), acknowledged);
  EXPECT_LT(bench.battery_at(25h + 30min), 0);
}

TEST(EsWindows, MeanNothingWhereTheAssumptionSaysSo) {
  EsBench bench({.profile = Profile::es, .assumptions = {.es_windows = EcoAssumptions::EsWindows::ignored}});
  bench.ask(0x03, 0x2C, {0, 0, 23, 59, 100});
  EXPECT_LT(bench.battery_at(1h), 0);
}

TEST(EsWindows, AreRefusedWithImpossibleTimesOrPowers) {
  EsBench bench({.profile = Profile::es});
  for (const std::vector<std::uint8_t>& data :
       {std::vector<std::uint8_t>{24, 0, 2, 0, 20}, {1, 60, 2, 0, 20}, {1, 0, 2, 0, 101}, {1, 0, 2, 0}, {}})
    EXPECT_TRUE(bench.ask(0x03, 0x2C, data).empty());
  EXPECT_LT(bench.battery_at(1h), 0);
  EXPECT_EQ(bench.device->write_log().back().exception, goodwe::illegal_value);
}

TEST(EsWindows, GiveWayToAnEcoGroupAndHelpBackup) {
  EsBench bench({.profile = Profile::es});
  bench.ask(0x03, 0x2C, {0, 0, 23, 59, 20});
  const std::array<std::uint16_t, 6> charge_60_percent{0x0000, 0x173B, 0xFF7F, 0xFFC4, 0x0064, 0x0000};
  for (std::uint16_t i = 0; i < 6; ++i)
    if (i != 2)
      ASSERT_TRUE(bench.device->set_behind_the_back(static_cast<std::uint16_t>(47547 + i), charge_60_percent[i]));
  ASSERT_TRUE(bench.device->set_behind_the_back(47549, charge_60_percent[2]));
  EXPECT_NEAR(bench.battery_at(1min), 1000, 1e-6);
  bench.ask(0x03, 0x59, {3});
  EXPECT_NEAR(bench.battery_at(2min), 3000, 1e-6);
  bench.ask(0x03, 0x59, {2});
  EXPECT_NEAR(bench.battery_at(3min), 1000 * 0.975, 1e-6);  // at night the grid alone
  bench.ask(0x03, 0x2C, {0, 0, 0, 0, 0});
  EXPECT_EQ(bench.battery_at(4min), 0.0);
}

TEST(EsRegisters, OfBothKindsAreReachedBehindTheBack) {
  EsBench bench({.profile = Profile::es_v1});
  EXPECT_EQ(bench.device->value_of(0x0560), 10);
  ASSERT_TRUE(bench.device->set_behind_the_back(0x0560, 60));
  EXPECT_EQ(bench.device->value_of(0x0560), 60);
  EXPECT_EQ(bench.battery_at(1h), 0.0);  // half full: below its floor
  EXPECT_FALSE(bench.device->set_behind_the_back(0x0560, 101));
  EXPECT_FALSE(bench.device->set_behind_the_back(0x0800, 1));
  EXPECT_TRUE(bench.device->write_log().empty());
}

TEST(EsWithoutBattery, ShowsNone) {
  plant::HouseOptions options;
  options.has_battery = false;
  plant::House house(warsaw(), options, friday_midnight());
  auto device = GoodweDevice::create(warsaw(), {.profile = Profile::es}, house).value();
  const auto frame = device->answer(goodwe::aa55_runtime).value();
  const goodwe::Answer answer = goodwe::examine(goodwe::aa55_runtime, frame.bytes());
  ASSERT_EQ(answer.state, goodwe::AnswerState::complete);
  EXPECT_EQ(goodwe::u16_at(answer.data, 10), 0);  // voltage
  EXPECT_EQ(answer.data[26], 0);                  // state of charge
  EXPECT_EQ(answer.data[30], 0);                  // mode: no battery
}

TEST(EsRelay, IsShownAsCommanded) {
  EsBench bench({.profile = Profile::es});
  ASSERT_FALSE(bench.ask(0x03, 0x27, {0x00, 0x30}).empty());
  const auto runtime = bench.ask(0x01, 0x06);
  ASSERT_GT(runtime.size(), 100U);
  EXPECT_EQ(runtime[79], 0x30);
}

}  // namespace
}  // namespace gridpilot::sim
