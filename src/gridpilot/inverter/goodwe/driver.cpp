#include "gridpilot/inverter/goodwe/driver.hpp"

#include <utility>

#include "gridpilot/inverter/goodwe/et_session.hpp"
#include "gridpilot/net/pacer.hpp"
#include "gridpilot/net/udp_exchange.hpp"

namespace gridpilot::goodwe {
namespace {

/// A UDP exchange with a pacer of its own: one driver speaks to one address.
class PacedUdp final : public net::Exchange {
 public:
  PacedUdp(const net::asio::any_io_executor& executor, net::SteadyDuration gap, const net::UdpExchangeOptions& options)
      : pacer_(executor, gap), exchange_(executor, pacer_, options) {}
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> request(net::ExchangeRequest request) override {
    return exchange_.request(std::move(request));
  }

 private:
  net::Pacer pacer_;
  net::UdpExchange exchange_;
};

}  // namespace

Result<std::unique_ptr<EtDriver>> EtDriver::create(const net::asio::any_io_executor& executor, const EtOptions& options,
                                                   const os::Clock& clock, const TimeZone& zone,
                                                   SnapshotStore& snapshots) {
  boost::system::error_code problem;
  const auto address = net::asio::ip::make_address(options.address, problem);
  if (problem)
    return failure(ErrorCode::bad_input, "inverter address " + options.address + ": a numeric address is needed");
  auto exchange = std::make_unique<PacedUdp>(
      executor, options.pacing,
      net::UdpExchangeOptions{
          .peer = {address, options.port}, .timeout = options.timeout, .attempts = options.attempts});
  return std::make_unique<EtDriver>(std::move(exchange), options, clock, zone, snapshots);
}

EtDriver::EtDriver(std::unique_ptr<net::Exchange> exchange, const EtOptions& options, const os::Clock& clock,
                   const TimeZone& zone, SnapshotStore& snapshots)
    : session_(std::make_unique<Session>(std::move(exchange), options, clock, zone, snapshots)) {}

EtDriver::~EtDriver() = default;

net::Awaitable<Result<ports::InverterIdentity>> EtDriver::connect() {
  return session_->connect();
}
net::Awaitable<Result<Reading>> EtDriver::read() {
  return session_->read();
}
net::Awaitable<Result<ports::CommandOutcome>> EtDriver::apply(Command command) {
  return session_->apply(command);
}
net::Awaitable<Result<void>> EtDriver::give_back() {
  return session_->give_back();
}

const std::optional<DeviceInfo>& EtDriver::device() const {
  return session_->device();
}
const std::optional<Abilities>& EtDriver::abilities() const {
  return session_->abilities();
}
int EtDriver::registers_written_today() const {
  return session_->registers_written_today();
}

}  // namespace gridpilot::goodwe
