#include "gridpilot/app/inverter_door.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gridpilot::app {
namespace {

std::unexpected<Error> not_connected() {
  return failure(ErrorCode::unreachable, "the inverter has not been reached yet");
}

}  // namespace

InverterDoor::InverterDoor(net::asio::any_io_executor executor, Options options, const os::Clock& clock,
                           const TimeZone& zone, goodwe::SnapshotStore& snapshots)
    : executor_(std::move(executor)), options_(std::move(options)), clock_(clock), zone_(zone), snapshots_(snapshots) {}

net::Awaitable<Result<ports::InverterIdentity>> InverterDoor::connect() {
  if (!driver_) {
    Result<std::string> address = co_await numeric_address();
    if (!address) co_return std::move(address).failed();
    const config::InverterSettings& settings = options_.inverter;
    Result<std::unique_ptr<goodwe::EtDriver>> driver =
        goodwe::EtDriver::create(executor_,
                                 {.address = *address,
                                  .port = settings.port,
                                  .unit = settings.unit,
                                  .timeout = settings.timeout,
                                  .attempts = settings.retries + 1,
                                  .pacing = settings.pacing,
                                  .control = options_.control,
                                  .registers_written_today = options_.registers_written_today(),
                                  .daily_register_budget = options_.daily_register_budget},
                                 clock_, zone_, snapshots_);
    if (!driver) co_return std::move(driver).failed();
    driver_ = std::move(*driver);
  }
  co_return co_await driver_->connect();
}

net::Awaitable<Result<Reading>> InverterDoor::read() {
  if (!driver_) co_return not_connected();
  co_return co_await driver_->read();
}

net::Awaitable<Result<ports::CommandOutcome>> InverterDoor::apply(Command command) {
  if (!driver_) co_return not_connected();
  co_return co_await driver_->apply(command);
}

net::Awaitable<Result<void>> InverterDoor::give_back() {
  if (!driver_) co_return Result<void>{};
  co_return co_await driver_->give_back();
}

net::Awaitable<Result<std::string>> InverterDoor::numeric_address() {
  const std::string& host = options_.inverter.address;
  boost::system::error_code wrong;
  static_cast<void>(net::asio::ip::make_address(host, wrong));
  if (!wrong) co_return host;
  net::asio::ip::udp::resolver resolver(executor_);
  const auto found = co_await resolver.async_resolve(host, std::to_string(options_.inverter.port),
                                                     net::asio::redirect_error(net::asio::use_awaitable, wrong));
  if (wrong || found.empty())
    co_return failure(ErrorCode::unreachable, "inverter.address: no host of the name '" + host + "' is known");
  co_return found.begin()->endpoint().address().to_string();
}

}  // namespace gridpilot::app
