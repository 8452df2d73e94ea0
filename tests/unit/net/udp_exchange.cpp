#include "gridpilot/net/udp_exchange.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>

#include <array>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "unit/net/run.hpp"

namespace gridpilot::net {
namespace {

using asio::ip::udp;
using std::chrono::milliseconds;
using testing::ElementsAre;
using Bytes = std::vector<std::uint8_t>;

const udp::endpoint loopback(asio::ip::address_v4::loopback(), 0);

/// Frames of these tests: tag, length of what follows the header, bytes, sum of the bytes.
Bytes frame(std::uint8_t tag, const Bytes& payload) {
  Bytes bytes{tag, static_cast<std::uint8_t>(payload.size() + 1)};
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  bytes.push_back(std::accumulate(payload.begin(), payload.end(), std::uint8_t{0}));
  return bytes;
}

Examine expecting(std::uint8_t tag) {
  return [tag](std::span<const std::uint8_t> bytes) {
    if (bytes.size() < 3) return Examined::invalid;
    if (bytes[0] != tag) return Examined::not_mine;
    const std::size_t whole = 2U + bytes[1];
    if (bytes.size() < whole) return Examined::need_more;
    const auto payload = bytes.subspan(2, whole - 3);
    const auto sum = std::accumulate(payload.begin(), payload.end(), std::uint8_t{0});
    return sum == bytes[whole - 1] ? Examined::complete : Examined::invalid;
  };
}

/// A device that answers the n-th datagram it gets with the n-th list of datagrams.
class Peer {
 public:
  Peer(asio::io_context& io, std::vector<std::vector<Bytes>> script)
      : socket_(io, loopback), script_(std::move(script)) {
    receive();
  }
  [[nodiscard]] udp::endpoint address() const { return socket_.local_endpoint(); }
  [[nodiscard]] const std::vector<Bytes>& received() const { return received_; }
  [[nodiscard]] const std::vector<udp::endpoint>& sources() const { return sources_; }
  void send(const Bytes& bytes, const udp::endpoint& to) { socket_.send_to(asio::buffer(bytes), to); }
  void close() { socket_.close(); }

 private:
  void receive() {
    socket_.async_receive_from(asio::buffer(buffer_), from_, [this](boost::system::error_code error, std::size_t size) {
      if (error == asio::error::operation_aborted) return;
      if (!error) {
        received_.emplace_back(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size));
        sources_.push_back(from_);
        if (received_.size() <= script_.size()) {
          for (const Bytes& answer : script_[received_.size() - 1]) send(answer, from_);
        }
      }
      receive();
    });
  }
  udp::socket socket_;
  std::vector<std::vector<Bytes>> script_;
  std::vector<Bytes> received_;
  std::vector<udp::endpoint> sources_;
  std::array<std::uint8_t, 2048> buffer_{};
  udp::endpoint from_;
};

struct Line {
  explicit Line(std::vector<std::vector<Bytes>> script, milliseconds gap = milliseconds(0))
      : peer(io, std::move(script)), pacer(io.get_executor(), gap) {}
  asio::io_context io;
  Peer peer;
  Pacer pacer;
  UdpExchange exchange{io.get_executor(), pacer, {.peer = peer.address(), .timeout = milliseconds(60), .attempts = 3}};

  Result<Bytes> ask(std::uint8_t tag, Repeatable repeatable = Repeatable::yes) {
    Result<Bytes> answer = failure(ErrorCode::bug, "not asked");
    test::run(io, [](Line* self, std::uint8_t wanted, Repeatable again, Result<Bytes>* out) -> Awaitable<void> {
      *out = co_await self->exchange.request({.bytes = {wanted}, .examine = expecting(wanted), .repeatable = again});
    }(this, tag, repeatable, &answer));
    return answer;
  }
};

const Bytes answer_7 = frame(7, {1, 2, 3, 4, 5, 6});

TEST(UdpExchange, CompletesWithTheAnswer) {
  Line line({{answer_7}});
  EXPECT_EQ(line.ask(7).value_or(Bytes{}), answer_7);
  EXPECT_THAT(line.peer.received(), ElementsAre(Bytes{7}));
  EXPECT_EQ(line.exchange.statistics().answered, 1U);
}

TEST(UdpExchange, RepeatsARepeatableRequestThatWasLost) {
  Line line({{}, {}, {answer_7}});
  EXPECT_EQ(line.ask(7).value_or(Bytes{}), answer_7);
  EXPECT_EQ(line.exchange.statistics().sent, 3U);
  EXPECT_EQ(line.exchange.statistics().timeouts, 2U);
}

TEST(UdpExchange, SendsOnceWhatMayNotBeRepeated) {
  Line line({{}, {answer_7}});
  const auto answer = line.ask(7, Repeatable::no);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::timeout);
  EXPECT_EQ(line.peer.received().size(), 1U);
}

