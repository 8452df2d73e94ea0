#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/net/async.hpp"
#include "gridpilot/net/http_server.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/sim/market_prices.hpp"
#include "gridpilot/sim/open_meteo_documents.hpp"
#include "gridpilot/sim/pse_documents.hpp"

namespace gridpilot::sim {

/// What is wrong with a source of prices. Zero is nothing.
struct MarketFaults {
  std::chrono::milliseconds latency{0};  ///< before every answer, in steady time
  int status = 0;                        ///< answers this instead
  std::int64_t drip_bytes_per_s = 0;     ///< the document comes in drops
  std::int64_t big_body_mb = 0;          ///< a body of this size
  bool html = false;                     ///< a page for people, with status 200
  bool torn = false;                     ///< the document ends in the middle
  bool loop = false;                     ///< nextLink leads to the same page for ever
  bool silence = false;                  ///< accepts the request and never answers
};

inline constexpr std::array<std::string_view, 8> market_fault_names{
    "latency_ms", "status", "drip_bytes_per_s", "big_body_mb", "html", "torn", "loop", "silence"};

/// "latency_ms=300,torn=1". bad_input naming the item, the reason and the names that are allowed.
[[nodiscard]] Result<MarketFaults> parse_market_faults(std::string_view text);

struct MarketEmulatorOptions {
  std::string address = "127.0.0.1";  ///< numeric
  std::uint16_t port = 0;             ///< 0 takes a free one
  std::uint64_t seed = 1;
  std::uint64_t house_seed = 1;  ///< of the simulated houses whose weather is told
  /// Absent: GeneratedPrices of this seed.
  std::shared_ptr<const MarketPrices> prices{};
  MarketFaults faults{};
};

/// PSE's price documents and Open-Meteo's forecasts over HTTP, in the clock's time: tomorrow's rows appear when the
/// clock reaches their publication, and the weather is that of the simulated houses.
class MarketEmulator {
 public:
  /// The clock is borrowed and must outlive the emulator. busy where the port is taken, naming it; bad_input where the
  /// address is none.
  [[nodiscard]] static Result<std::unique_ptr<MarketEmulator>> create(net::asio::io_context& io, const os::Clock& clock,
                                                                      TimeZone zone, MarketEmulatorOptions options);
  ~MarketEmulator();
  MarketEmulator(const MarketEmulator&) = delete;
  MarketEmulator& operator=(const MarketEmulator&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  /// "http://127.0.0.1:8080"
  [[nodiscard]] std::string base_url() const;
  [[nodiscard]] const PseDocuments& documents() const { return documents_; }
  /// Applies from the next request on.
  void set_faults(const MarketFaults& faults) { faults_ = faults; }
  [[nodiscard]] std::uint64_t requests() const { return requests_; }

  /// As HttpServer::stop(): await it before the emulator goes while its loop still runs.
  [[nodiscard]] net::Awaitable<void> stop() { return server_->stop(); }

 private:
  MarketEmulator(net::asio::io_context& io, const os::Clock& clock, TimeZone zone, MarketEmulatorOptions options,
                 std::unique_ptr<net::HttpServer> server);
  [[nodiscard]] net::Awaitable<net::HttpReply> reply(net::HttpQuery query);
  [[nodiscard]] net::HttpReply document(const net::HttpQuery& query);
  [[nodiscard]] net::HttpReply dripping(std::string body) const;

  net::asio::io_context& io_;
  const os::Clock& clock_;
  std::string address_;
  PseDocuments documents_;
  OpenMeteoDocuments weather_;
  MarketFaults faults_;
  std::uint64_t requests_ = 0;
  std::unique_ptr<net::HttpServer> server_;
};

}  // namespace gridpilot::sim
