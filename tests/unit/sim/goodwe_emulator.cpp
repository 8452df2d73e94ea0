#include "gridpilot/sim/goodwe_emulator.hpp"

#include <boost/asio/ip/udp.hpp>
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "gridpilot/sim/goodwe_control.hpp"
#include "unit/sim/test_house.hpp"

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;
using net::asio::ip::udp;

/// An emulator and a client on one loop: what the client sends is answered before ask() returns.
class Loopback {
 public:
  explicit Loopback(std::string_view faults = "", Profile profile = Profile::et_v2)
      : house(ten_kilowatt_house()),
        clock(friday_midnight()),
        emulator(GoodweEmulator::create(io, clock, warsaw(),
                                        {.device = {.profile = profile}, .faults = parse_faults(faults).value()}, house)
                     .value()),
        client(io, udp::endpoint(net::asio::ip::address_v4::loopback(), 0)) {
    client.connect(udp::endpoint(net::asio::ip::address_v4::loopback(), emulator->port()));
    client.non_blocking(true);
  }

  void send(goodwe::Bytes bytes) {
    client.send(net::asio::buffer(bytes.data(), bytes.size()));
    io.restart();
    // Loopback delivers at once; the emulator handles one readiness event.
    io.run_one_for(2s);
  }
  std::optional<std::vector<std::uint8_t>> receive() {
    std::array<std::uint8_t, 1024> bytes{};
    boost::system::error_code nothing;
    const std::size_t size = client.receive(net::asio::buffer(bytes), 0, nothing);
    if (nothing) return std::nullopt;
    return std::vector<std::uint8_t>(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  }
  std::optional<std::vector<std::uint8_t>> ask(const goodwe::ModbusRequest& request) {
    send(goodwe::encode(request, goodwe::Framing::rtu_over_udp));
    return receive();
  }
  static goodwe::Answer examined(const goodwe::ModbusRequest& request, const std::vector<std::uint8_t>& bytes) {
    return goodwe::examine(request, bytes, goodwe::Framing::rtu_over_udp);
  }

  net::asio::io_context io;
  plant::House house;
  os::ManualClock clock;
  std::unique_ptr<GoodweEmulator> emulator;
  udp::socket client;
};

const goodwe::ModbusRequest runtime = goodwe::read_registers(goodwe::et_unit, 35100, 125);

TEST(GoodweEmulatorOnLoopback, AnswersReadsWritesAndIdentification) {
  Loopback loop;
  const auto read = loop.ask(runtime);
  ASSERT_TRUE(read);
  EXPECT_EQ(Loopback::examined(runtime, *read).state, goodwe::AnswerState::complete);
  EXPECT_EQ(read->size(), 257U);
  const std::array<std::uint16_t, 2> ems{11, 2500};
  const auto request = goodwe::write_registers(goodwe::et_unit, 47511, ems);
  const auto written = loop.ask(request);
  ASSERT_TRUE(written);
  EXPECT_EQ(Loopback::examined(request, *written).state, goodwe::AnswerState::complete);
  EXPECT_NEAR(in_watts(loop.house.flows().battery), 2500, 1e-6);
  loop.send(goodwe::encode(goodwe::aa55_device_info));
  EXPECT_TRUE(loop.receive());
}

TEST(GoodweEmulatorOnLoopback, IsSilentToWhatIsTornOrForSomebodyElse) {
  Loopback loop;
  auto frame = goodwe::encode(runtime, goodwe::Framing::rtu_over_udp);
  std::vector<std::uint8_t> wrong(frame.bytes().begin(), frame.bytes().end());
  wrong.back() ^= 1U;
  loop.send(wrong);
  EXPECT_FALSE(loop.receive());
  loop.send(frame.bytes().first(5));
  EXPECT_FALSE(loop.receive());
  EXPECT_FALSE(loop.ask(goodwe::read_registers(0x11, 35100, 125)));
  EXPECT_TRUE(loop.ask(runtime));
  EXPECT_EQ(loop.emulator->requests(), 4U);
}

TEST(GoodweEmulatorOnLoopback, RefusesUnknownFunctionsRegistersAndValues) {
  Loopback loop;
  const auto unknown = goodwe::read_registers(goodwe::et_unit, 60'000, 1);
  EXPECT_EQ(Loopback::examined(unknown, loop.ask(unknown).value()).exception, 2);
  const std::array<std::uint16_t, 1> mode{9};
  const auto bad = goodwe::write_registers(goodwe::et_unit, 47000, mode);
  EXPECT_EQ(Loopback::examined(bad, loop.ask(bad).value()).exception, 3);
  const std::array<std::uint8_t, 6> body{0xF7, 0x04, 0x88, 0xB8, 0x00, 0x01};
  const std::uint16_t crc = goodwe::crc16(body);
  std::vector<std::uint8_t> function_4(body.begin(), body.end());
  function_4.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  function_4.push_back(static_cast<std::uint8_t>(crc >> 8U));
  loop.send(function_4);
  const auto refused = loop.receive();
  ASSERT_TRUE(refused);
  EXPECT_EQ((*refused)[3], 0x84);
  EXPECT_EQ((*refused)[4], 1);
}

TEST(GoodweEmulatorOnLoopback, FollowsTheClockItWasGiven) {
  Loopback loop;
  ASSERT_TRUE(loop.ask(runtime));
  loop.clock.advance_to(friday_midnight() + 12h);
  ASSERT_TRUE(loop.ask(runtime));
  EXPECT_EQ(loop.house.now(), friday_midnight() + 12h);
  EXPECT_GT(in_kilowatt_hours(loop.house.totals().load), 2.0);
}

TEST(GoodweEmulatorOnLoopback, LosesAnswers) {
  Loopback loop("loss=0.5");
  int answered = 0;
  for (int i = 0; i < 200; ++i) answered += loop.ask(runtime) ? 1 : 0;
  EXPECT_GT(answered, 60);
  EXPECT_LT(answered, 140);
}

TEST(GoodweEmulatorOnLoopback, RepeatsTearsAndSpoilsAnswers) {
  Loopback twice("duplicate=1");
  ASSERT_TRUE(twice.ask(runtime));
  EXPECT_TRUE(twice.receive());

  Loopback torn("fragment=1");
  const auto first = torn.ask(runtime);
  const auto second = torn.receive();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->size() + second->size(), 257U);

  Loopback spoilt("corrupt=1");
  EXPECT_NE(Loopback::examined(runtime, spoilt.ask(runtime).value()).state, goodwe::AnswerState::complete);

  Loopback longer("garbage=1");
  const auto garbage = longer.ask(runtime);
  ASSERT_TRUE(garbage);
  EXPECT_GT(garbage->size(), 257U);
  EXPECT_EQ(Loopback::examined(runtime, *garbage).state, goodwe::AnswerState::complete);
}

TEST(GoodweEmulatorOnLoopback, RefusesNowAndThenWithoutReason) {
  Loopback loop("exception=1");
  const int code = Loopback::examined(runtime, loop.ask(runtime).value()).exception;
  EXPECT_TRUE(code == 1 || code == 4 || code == 7) << code;
}

TEST(GoodweEmulatorOnLoopback, LetsAnotherClientsAnswerSlipIn) {
  Loopback loop("second_client=1");
  const auto foreign = loop.ask(runtime);
  ASSERT_TRUE(foreign);
  EXPECT_EQ(Loopback::examined(runtime, *foreign).state, goodwe::AnswerState::not_mine);
  const auto own = loop.receive();
  ASSERT_TRUE(own);
  EXPECT_EQ(Loopback::examined(runtime, *own).state, goodwe::AnswerState::complete);
}

TEST(GoodweEmulatorOnLoopback, AnswersLate) {
  Loopback loop("delay=1,delay_ms=20");
  EXPECT_FALSE(loop.ask(runtime));
  loop.io.restart();
  loop.io.run_one_for(2s);  // the timer
  EXPECT_TRUE(loop.receive());
}

TEST(GoodweEmulatorOnLoopback, IsSilentWhileItReboots) {
  Loopback loop;
  ASSERT_TRUE(loop.emulator->apply_fault({.name = "reboot_s", .value = 30}));
  EXPECT_FALSE(loop.ask(runtime));
  loop.clock.advance_to(friday_midnight() + 31s);
  EXPECT_TRUE(loop.ask(runtime));
}

TEST(GoodweEmulatorOnLoopback, LetsAnotherClientSendItBackToItsOwnRule) {
  Loopback loop;
  const std::array<std::uint16_t, 2> ems{11, 2500};
  ASSERT_TRUE(loop.ask(goodwe::write_registers(goodwe::et_unit, 47511, ems)));
  ASSERT_TRUE(loop.emulator->apply_fault({.name = "second_writer", .value = 1}));
  ASSERT_TRUE(loop.ask(runtime));
  EXPECT_EQ(loop.emulator->device().value_of(47511), 1);
  EXPECT_EQ(loop.house.setting().rule, plant::Rule::self_use);
  EXPECT_EQ(loop.emulator->device().write_counts().at(47511), 1U);  // not this client's
}

TEST(GoodweEmulatorOnLoopback, FailsWritesAloneAndDoesNotCarryThemOut) {
  Loopback loop("write_failure=1");
  const std::array<std::uint16_t, 2> ems{11, 2500};
  const auto write = goodwe::write_registers(goodwe::et_unit, 47511, ems);
  EXPECT_EQ(Loopback::examined(write, loop.ask(write).value()).exception, 4);
  EXPECT_EQ(loop.emulator->device().value_of(47511), 1);
  EXPECT_EQ(Loopback::examined(runtime, loop.ask(runtime).value()).state, goodwe::AnswerState::complete);

  Loopback es("write_failure=1", Profile::es);
  const std::array<std::uint8_t, 1> eco{3};
  es.send(goodwe::encode(goodwe::Aa55Command{.control = 0x03, .function = 0x59, .data = eco}));
  EXPECT_FALSE(es.receive());
  es.send(goodwe::encode(goodwe::aa55_runtime));
  EXPECT_TRUE(es.receive());
}

TEST(GoodweEmulatorOnLoopback, IsDeafToWhatItKeepsUntilItObeysAgain) {
  Loopback loop("deaf=1");
  const Power before = loop.house.flows().battery;
  const std::array<std::uint16_t, 2> ems{11, 2500};
  ASSERT_TRUE(loop.ask(goodwe::write_registers(goodwe::et_unit, 47511, ems)));
  EXPECT_EQ(loop.emulator->device().value_of(47511), 11);
  EXPECT_EQ(loop.house.flows().battery, before);
  ASSERT_TRUE(loop.emulator->apply_fault({.name = "reboot_s", .value = 30}));
  loop.clock.advance_to(friday_midnight() + 31s);
  ASSERT_TRUE(loop.ask(runtime));
  EXPECT_EQ(loop.house.setting().rule, plant::Rule::self_use);  // deaf still, and not stopped
  ASSERT_TRUE(loop.emulator->apply_fault({.name = "deaf", .value = 0}));
  EXPECT_NEAR(in_watts(loop.house.flows().battery), 2500, 1e-6);
}

TEST(GoodweEmulatorOnLoopback, JumpsItsClockAndSticksARegister) {
  Loopback loop;
  const auto hour = [&loop] { return loop.emulator->device().own_clock().hour; };
  EXPECT_EQ(hour(), 0);
  ASSERT_TRUE(loop.emulator->apply_fault({.name = "clock_jump_s", .value = 7200}));
  EXPECT_EQ(hour(), 2);
  ASSERT_TRUE(loop.emulator->apply_fault({.name = "stuck", .value = 47000}));
  const std::array<std::uint16_t, 1> eco{3};
  ASSERT_TRUE(loop.ask(goodwe::write_registers(goodwe::et_unit, 47000, eco)));
  EXPECT_EQ(loop.emulator->device().value_of(47000), 0);
  ASSERT_TRUE(loop.emulator->apply_fault({.name = "stuck", .value = 0}));
  ASSERT_TRUE(loop.ask(goodwe::write_registers(goodwe::et_unit, 47000, eco)));
  EXPECT_EQ(loop.emulator->device().value_of(47000), 3);
}

TEST(GoodweEmulatorOnLoopback, LosesHalfOfTheLostWritesAfterCarryingThemOut) {
  Loopback loop("loss=0.5");
  int unanswered = 0;
  int unanswered_and_done = 0;
  for (std::uint16_t power = 1; power <= 400; ++power) {
    const std::array<std::uint16_t, 1> value{power};
    if (loop.ask(goodwe::write_registers(goodwe::et_unit, 47512, value))) continue;
    ++unanswered;
    unanswered_and_done += loop.emulator->device().value_of(47512) == power ? 1 : 0;
  }
  EXPECT_NEAR(unanswered, 200, 60);
  EXPECT_NEAR(unanswered_and_done, unanswered / 2, 40);
}

TEST(GoodweEmulatorOnLoopback, AnswersAnEsInAa55FramesAndIgnoresTornOnes) {
  Loopback loop("", Profile::es);
  loop.send(goodwe::encode(goodwe::aa55_runtime));
  const auto answer = loop.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(goodwe::examine(goodwe::aa55_runtime, *answer).state, goodwe::AnswerState::complete);
  auto frame = goodwe::encode(goodwe::aa55_runtime);
  std::vector<std::uint8_t> wrong(frame.bytes().begin(), frame.bytes().end());
  wrong.back() ^= 1U;
  loop.send(wrong);
  EXPECT_FALSE(loop.receive());
  loop.send(frame.bytes().first(8));
  EXPECT_FALSE(loop.receive());
  const auto fast = goodwe::read_registers(goodwe::et_unit, 47545, 2);
  EXPECT_EQ(Loopback::examined(fast, loop.ask(fast).value()).state, goodwe::AnswerState::complete);
}

TEST(GoodweEmulatorCreation, NamesATakenPortAndAWrongAddress) {
  Loopback loop;
  const auto taken = GoodweEmulator::create(loop.io, loop.clock, warsaw(), {.port = loop.emulator->port()}, loop.house);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::busy);
  EXPECT_NE(taken.error().message.find(std::to_string(loop.emulator->port())), std::string::npos);
  EXPECT_FALSE(GoodweEmulator::create(loop.io, loop.clock, warsaw(), {.address = "inverter.local"}, loop.house));
}

