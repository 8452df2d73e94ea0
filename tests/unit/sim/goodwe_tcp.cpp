#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "gridpilot/sim/goodwe_emulator.hpp"
#include "unit/sim/test_house.hpp"

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;
using net::asio::ip::tcp;
using Stream = std::vector<std::uint8_t>;

const goodwe::ModbusRequest runtime = goodwe::read_registers(goodwe::et_unit, 35100, 125);
constexpr std::size_t runtime_size = 9 + 250;

Stream bytes_of(const goodwe::ModbusRequest& request, std::uint16_t transaction = 1) {
  const auto frame = goodwe::encode(request, goodwe::Framing::tcp, transaction);
  return {frame.bytes().begin(), frame.bytes().end()};
}

goodwe::Answer examined(const goodwe::ModbusRequest& request, const Stream& stream) {
  return goodwe::examine(request, stream, goodwe::Framing::tcp);
}

/// An emulator with any number of clients on one loop.
class TcpHome {
 public:
  explicit TcpHome(std::string_view faults = "", GoodweEmulatorOptions options = {})
      : house(ten_kilowatt_house()), clock(friday_midnight()) {
    options.transport = Transport::tcp;
    options.faults = parse_faults(faults).value();
    emulator = GoodweEmulator::create(io, clock, warsaw(), std::move(options), house).value();
  }
  tcp::socket client() {
    tcp::socket socket(io);
    socket.connect({net::asio::ip::address_v4::loopback(), emulator->port()});
    socket.non_blocking(true);
    return socket;
  }
  /// Lets the loop run until the client has so many bytes, or sees the end, or nothing has come for a while.
  Stream receive(tcp::socket& socket, std::size_t wanted) {
    Stream all;
    std::array<std::uint8_t, 4096> chunk{};
    for (int idle = 0; idle < 5 && all.size() < wanted && !ended;) {
      io.restart();
      idle += io.run_one_for(20ms) == 0 ? 1 : 0;
      boost::system::error_code outcome;
      const std::size_t size = socket.read_some(net::asio::buffer(chunk), outcome);
      all.insert(all.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(size));
      ended = outcome == net::asio::error::eof || outcome == net::asio::error::connection_reset;
    }
    return all;
  }
  Stream ask(tcp::socket& socket, const Stream& request, std::size_t wanted) {
    net::asio::write(socket, net::asio::buffer(request));
    return receive(socket, wanted);
  }

  net::asio::io_context io;
  plant::House house;
  os::ManualClock clock;
  std::unique_ptr<GoodweEmulator> emulator;
  bool ended = false;  ///< the last client that received has seen the end
};

