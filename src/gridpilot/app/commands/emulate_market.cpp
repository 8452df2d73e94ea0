#include "gridpilot/app/commands/emulate_market.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <utility>

#include "gridpilot/app/commands/emulation.hpp"
#include "gridpilot/os/file.hpp"
#include "gridpilot/sim/market_emulator.hpp"

namespace gridpilot::app {
namespace {

/// PSE publishes in the civil time of Poland, wherever the emulator runs.
constexpr const char* market_zone = "Europe/Warsaw";

Result<std::shared_ptr<const sim::MarketPrices>> recorded(const std::filesystem::path& file, const Streams& streams) {
  const auto text = os::read_file_unpacked(file);
  if (!text) return failure(ErrorCode::bad_input, text.error().message);
  auto prices = sim::RecordedPrices::parse(*text);
  if (!prices) return std::unexpected(std::move(prices.error()).in(file.string()));
  if (const auto range = prices->range())
    streams.notices << "prices from " << to_rfc3339(range->first.start()) << " to " << to_rfc3339(range->last.start())
                    << '\n';
  return std::make_shared<const sim::RecordedPrices>(std::move(*prices));
}

Result<void> serve(const EmulateMarketOptions& options, const Streams& streams) {
  auto listen = parse_listen_address(options.listen);
  if (!listen) return std::move(listen).failed();
  const auto faults = sim::parse_market_faults(options.faults);
  if (!faults) return std::unexpected(Error(faults.error()).in("--fault"));
  auto clock = emulated_clock(options.start, options.speed);
  if (!clock) return std::move(clock).failed();
  auto zone = TimeZone::load(market_zone);
  if (!zone) return std::move(zone).failed();
  std::shared_ptr<const sim::MarketPrices> prices;
  if (options.prices) {
    auto read = recorded(*options.prices, streams);
    if (!read) return std::move(read).failed();
    prices = std::move(*read);
  }

  net::asio::io_context io(1);
  auto emulator = sim::MarketEmulator::create(io, *clock, std::move(*zone),
                                              {.address = listen->address,
                                               .port = listen->port,
                                               .seed = options.seed,
                                               .prices = std::move(prices),
                                               .faults = *faults});
  if (!emulator) return std::move(emulator).failed();
  streams.notices << "PSE's documents on " << (*emulator)->base_url() << "/api, weather on " << (*emulator)->base_url()
                  << "/v1/forecast" << '\n'
                  << std::flush;
  serve_until_signal(io, (*emulator)->stop());
  return {};
}

}  // namespace

ExitCode emulate_market(const EmulateMarketOptions& options, const Streams& streams) {
  const auto served = serve(options, streams);
  return served ? ExitCode::done : report_failure(served.error(), streams);
}

}  // namespace gridpilot::app