TEST(UdpExchange, UsesANewSourcePortForEveryAttempt) {
  Line line({{}, {answer_7}, {answer_7}, {answer_7}, {answer_7}});
  for (int n = 0; n < 4; ++n) EXPECT_TRUE(line.ask(7).has_value());
  std::set<std::uint16_t> ports;
  for (const auto& source : line.peer.sources()) ports.insert(source.port());
  // The kernel draws ports at random: one may come twice, all the same ones may not.
  EXPECT_GE(ports.size(), 4U);
}

TEST(UdpExchange, IsATimeoutAfterAllAttempts) {
  Line line({});
  const auto answer = line.ask(7);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::timeout);
  EXPECT_THAT(answer.error().message, testing::HasSubstr("did not answer within 60 ms (3 attempts)"));
  EXPECT_EQ(line.peer.received().size(), 3U);
}

TEST(UdpExchange, JoinsPieces) {
  const Bytes first(answer_7.begin(), answer_7.begin() + 4);
  const Bytes second(answer_7.begin() + 4, answer_7.end());
  Line line({{first, second}});
  EXPECT_EQ(line.ask(7).value_or(Bytes{}), answer_7);
  EXPECT_EQ(line.exchange.statistics().fragmented, 1U);
}

TEST(UdpExchange, SurvivesAPieceThatComesTwice) {
  const Bytes first(answer_7.begin(), answer_7.begin() + 6);
  const Bytes second(answer_7.begin() + 6, answer_7.end());
  Line line({{first, first, second}});
  EXPECT_EQ(line.ask(7).value_or(Bytes{}), answer_7);
  EXPECT_EQ(line.exchange.statistics().sent, 1U);
}

TEST(UdpExchange, DropsTheAnswerToAnotherRequestAndWaitsOn) {
  Line line({{frame(3, {9}), answer_7}});
  EXPECT_EQ(line.ask(7).value_or(Bytes{}), answer_7);
  EXPECT_EQ(line.exchange.statistics().late, 1U);
  EXPECT_EQ(line.exchange.statistics().sent, 1U);
}

TEST(UdpExchange, DropsTheAnswerToAnotherRequestBetweenPieces) {
  const Bytes first(answer_7.begin(), answer_7.begin() + 4);
  const Bytes second(answer_7.begin() + 4, answer_7.end());
  Line line({{first, frame(3, Bytes(20, 9)), second}});
  EXPECT_EQ(line.ask(7).value_or(Bytes{}), answer_7);
}

TEST(UdpExchange, RepeatsAtOnceAfterADamagedAnswer) {
  Bytes damaged = answer_7;
  damaged.back() ^= 1U;
  Line line({{damaged}, {answer_7}});
  EXPECT_EQ(line.ask(7).value_or(Bytes{}), answer_7);
  EXPECT_EQ(line.exchange.statistics().invalid, 1U);
  EXPECT_EQ(line.exchange.statistics().timeouts, 0U);
}

TEST(UdpExchange, SaysThatOnlyDamagedAnswersCame) {
  Bytes damaged = answer_7;
  damaged.back() ^= 1U;
  Line line({{damaged}, {damaged}, {damaged}});
  const auto answer = line.ask(7);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::checksum);
}

TEST(UdpExchange, ADuplicateOfAnEarlierAnswerDoesNotReachTheNextRequest) {
  Line line({{answer_7, answer_7}, {frame(8, {1})}});
  EXPECT_TRUE(line.ask(7).has_value());
  EXPECT_EQ(line.ask(8).value_or(Bytes{}), frame(8, {1}));
  EXPECT_EQ(line.exchange.statistics().late, 0U) << "a new socket gets nothing that was meant for the old one";
}