TEST(GoodweEmulatorCreation, MayBeGoneBeforeItsLoop) {
  net::asio::io_context io;
  plant::House house = ten_kilowatt_house();
  const os::ManualClock clock(friday_midnight());
  GoodweEmulator::create(io, clock, warsaw(), {}, house).value().reset();
  EXPECT_EQ(io.run_for(1s), 1U);  // the wait that was cancelled
}

TEST(GoodweControl, TellsPhysicsAndWrites) {
  Loopback loop;
  const std::array<std::uint16_t, 2> ems{11, 2500};
  ASSERT_TRUE(loop.ask(goodwe::write_registers(goodwe::et_unit, 47511, ems)));
  const std::string physics = answer_control(*loop.emulator, R"({"get":"physics"})");
  EXPECT_NE(physics.find(R"("battery_w":2500)"), std::string::npos) << physics;
  EXPECT_NE(physics.find(R"("rule":"charge")"), std::string::npos);
  const std::string writes = answer_control(*loop.emulator, R"({"get":"writes"})");
  EXPECT_NE(writes.find(R"("counts":{"47511":1,"47512":1})"), std::string::npos) << writes;
  EXPECT_NE(writes.find(R"("register":47511,"values":[11,2500],"exception":0)"), std::string::npos) << writes;
}

