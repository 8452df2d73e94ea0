#include "gridpilot/app/commands/inverter/hand_held.hpp"

#include <boost/asio/this_coro.hpp>

namespace gridpilot::app {

net::Awaitable<Result<std::optional<std::string>>> NoSnapshots::load() {
  co_return std::optional<std::string>();
}
net::Awaitable<Result<void>> NoSnapshots::save(std::string) {
  co_return failure(ErrorCode::bug, "a command that only looks has tried to write");
}
net::Awaitable<Result<void>> NoSnapshots::remove() {
  co_return Result<void>();
}

net::Awaitable<Result<goodwe::Detected>> OpenUnit::open() {
  Result<std::string> address = co_await numeric_address(settings_.address);
  if (!address) co_return std::move(address).failed();
  const goodwe::LinkOptions link = link_options(settings_, std::move(*address));
  const auto executor = co_await net::asio::this_coro::executor;
  Result<std::unique_ptr<net::Exchange>> exchange = goodwe::open_link(executor, pacers_, link);
  if (!exchange) co_return std::move(exchange).failed();
  exchange_ = std::move(*exchange);
  goodwe::Detector detector(*exchange_, link.transport);
  Result<goodwe::Detected> detected = co_await detector.detect(detection_hints(settings_));
  if (!detected) co_return detected;
  // The settings of an ES that have Modbus registers are at the address of the ET family.
  registers_ = std::make_unique<goodwe::RegisterAccess>(
      *exchange_, goodwe::RegisterAccessOptions{.unit = detected->unit,
                                                .framing = goodwe::framing_of(link.transport),
                                                .longest_read = settings_.longest_read});
  if (detected->device.family == goodwe::Family::es) aa55_ = std::make_unique<goodwe::Aa55Access>(*exchange_);
  editor_ = std::make_unique<goodwe::SettingEditor>(*registers_, aa55_.get(), detected->device);
  co_return detected;
}

}  // namespace gridpilot::app