TEST(UdpExchange, TheLateAnswerToAnEarlierAttemptIsNotTakenForTheNextOne) {
  Line line({{}, {}});
  asio::steady_timer late(line.io, milliseconds(70));  // 10 ms into the second attempt
  late.async_wait([&](boost::system::error_code) { line.peer.send(answer_7, line.peer.sources().front()); });
  const auto answer = line.ask(7);
  EXPECT_FALSE(answer.has_value());
}

TEST(UdpExchange, SaysUnreachableWhereNoProgramListens) {
  Line line({});
  line.peer.close();
  const auto answer = line.ask(7);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, ErrorCode::unreachable);
}

TEST(UdpExchange, CarriesRequestsOutOneAfterTheOtherInOrder) {
  Line line({{frame(1, {1})}, {frame(2, {2})}, {frame(3, {3})}});
  std::vector<int> ended;
  for (std::uint8_t tag = 1; tag <= 3; ++tag) {
    asio::co_spawn(line.io, line.exchange.request({.bytes = {tag}, .examine = expecting(tag)}),
                   [&ended, tag](const std::exception_ptr&, const Result<Bytes>& answer) {
                     EXPECT_EQ(answer.value_or(Bytes{}), frame(tag, {tag}));
                     ended.push_back(tag);
                   });
  }
  while (ended.size() < 3) line.io.run_one();
  EXPECT_THAT(line.peer.received(), ElementsAre(Bytes{1}, Bytes{2}, Bytes{3}));
}

TEST(UdpExchange, KeepsTheGapBetweenRequestsOfEverybodyAtThisAddress) {
  Line line({{answer_7}, {answer_7}, {answer_7}}, milliseconds(20));
  UdpExchange other(line.io.get_executor(), line.pacer, line.exchange.options());
  const auto begin = SteadyClock::now();
  EXPECT_TRUE(line.ask(7).has_value());
  test::run(line.io, [](UdpExchange* exchange) -> Awaitable<void> {
    const auto answer = co_await exchange->request({.bytes = {7}, .examine = expecting(7)});
    EXPECT_TRUE(answer.has_value());
  }(&other));
  EXPECT_TRUE(line.ask(7).has_value());
  EXPECT_GE(SteadyClock::now() - begin, milliseconds(40));
}

TEST(UdpExchange, CancellingGivesTheTurnToTheNextRequest) {
  Line line({{}, {frame(2, {2})}});
  asio::cancellation_signal cancel;
  bool first_ended = false;
  asio::co_spawn(
      line.io, line.exchange.request({.bytes = {1}, .examine = expecting(1)}),
      asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& thrown, const Result<Bytes>& answer) {
        first_ended = true;
        EXPECT_TRUE(thrown || answer.error().code == ErrorCode::cancelled);
      }));
  while (line.peer.received().empty()) line.io.run_one();
  cancel.emit(asio::cancellation_type::terminal);
  const auto begin = SteadyClock::now();
  EXPECT_TRUE(line.ask(2).has_value());
  EXPECT_TRUE(first_ended);
  EXPECT_LT(SteadyClock::now() - begin, milliseconds(55)) << "the cancelled attempt's deadline must not be waited for";
}

TEST(UdpExchange, MayGoWhileARequestIsUnderWay) {
  asio::io_context io;
  Peer peer(io, {});
  Pacer pacer(io.get_executor());
  auto exchange = std::make_unique<UdpExchange>(io.get_executor(), pacer, UdpExchangeOptions{.peer = peer.address()});
  bool ended = false;
  asio::co_spawn(io, exchange->request({.bytes = {1}, .examine = expecting(1)}),
                 [&](const std::exception_ptr&, const Result<Bytes>& answer) {
                   ended = true;
                   EXPECT_EQ(answer.error().code, ErrorCode::cancelled);
                 });
  while (peer.received().empty()) io.run_one();
  exchange.reset();
  while (!ended) io.run_one();
}

TEST(UdpExchange, MayGoAfterItsLoop) {
  auto io = std::make_unique<asio::io_context>();
  Peer peer(*io, {});
  Pacer pacer(io->get_executor());
  auto exchange = std::make_unique<UdpExchange>(io->get_executor(), pacer, UdpExchangeOptions{.peer = peer.address()});
  asio::co_spawn(*io, exchange->request({.bytes = {1}, .examine = expecting(1)}),
                 [](const std::exception_ptr&, const Result<Bytes>&) { FAIL() << "must not be called"; });
  while (peer.received().empty()) io->run_one();
  exchange.reset();
  peer.close();
}

}  // namespace
}  // namespace gridpilot::net