TEST(GoodweControl, SetsRegistersAndFaults) {
  Loopback loop;
  EXPECT_EQ(answer_control(*loop.emulator, R"({"set":{"register":47511,"value":8}})"), R"({"ok":true})");
  EXPECT_EQ(loop.house.flows().battery, watts(0));
  EXPECT_EQ(answer_control(*loop.emulator, R"({"fault":{"loss":1}})"), R"({"ok":true})");
  EXPECT_FALSE(loop.ask(runtime));
}

TEST(GoodweControl, OverridesMeasurementsUntilItIsToldNull) {
  Loopback loop;
  const auto degrees = [&loop] { return static_cast<std::int16_t>(*loop.emulator->device().value_of(37003)) / 10.0; };
  const double before = degrees();
  EXPECT_EQ(answer_control(*loop.emulator, R"({"set":{"battery_temperature_c":-5,"battery_voltage_v":301.5}})"),
            R"({"ok":true})");
  EXPECT_DOUBLE_EQ(degrees(), -5.0);
  EXPECT_EQ(loop.emulator->device().value_of(35180), 3015);
  EXPECT_EQ(answer_control(*loop.emulator, R"({"set":{"grid_voltage_v":255,"bms_alarm":65540}})"), R"({"ok":true})");
  EXPECT_DOUBLE_EQ(degrees(), -5.0);  // stays beside the new ones
  EXPECT_EQ(loop.emulator->device().value_of(35121), 2550);
  EXPECT_EQ(loop.emulator->device().value_of(37006), 4);
  EXPECT_EQ(loop.emulator->device().value_of(37012), 1);
  EXPECT_EQ(answer_control(*loop.emulator,
                           R"({"set":{"battery_temperature_c":null,"battery_voltage_v":null,"grid_voltage_v":null,)"
                           R"("bms_alarm":null}})"),
            R"({"ok":true})");
  EXPECT_DOUBLE_EQ(degrees(), before);
  EXPECT_NE(loop.emulator->device().value_of(35180), 3015);
  EXPECT_EQ(loop.emulator->device().value_of(37006), 0);
}

