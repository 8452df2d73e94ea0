#include "gridpilot/inverter/goodwe/register_access.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "gridpilot/inverter/goodwe/aa55_access.hpp"
#include "gridpilot/inverter/goodwe/dt_registers.hpp"
#include "unit/inverter_goodwe/scripted_inverter.hpp"

namespace gridpilot::goodwe {
namespace {

/// Answers by script what RegisterAccess asks, and notes how it was asked.
class NotingExchange final : public net::Exchange {
 public:
  /// The frames that come in answer to the next requests; an empty one is silence.
  std::deque<std::vector<std::uint8_t>> answers;
  std::vector<net::Repeatable> repeatable;
  std::vector<std::vector<std::uint8_t>> asked;

  net::Awaitable<Result<std::vector<std::uint8_t>>> request(net::ExchangeRequest request) override {
    repeatable.push_back(request.repeatable);
    asked.push_back(request.bytes);
    while (!answers.empty()) {
      std::vector<std::uint8_t> frame = std::move(answers.front());
      answers.pop_front();
      if (frame.empty()) break;
      if (request.examine(frame) == net::Examined::complete) co_return frame;
    }
    co_return failure(ErrorCode::timeout, "no answer");
  }
};

std::vector<std::uint8_t> bytes_of(const FrameBuffer& frame) {
  return {frame.bytes().begin(), frame.bytes().end()};
}

std::vector<std::uint8_t> tcp_answer(std::uint16_t transaction, std::uint16_t value) {
  const std::uint8_t data[] = {static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value & 0xFFU)};
  return bytes_of(encode_read_answer(read_registers(et_unit, 47511, 1), data, Framing::tcp, transaction));
}

TEST(LongBlocks, AreReadInPiecesWhereTheDongleNeedsThat) {
  ScriptedInverter inverter = et_v2(local(2026, 11, 25, 12, 0));
  for (std::uint16_t i = 0; i < 125; ++i) inverter.registers[static_cast<std::uint16_t>(35100 + i)] = i;
  ScriptedExchange exchange(inverter);
  RegisterAccess registers(exchange, {.longest_read = 50});
  net::asio::io_context io;
  const auto data = run(io, registers.read_block(35100, 125));
  ASSERT_TRUE(data);
  EXPECT_EQ(data->size(), 250U);
  EXPECT_EQ((*data)[249], 124);
  ASSERT_EQ(inverter.requests.size(), 3U);
  EXPECT_EQ(inverter.requests[2].first, 35200);
  EXPECT_EQ(inverter.requests[2].count, 25);
}

TEST(WritesThatSetSomethingOff, AreNeverRepeated) {
  EXPECT_FALSE(may_be_repeated(write_registers(et_unit, 47533, Words{1}.span())));
  EXPECT_FALSE(may_be_repeated(write_registers(et_unit, 45216, Words{0}.span())));
  EXPECT_FALSE(may_be_repeated(write_registers(dt_unit, 40329, Words{0, 0}.span())));
  EXPECT_TRUE(may_be_repeated(write_registers(et_unit, 47511, Words{1, 0}.span())));
  EXPECT_TRUE(may_be_repeated(read_registers(et_unit, 47533, 1)));
  NotingExchange exchange;
  RegisterAccess registers(exchange, {});
  net::asio::io_context io;
  EXPECT_FALSE(run(io, registers.write({.first = 47533, .values = {1}})));
  EXPECT_EQ(exchange.repeatable.back(), net::Repeatable::no);
}

TEST(ASilentUnit, IsAskedOnceAtATimeAfterAWhile) {
  NotingExchange exchange;
  RegisterAccess registers(exchange, {});
  net::asio::io_context io;
  for (int i = 0; i < RegisterAccess::silence_before_patience_ends; ++i)
    EXPECT_FALSE(run(io, registers.read(47511, 1)));
  EXPECT_EQ(exchange.repeatable.back(), net::Repeatable::yes);
  EXPECT_FALSE(run(io, registers.read(47511, 1)));
  EXPECT_EQ(exchange.repeatable.back(), net::Repeatable::no);
  exchange.answers = {bytes_of(
      encode_read_answer(read_registers(et_unit, 47511, 1), std::array<std::uint8_t, 2>{0, 1}, Framing::rtu_over_udp))};
  EXPECT_TRUE(run(io, registers.read(47511, 1)));
  EXPECT_FALSE(run(io, registers.read(47511, 1)));
  EXPECT_EQ(exchange.repeatable.back(), net::Repeatable::yes);
}

TEST(AnAnswerUnderAnotherNumber, IsSomebodyElsesOnceTheUnitWasSeenToEchoIt) {
  NotingExchange exchange;
  RegisterAccess registers(exchange, {.framing = Framing::tcp});
  net::asio::io_context io;
  for (const std::uint16_t number : {std::uint16_t{1}, std::uint16_t{2}}) {
    exchange.answers = {tcp_answer(number, number)};
    EXPECT_EQ((*run(io, registers.read(47511, 1)))[0], number);
  }
  exchange.answers = {tcp_answer(2, 99), tcp_answer(3, 12)};
  EXPECT_EQ((*run(io, registers.read(47511, 1)))[0], 12);
}

TEST(ADtsExportLimit, ThatCouldNotBeGivenBackAsItWasIsLeftAlone) {
  ScriptedInverter inverter;
  inverter.set(40327, {1, 0x0001, 0x86A0});  // 100 kW
  ScriptedExchange exchange(inverter);
  RegisterAccess modbus(exchange, {.unit = dt_unit});
  net::asio::io_context io;
  DtRegisters registers(modbus, DtLimitUnit::watts, kilowatts(50));
  EXPECT_EQ(run(io, registers.read(export_limit_register, 1)).error().code, ErrorCode::unsupported);
  inverter.set(40328, {0, 5000});
  EXPECT_EQ((*run(io, registers.read(export_limit_register, 1)))[0], 5000);
  inverter.set(40336, {200});
  DtRegisters in_percent(modbus, DtLimitUnit::percent, kilowatts(50));
  EXPECT_EQ(run(io, in_percent.read(export_limit_register, 1)).error().code, ErrorCode::unsupported);
  inverter.set(40336, {110});
  EXPECT_EQ((*run(io, in_percent.read(export_limit_register, 1)))[0], 55'000);
}

TEST(AGatewayThatDoesNotEchoTheNumber, IsUnderstoodAllTheSame) {
  // The first request has number 1, so a gateway that always says 1 seems to echo it.
  for (const std::uint16_t always : {std::uint16_t{0}, std::uint16_t{1}}) {
    NotingExchange exchange;
    RegisterAccess registers(exchange, {.framing = Framing::tcp});
    net::asio::io_context io;
    for (const std::uint16_t value : {std::uint16_t{11}, std::uint16_t{12}, std::uint16_t{13}}) {
      exchange.answers = {tcp_answer(always, value)};
      const auto words = run(io, registers.read(47511, 1));
      ASSERT_TRUE(words) << always << ": " << words.error().message;
      EXPECT_EQ((*words)[0], value);
    }
  }
}

TEST(ASilentEs, IsAskedOnceAtATimeAfterAWhile) {
  NotingExchange exchange;
  Aa55Access aa55(exchange);
  net::asio::io_context io;
  for (int i = 0; i < Aa55Access::silence_before_patience_ends; ++i) EXPECT_FALSE(run(io, aa55.ask(0x01, 0x06, {})));
  EXPECT_EQ(exchange.repeatable.back(), net::Repeatable::yes);
  EXPECT_FALSE(run(io, aa55.ask(0x01, 0x06, {})));
  EXPECT_EQ(exchange.repeatable.back(), net::Repeatable::no);
  exchange.answers = {{0xAA, 0x55, 0x7F, 0xC0, 0x03, 0xB5, 0x01, 0x06, 0x02, 0xFD}};  // protocol.md 2.3
  EXPECT_TRUE(run(io, aa55.order(0x03, 0x35, {0x17, 0x70})));
  EXPECT_FALSE(run(io, aa55.ask(0x01, 0x06, {})));
  EXPECT_EQ(exchange.repeatable.back(), net::Repeatable::yes);
}

}  // namespace
}  // namespace gridpilot::goodwe