TEST(GoodweOverTcp, AnswersReadsAndWritesWithTheirTransaction) {
  TcpHome home;
  auto client = home.client();
  const Stream read = home.ask(client, bytes_of(runtime, 0x1234), runtime_size);
  ASSERT_EQ(read.size(), runtime_size);
  EXPECT_EQ(examined(runtime, read).state, goodwe::AnswerState::complete);
  EXPECT_EQ(goodwe::u16_at(read, 0), 0x1234);
  EXPECT_EQ(goodwe::u16_at(read, 4), runtime_size - 6);
  const std::array<std::uint16_t, 2> ems{11, 2500};
  const auto write = goodwe::write_registers(goodwe::et_unit, 47511, ems);
  EXPECT_EQ(examined(write, home.ask(client, bytes_of(write), 12)).state, goodwe::AnswerState::complete);
  EXPECT_NEAR(in_watts(home.house.flows().battery), 2500, 1e-6);
  const auto unknown = goodwe::read_registers(goodwe::et_unit, 60'000, 1);
  EXPECT_EQ(examined(unknown, home.ask(client, bytes_of(unknown), 9)).exception, 2);
}

TEST(GoodweOverTcp, ServesSeveralConnectionsAtOnce) {
  TcpHome home;
  auto first = home.client();
  auto second = home.client();
  auto third = home.client();
  for (tcp::socket* const client : {&third, &first, &second, &first})
    EXPECT_EQ(home.ask(*client, bytes_of(runtime), runtime_size).size(), runtime_size);
  first.close();
  EXPECT_EQ(home.ask(second, bytes_of(runtime), runtime_size).size(), runtime_size);
  EXPECT_EQ(home.emulator->requests(), 5U);
}

TEST(GoodweOverTcp, TurnsAwayMoreClientsThanADongleServes) {
  TcpHome home;
  std::vector<tcp::socket> clients;
  for (int i = 0; i < 17; ++i) clients.push_back(home.client());
  EXPECT_EQ(home.ask(clients[15], bytes_of(runtime), runtime_size).size(), runtime_size);
  EXPECT_TRUE(home.receive(clients[16], 1).empty());
  EXPECT_TRUE(home.ended);
}

TEST(GoodweOverTcp, PutsTogetherRequestsThatComeInPieces) {
  TcpHome home;
  auto client = home.client();
  const Stream request = bytes_of(runtime);
  for (std::size_t i = 0; i + 1 < request.size(); ++i) {
    net::asio::write(client, net::asio::buffer(&request[i], 1));
    home.io.restart();
    home.io.run_one_for(20ms);
  }
  EXPECT_EQ(home.emulator->requests(), 0U);
  EXPECT_EQ(home.ask(client, {request.back()}, runtime_size).size(), runtime_size);
  EXPECT_EQ(home.emulator->requests(), 1U);
}

TEST(GoodweOverTcp, AnswersPipelinedRequestsInTheirOrder) {
  TcpHome home;
  auto client = home.client();
  Stream all;
  for (std::uint16_t transaction = 1; transaction <= 100; ++transaction) {
    const Stream one = bytes_of(goodwe::read_registers(goodwe::et_unit, 47511, 2), transaction);
    all.insert(all.end(), one.begin(), one.end());
  }
  const Stream answers = home.ask(client, all, 1300);
  ASSERT_EQ(answers.size(), 1300U);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(goodwe::u16_at(answers, 13 * i), i + 1);
}

TEST(GoodweOverTcp, RefusesUnknownFunctionsAndGoesOnWithTheNextRequest) {
  TcpHome home;
  auto client = home.client();
  // Read device identification, function 2B, then the runtime block; the first comes in two pieces.
  const Stream unknown{0x00, 0x07, 0x00, 0x00, 0x00, 0x05, 0xF7, 0x2B, 0x0E, 0x01, 0x00};
  net::asio::write(client, net::asio::buffer(unknown.data(), 9));
  EXPECT_TRUE(home.receive(client, 1).empty());
  Stream rest(unknown.begin() + 9, unknown.end());
  const Stream read = bytes_of(runtime, 8);
  rest.insert(rest.end(), read.begin(), read.end());
  const Stream answers = home.ask(client, rest, 9 + runtime_size);
  ASSERT_EQ(answers.size(), 9 + runtime_size);
  EXPECT_EQ((Stream(answers.begin(), answers.begin() + 9)),
            (Stream{0x00, 0x07, 0x00, 0x00, 0x00, 0x03, 0xF7, 0xAB, 0x01}));
  EXPECT_EQ(goodwe::u16_at(answers, 9), 8);
}

TEST(GoodweOverTcp, RefusesCountsThatNoRequestHas) {
  TcpHome home;
  auto client = home.client();
  const Stream none{0x00, 0x01, 0x00, 0x00, 0x00, 0x06, 0xF7, 0x03, 0x89, 0x1C, 0x00, 0x00};
  EXPECT_EQ(home.ask(client, none, 9), (Stream{0x00, 0x01, 0x00, 0x00, 0x00, 0x03, 0xF7, 0x83, 0x03}));
  EXPECT_EQ(home.ask(client, bytes_of(runtime), runtime_size).size(), runtime_size);
}

TEST(GoodweOverTcp, EndsAConnectionThatDoesNotSpeakModbus) {
  TcpHome home;
  auto client = home.client();
  const std::string text = "GET / HTTP/1.1\r\n\r\n";
  EXPECT_TRUE(home.ask(client, {text.begin(), text.end()}, 1).empty());
  EXPECT_TRUE(home.ended);
  home.ended = false;
  auto next = home.client();
  EXPECT_EQ(home.ask(next, bytes_of(runtime), runtime_size).size(), runtime_size);
}

TEST(GoodweOverTcp, IsSilentToAnotherUnitsRequest) {
  TcpHome home;
  auto client = home.client();
  EXPECT_TRUE(home.ask(client, bytes_of(goodwe::read_registers(0x11, 35100, 1)), 1).empty());
  EXPECT_FALSE(home.ended);
  EXPECT_EQ(home.ask(client, bytes_of(runtime), runtime_size).size(), runtime_size);
}

TEST(GoodweOverTcp, ForgetsAClientThatStaysSilent) {
  TcpHome home("", {.longest_silence = 10ms});
  auto client = home.client();
  EXPECT_TRUE(home.receive(client, 1).empty());
  EXPECT_TRUE(home.ended);
}

TEST(GoodweOverTcp, TellsAWrongLengthInItsHeader) {
  TcpHome home("wrong_length=1");
  auto client = home.client();
  const Stream answer = home.ask(client, bytes_of(runtime), runtime_size);
  ASSERT_EQ(answer.size(), runtime_size);
  EXPECT_EQ(goodwe::u16_at(answer, 4), runtime_size - 6 + 1);
  EXPECT_EQ(examined(runtime, answer).state, goodwe::AnswerState::complete);
}

TEST(GoodweOverTcp, AppendsGarbageThatGrowsByRequest) {
  TcpHome home("growing_garbage=1");
  auto client = home.client();
  for (const std::size_t garbage : {512U, 1024U, 1536U}) {
    const Stream answer = home.ask(client, bytes_of(runtime), runtime_size + garbage);
    EXPECT_EQ(answer.size(), runtime_size + garbage);
    EXPECT_EQ(examined(runtime, answer).state, goodwe::AnswerState::complete);
  }
  auto another = home.client();  // begins anew
  EXPECT_EQ(home.ask(another, bytes_of(runtime), runtime_size + 512).size(), runtime_size + 512);
}

TEST(GoodweOverTcp, EndsTheConnectionInsteadOfAnAnswer) {
  TcpHome home("close=1");
  auto client = home.client();
  EXPECT_TRUE(home.ask(client, bytes_of(runtime), 1).empty());
  EXPECT_TRUE(home.ended);
}

TEST(GoodweOverTcp, RepeatsTearsSpoilsAndHoldsUpAnswers) {
  TcpHome twice("duplicate=1");
  auto first = twice.client();
  EXPECT_EQ(twice.ask(first, bytes_of(runtime), 2 * runtime_size).size(), 2 * runtime_size);

  TcpHome torn("fragment=1,delay=1,delay_ms=5");
  auto second = torn.client();
  Stream requests = bytes_of(runtime, 1);
  const Stream more = bytes_of(runtime, 2);
  requests.insert(requests.end(), more.begin(), more.end());
  const Stream answers = torn.ask(second, requests, 2 * runtime_size);
  ASSERT_EQ(answers.size(), 2 * runtime_size);
  EXPECT_EQ(goodwe::u16_at(answers, runtime_size), 2);  // pieces of two answers do not mix

  TcpHome foreign("second_client=1");
  auto third = foreign.client();
  const Stream both = foreign.ask(third, bytes_of(runtime), 13 + runtime_size);
  EXPECT_EQ(both.size(), 13 + runtime_size);
  EXPECT_EQ(examined(runtime, both).state, goodwe::AnswerState::not_mine);

  TcpHome refusing("exception=1");
  auto fourth = refusing.client();
  const int code = examined(runtime, refusing.ask(fourth, bytes_of(runtime), 9)).exception;
  EXPECT_TRUE(code == 1 || code == 4 || code == 7) << code;
}

TEST(GoodweOverTcp, MayBeGoneWhileClientsAreConnected) {
  TcpHome home;
  auto client = home.client();
  EXPECT_EQ(home.ask(client, bytes_of(runtime), runtime_size).size(), runtime_size);
  home.emulator.reset();
  EXPECT_TRUE(home.receive(client, 1).empty());
  EXPECT_TRUE(home.ended);
}

TEST(GoodweOverTcp, AnswersForADtAtItsOwnAddress) {
  TcpHome home("", {.device = {.profile = Profile::dt}});
  auto client = home.client();
  const auto read = goodwe::read_registers(goodwe::dt_unit, 30100, 73);
  const Stream answer = home.ask(client, bytes_of(read), 9 + 146);
  EXPECT_EQ(examined(read, answer).state, goodwe::AnswerState::complete);
}

}  // namespace
}  // namespace gridpilot::sim