TEST(GoodweControl, SetsTheStateOfChargeOfTheHouse) {
  Loopback loop;
  EXPECT_EQ(answer_control(*loop.emulator, R"({"set":{"soc_percent":8}})"), R"({"ok":true})");
  EXPECT_EQ(answer_control(*loop.emulator, R"({"set":{"soc_percent":null}})"), R"({"ok":true})");
  EXPECT_NEAR(in_percent(loop.house.pack().soc()), 8, 1e-9);
  EXPECT_EQ(loop.house.flows().battery, watts(0));  // below its floor
  EXPECT_EQ(loop.emulator->device().value_of(37007), 8);
}

TEST(GoodweControl, ReachesEachOfSeveralInverters) {
  Loopback first;
  Loopback second("", Profile::dt);
  const std::array<GoodweEmulator*, 2> both{first.emulator.get(), second.emulator.get()};
  EXPECT_NE(answer_control(both, R"({"get":"physics"})").find(R"("profile":"et-v2")"), std::string::npos);
  EXPECT_NE(answer_control(both, R"({"inverter":2,"get":"physics"})").find(R"("profile":"dt")"), std::string::npos);
  EXPECT_EQ(answer_control(both, R"({"fault":{"loss":1},"inverter":2})"), R"({"ok":true})");
  EXPECT_TRUE(first.ask(runtime));
  EXPECT_FALSE(second.ask(goodwe::read_registers(goodwe::dt_unit, 30100, 73)));
  for (const char* line :
       {R"({"inverter":3,"get":"physics"})", R"({"inverter":0,"get":"physics"})", R"({"inverter":"1","get":"physics"})",
        R"({"inverter":1})", R"({"inverter":1,"get":"physics","set":{}})"})
    EXPECT_EQ(answer_control(both, line).find(R"({"error":")"), 0U) << line;
}

TEST(GoodweControl, SaysWhatItDoesNotUnderstand) {
  Loopback loop;
  for (const char* line : {"", "{", "[]", "{}", R"({"get":"weather"})", R"({"put":1})", R"({"get":"physics","set":{}})",
                           R"({"set":{"register":60000,"value":1}})", R"({"set":{"register":47511,"value":99}})",
                           R"({"set":{"register":47511}})", R"({"fault":{"los":1}})", R"({"fault":{"loss":"x"}})",
                           R"({"fault":{"deaf":0.5}})", R"({"set":{"battery_temperature_c":"cold"}})",
                           R"({"set":{"battery_temperature_c":-61}})", R"({"set":{"soc_percent":101}})",
                           R"({"set":{"weather":1}})", R"({"set":{"bms_alarm":-1}})"}) {
    const std::string answer = answer_control(*loop.emulator, line);
    EXPECT_EQ(answer.find(R"({"error":")"), 0U) << line << " -> " << answer;
  }
}

}  // namespace
}  // namespace gridpilot::sim
