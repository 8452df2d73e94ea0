#include "gridpilot/app/inverter_door.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gridpilot::app {
namespace {

std::unexpected<Error> not_connected() {
  return failure(ErrorCode::unreachable, "the inverter has not been reached yet");
}

goodwe::DtLimitUnit limit_unit_of(config::ExportLimitUnit unit) {
  switch (unit) {
    case config::ExportLimitUnit::unknown: return goodwe::DtLimitUnit::unknown;
    case config::ExportLimitUnit::watts: return goodwe::DtLimitUnit::watts;
    case config::ExportLimitUnit::percent: return goodwe::DtLimitUnit::percent;
  }
  return goodwe::DtLimitUnit::unknown;
}

std::optional<goodwe::Family> family_of(config::InverterFamily family) {
  switch (family) {
    case config::InverterFamily::automatic: return std::nullopt;
    case config::InverterFamily::et: return goodwe::Family::et;
    case config::InverterFamily::dt: return goodwe::Family::dt;
    case config::InverterFamily::es: return goodwe::Family::es;
  }
  return std::nullopt;
}

}  // namespace

goodwe::LinkOptions link_options(const config::InverterSettings& settings, std::string address) {
  return {.address = std::move(address),
          .port = settings.port,
          .transport =
              settings.transport == config::InverterTransport::tcp ? goodwe::Transport::tcp : goodwe::Transport::udp,
          .timeout = settings.timeout,
          .attempts = settings.retries + 1,
          .pacing = settings.pacing};
}

goodwe::DetectionHints detection_hints(const config::InverterSettings& settings) {
  return {.family = family_of(settings.family),
          .unit = settings.unit == 0 ? std::nullopt : std::optional(settings.unit)};
}

net::Awaitable<Result<std::string>> numeric_address(std::string host) {
  boost::system::error_code wrong;
  static_cast<void>(net::asio::ip::make_address(host, wrong));
  if (!wrong) co_return host;
  net::asio::ip::udp::resolver resolver(co_await net::asio::this_coro::executor);
  const auto found =
      co_await resolver.async_resolve(host, "", net::asio::redirect_error(net::asio::use_awaitable, wrong));
  if (wrong || found.empty())
    co_return failure(ErrorCode::unreachable, "inverter.address: no host of the name '" + host + "' is known");
  co_return found.begin()->endpoint().address().to_string();
}

InverterDoor::InverterDoor(net::asio::any_io_executor executor, Options options, const os::Clock& clock,
                           const TimeZone& zone, goodwe::SnapshotStore& snapshots)
    : executor_(executor),
      options_(std::move(options)),
      clock_(clock),
      zone_(zone),
      snapshots_(snapshots),
      pacers_(std::move(executor)) {}

net::Awaitable<Result<void>> InverterDoor::open() {
  Result<std::string> address = co_await numeric_address(options_.inverter.address);
  if (!address) co_return std::move(address).failed();
  Result<std::unique_ptr<goodwe::GoodweInverter>> driver =
      goodwe::GoodweInverter::create(executor_, pacers_,
                                     {.link = link_options(options_.inverter, std::move(*address)),
                                      .hints = detection_hints(options_.inverter),
                                      .longest_read = options_.inverter.longest_read,
                                      .dt_limit_unit = limit_unit_of(options_.inverter.export_limit_unit),
                                      .control = options_.control,
                                      .registers_written_today = options_.registers_written_today,
                                      .daily_register_budget = options_.daily_register_budget},
                                     clock_, zone_, snapshots_);
  if (!driver) co_return std::move(driver).failed();
  driver_ = std::move(*driver);
  co_return Result<void>();
}

net::Awaitable<Result<ports::InverterIdentity>> InverterDoor::connect() {
  if (!driver_) {
    const Result<void> opened = co_await open();
    if (!opened) co_return opened.failed();
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

}  // namespace gridpilot::app
