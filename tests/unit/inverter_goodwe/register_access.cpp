#include "gridpilot/inverter/goodwe/register_access.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

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
  exchange.answers = {tcp_answer(1, 11)};
  EXPECT_EQ((*run(io, registers.read(47511, 1)))[0], 11);
  exchange.answers = {tcp_answer(1, 99), tcp_answer(2, 12)};
  EXPECT_EQ((*run(io, registers.read(47511, 1)))[0], 12);
}

TEST(AGatewayThatDoesNotEchoTheNumber, IsUnderstoodAllTheSame) {
  NotingExchange exchange;
  RegisterAccess registers(exchange, {.framing = Framing::tcp});
  net::asio::io_context io;
  for (const std::uint16_t value : {std::uint16_t{11}, std::uint16_t{12}}) {
    exchange.answers = {tcp_answer(0, value)};
    EXPECT_EQ((*run(io, registers.read(47511, 1)))[0], value);
  }
}

}  // namespace
}  // namespace gridpilot::goodwe
