#include "gridpilot/inverter/goodwe/detect.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <gtest/gtest.h>

#include <array>
#include <deque>

#include "gridpilot/inverter/goodwe/discover.hpp"
#include "gridpilot/inverter/goodwe/goodwe_inverter.hpp"
#include "unit/inverter_goodwe/scripted_inverter.hpp"

namespace gridpilot::goodwe {
namespace {

const Instant noon = local(2026, 11, 25, 12, 0);

/// An ET that speaks Modbus alone: AA55 frames get no answer.
class ModbusOnly final : public net::Exchange {
 public:
  explicit ModbusOnly(ScriptedInverter& inverter) : inverter_(inverter) {}
  net::Awaitable<Result<std::vector<std::uint8_t>>> request(net::ExchangeRequest request) override {
    if (request.bytes[0] == 0xAA) co_return failure(ErrorCode::timeout, "no answer");
    co_return inverter_.answer(request.bytes);
  }

 private:
  ScriptedInverter& inverter_;
};

TEST(Detection, GoesOnByDeviceInformationWhereNothingIdentifiesItself) {
  ScriptedInverter inverter = et_v2(noon);
  ModbusOnly exchange(inverter);
  net::asio::io_context io;
  const auto found = run(io, Detector(exchange, Transport::udp).detect({}));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->device.family, Family::et);
  EXPECT_EQ(found->device.serial, "9010KETU000W0001");
  EXPECT_EQ(found->unit, et_unit);
}

TEST(Detection, OfWhatIsNoneOfTheFamiliesSaysSo) {
  ScriptedInverter inverter;  // answers, and has no register that is asked for
  ModbusOnly exchange(inverter);
  net::asio::io_context io;
  const auto found = run(io, Detector(exchange, Transport::udp).detect({.family = Family::et}));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::unsupported);
}

TEST(Detection, OfSilenceIsSilence) {
  ScriptedInverter inverter = et_v2(noon);
  inverter.silent = true;
  ModbusOnly exchange(inverter);
  net::asio::io_context io;
  EXPECT_EQ(run(io, Detector(exchange, Transport::udp).detect({})).error().code, ErrorCode::timeout);
}

TEST(AFirmwareUpdate, StartsTheDetectionAnew) {
  ScriptedInverter inverter = et_v2(noon);
  os::ManualClock clock(noon);
  MemorySnapshotStore store;
  const TimeZone zone = warsaw();
  net::asio::io_context io;
  GoodweInverter unit(std::make_shared<ModbusOnly>(inverter), {}, clock, zone, store);
  ASSERT_TRUE(run(io, unit.connect()));
  clock.advance_to(noon + GoodweInverter::identity_interval);
  EXPECT_TRUE(run(io, unit.read()));  // looked at, and the same
  inverter.set(35019, {24});          // ARM version
  EXPECT_TRUE(run(io, unit.read()));  // not looked at yet
  clock.advance_to(clock.now() + GoodweInverter::identity_interval);
  const auto changed = run(io, unit.read());
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::stale);
  ASSERT_TRUE(run(io, unit.connect()));
  EXPECT_TRUE(run(io, unit.read()));
}

/// Answers calls into the network by script: each call takes the next list of answers. Deaf after the last of them, so
/// that the loop ends.
class ScriptedDongles {
 public:
  ScriptedDongles(net::asio::io_context& io, std::deque<std::vector<std::string>> script)
      : socket_(io, {net::asio::ip::address_v4::loopback(), 0}), script_(std::move(script)) {
    listen();
  }
  [[nodiscard]] std::uint16_t port() const { return socket_.local_endpoint().port(); }
  std::vector<std::string> calls;

 private:
  void listen() {
    socket_.async_receive_from(net::asio::buffer(bytes_), caller_,
                               [this](const boost::system::error_code& wrong, std::size_t size) {
                                 if (wrong) return;
                                 calls.emplace_back(bytes_.data(), size);
                                 const auto answers = script_.empty() ? std::vector<std::string>() : script_.front();
                                 if (!script_.empty()) script_.pop_front();
                                 for (const std::string& answer : answers)
                                   socket_.send_to(net::asio::buffer(answer), caller_);
                                 if (!script_.empty()) listen();
                               });
  }

  net::asio::ip::udp::socket socket_;
  net::asio::ip::udp::endpoint caller_;
  std::array<char, 128> bytes_{};
  std::deque<std::vector<std::string>> script_;
};

TEST(ACallIntoTheNetwork, IsRepeatedUntilADongleAnswers) {
  net::asio::io_context io;
  ScriptedDongles dongles(
      io, {{},
           {"nonsense", "192.168.1.14,289C6E05AA11,Solar-WiFi223W0123", "192.168.1.14,289C6E05AA11,Solar-WiFi223W0123",
            "192.168.1.15,289C6E05AA12,Solar-WiFi"}});
  const auto found =
      run(io, discover({.target = "127.0.0.1", .port = dongles.port(), .wait = std::chrono::milliseconds(50)}));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].name, "Solar-WiFi223W0123");
  EXPECT_EQ((*found)[1].address, "192.168.1.15");
  EXPECT_EQ(dongles.calls, std::vector<std::string>(2, "WIFIKIT-214028-READ"));
}

TEST(ACallIntoTheNetwork, ThatNobodyAnswersFindsNobody) {
  net::asio::io_context io;
  ScriptedDongles dongles(io, {{}, {}, {}});
  const auto found =
      run(io, discover({.target = "127.0.0.1", .port = dongles.port(), .wait = std::chrono::milliseconds(5)}));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->empty());
  EXPECT_EQ(dongles.calls.size(), 3U);
}

TEST(ADongle, IsUnderstoodOrPassedOver) {
  EXPECT_EQ(parse_dongle("192.168.1.14,289C6E05AA11,Solar-WiFi223W0123"),
            (DiscoveredDongle{.address = "192.168.1.14", .mac_address = "289C6E05AA11", .name = "Solar-WiFi223W0123"}));
  EXPECT_TRUE(parse_dongle(std::string_view("10.0.0.5,289c6e05aa11,x\r\n")));
  for (const std::string_view wrong :
       {"", "192.168.1.14", "192.168.1.14,289C6E05AA11", "192.168.1.14,289C6E05AA1,x", "192.168.1.14,289C6E05AA1G,x",
        "192.168.1.999,289C6E05AA11,x", "host,289C6E05AA11,x", "192.168.1.14,289C6E05AA11,", "a,b,c\x01"})
    EXPECT_FALSE(parse_dongle(wrong)) << wrong;
}

}  // namespace
}  // namespace gridpilot::goodwe
