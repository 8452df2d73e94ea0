#include "gridpilot/sim/market_emulator.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;
using net::asio::ip::tcp;

TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

/// A market and a client on one loop.
class Market {
 public:
  explicit Market(std::string_view faults = "")
      : clock(std::chrono::sys_days(2026y / 5 / 11) + 8h),
        emulator(MarketEmulator::create(io, clock, warsaw(), {.faults = parse_market_faults(faults).value()}).value()) {
  }
  ~Market() {
    auto stopped = net::asio::co_spawn(io, emulator->stop(), net::asio::use_future);
    io.restart();
    while (stopped.wait_for(0s) != std::future_status::ready && io.run_one_for(3s) > 0) {
    }
  }

  /// The whole response, head and body; what has come after `patience` where the server does not end.
  std::string get(const std::string& target, std::chrono::milliseconds patience = 3s) {
    tcp::socket client(io);
    client.connect(tcp::endpoint(net::asio::ip::address_v4::loopback(), emulator->port()));
    net::asio::write(client, net::asio::buffer("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    std::string all;
    std::array<char, 4096> part{};
    bool done = false;
    const std::function<void()> read_on = [&] {
      client.async_read_some(net::asio::buffer(part), [&](const boost::system::error_code& ended, std::size_t size) {
        all.append(part.data(), size);
        done = static_cast<bool>(ended);
        if (!done) read_on();
      });
    };
    read_on();
    const auto end = std::chrono::steady_clock::now() + patience;
    io.restart();
    while (!done && std::chrono::steady_clock::now() < end) io.run_one_until(end);
    const std::string seen = all;
    boost::system::error_code ignored;
    client.close(ignored);
    io.restart();
    while (!done && io.run_one_for(1s) > 0) {
    }
    return seen;
  }

  net::asio::io_context io;
  os::ManualClock clock;
  std::unique_ptr<MarketEmulator> emulator;
};

constexpr const char* today = "/api/csdac-pln?$filter=business_date%20eq%20%272026-05-11%27";
constexpr const char* tomorrow = "/api/csdac-pln?$filter=business_date%20eq%20%272026-05-12%27";

std::size_t rows_in(const std::string& response) {
  std::size_t rows = 0;
  for (std::size_t at = response.find("\"csdac_pln\""); at != std::string::npos;
       at = response.find("\"csdac_pln\"", at + 1))
    ++rows;
  return rows;
}

TEST(MarketEmulatorOnLoopback, ServesTodayAndKeepsTomorrowBack) {
  Market market;
  const std::string response = market.get(today);
  EXPECT_EQ(response.find("HTTP/1.1 200"), 0U) << response.substr(0, 200);
  EXPECT_EQ(rows_in(response), 96U);
  EXPECT_EQ(rows_in(market.get(tomorrow)), 0U);
  market.clock.advance_to(std::chrono::sys_days(2026y / 5 / 11) + 13h);  // 15:00 in Warsaw
  EXPECT_EQ(rows_in(market.get(tomorrow)), 96U);
  EXPECT_EQ(market.emulator->requests(), 3U);
}

TEST(MarketEmulatorOnLoopback, LeadsToItselfForTheNextPage) {
  Market market;
  const std::string response = market.get(
      "/api/csdac-pln?$filter=business_date%20ge%20%272026-05-10%27%20and%20business_date%20le%20%272026-05-11%27");
  EXPECT_EQ(rows_in(response), 100U);
  EXPECT_NE(response.find("\"nextLink\":\"" + market.emulator->base_url() + "/api/csdac-pln?$filter="),
            std::string::npos);
}

TEST(MarketEmulatorOnLoopback, ExpectsBalancingAtTheDayAheadPrice) {
  Market market;
  const std::string response = market.get(
      "/api/price-fcst?$filter=business_date%20ge%20%272026-05-10%27%20and%20business_date%20le%20%272026-05-11%27");
  EXPECT_NE(response.find("\"cen_fcst\":"), std::string::npos);
  EXPECT_EQ(response.find("csdac"), std::string::npos);
  EXPECT_NE(response.find("/api/price-fcst?$filter="), std::string::npos);
}

TEST(MarketEmulatorOnLoopback, KnowsItsReportsOnly) {
  Market market;
  EXPECT_EQ(market.get("/api/his-wlk-cal").find("HTTP/1.1 404"), 0U);
  EXPECT_EQ(market.get("/api/rce-pln?$top=10").find("HTTP/1.1 400"), 0U);
}

TEST(MarketEmulatorOnLoopback, IsSlowSilentOrWrongOnDemand) {
  Market slow("latency_ms=60");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(rows_in(slow.get(today)), 96U);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 60ms);

  Market silent("silence=1");
  EXPECT_EQ(silent.get(today, 80ms), "");

  Market broken("status=503");
  EXPECT_EQ(broken.get(today).find("HTTP/1.1 503"), 0U);

  Market page("html=1");
  EXPECT_NE(page.get(today).find("<html>"), std::string::npos);

  Market torn("torn=1");
  const std::string half = torn.get(today);
  EXPECT_LT(rows_in(half), 60U);
  EXPECT_NE(half.back(), '}');

  Market big("big_body_mb=2");
  EXPECT_GT(big.get(today).size(), 2'000'000U);

  Market drip("drip_bytes_per_s=2000");
  const std::string drops = drip.get(today, 350ms);
  EXPECT_NE(drops.find("{\"value\":[{"), std::string::npos) << drops;
  EXPECT_LT(drops.size(), 3000U);
}

TEST(MarketFaultText, NamesWhatIsWrongAndWhatIsAllowed) {
  const auto unknown = parse_market_faults("latency=3");
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("allowed: latency_ms, status"), std::string::npos);
  EXPECT_FALSE(parse_market_faults("status=99"));
  EXPECT_FALSE(parse_market_faults("torn"));
  EXPECT_FALSE(parse_market_faults("html=yes"));
  EXPECT_EQ(parse_market_faults("latency_ms=300,torn=1")->latency, 300ms);
}

TEST(MarketEmulatorCreation, NamesATakenPort) {
  Market market;
  const auto taken = MarketEmulator::create(market.io, market.clock, warsaw(), {.port = market.emulator->port()});
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find(std::to_string(market.emulator->port())), std::string::npos);
}

}  // namespace
}  // namespace gridpilot::sim
