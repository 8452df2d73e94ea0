// `gridpilot inverter discover | info | read`: commands that only look.
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <ostream>

#include "gridpilot/app/commands/inverter/hand_held.hpp"
#include "gridpilot/app/commands/inverter/options.hpp"
#include "gridpilot/app/commands/inverter/report.hpp"
#include "gridpilot/codec/reading_json.hpp"
#include "gridpilot/core/json_writer.hpp"
#include "gridpilot/inverter/goodwe/discover.hpp"

namespace gridpilot::app {
namespace {

/// The driver of the inverter that was chosen, which writes nothing.
class Looker {
 public:
  explicit Looker(const ChosenInverter& chosen)
      : door(io.get_executor(), {.inverter = chosen.configuration.inverter}, clock, chosen.zone, snapshots) {}

  net::asio::io_context io{1};
  os::SystemClock clock;
  NoSnapshots snapshots;
  InverterDoor door;
};

std::string identity_json(const ports::InverterIdentity& identity) {
  std::string text;
  json::Writer writer(text);
  const auto names = [&writer](json::Name key, const std::vector<Action>& actions) {
    writer.key(key).begin_array();
    for (const Action action : actions) writer.value(name_of(action));
    writer.end_array();
  };
  writer.begin_object().member("family", identity.family).member("model", identity.model);
  writer.member("serial", identity.serial).member("firmware", identity.firmware);
  writer.key("rated_power_w").rounded(in_watts(identity.rating), 0);
  names("actions", identity.actions);
  names("lapsing", identity.lapsing);
  writer.member("can_limit_export", identity.can_limit_export);
  writer.member("can_block_charging", identity.can_block_charging).end_object();
  return text;
}

/// Write counters of the ARM205 platform (control.md 9, hazard 1), to learn whether a register wears memory.
net::Awaitable<Result<std::string>> write_counters(config::InverterSettings settings) {
  constexpr std::uint16_t first = 36901;
  constexpr std::uint16_t count = 11;
  const auto executor = co_await net::asio::this_coro::executor;
  OpenUnit unit(executor, std::move(settings));
  const Result<goodwe::Detected> detected = co_await unit.open();
  if (!detected) co_return detected.failed();
  if (detected->device.family != goodwe::Family::et) co_return std::string();
  const Result<goodwe::Words> words = co_await unit.registers().probe(first, count);
  if (!words || words->size() == 0) co_return std::string();
  const auto counter = [&words](std::size_t at) { return ((*words)[at] << 16U) | (*words)[at + 1]; };
  co_return fmt::format("{:<28}program {}, system {}, battery {}, EEPROM {}\n", "writes counted by the unit",
                        counter(0), counter(3), counter(6), counter(9));
}

/// A line a reading until Ctrl-C; what fails is told and tried again.
net::Awaitable<Result<void>> watch(Looker* looker, const TimeZone* zone, const InverterReadOptions* options,
                                   const Streams* streams) {
  net::asio::steady_timer timer(looker->io);
  for (;;) {
    const Result<Reading> reading = co_await looker->door.read();
    if (reading && options->target.as_json) {
      std::string text;
      json::Writer writer(text);
      codec::write_reading(writer, *reading);
      streams->out << text << '\n' << std::flush;
    } else if (reading) {
      streams->out << reading_line(*reading, *zone) << '\n' << std::flush;
    } else {
      streams->notices << reading.error().message << '\n' << std::flush;
    }
    timer.expires_after(std::chrono::milliseconds(static_cast<long long>(options->interval_seconds * 1000.0)));
    co_await timer.async_wait(net::asio::use_awaitable);
  }
}

ExitCode watch_until_interrupted(Looker& looker, const TimeZone& zone, const InverterReadOptions& options,
                                 const Streams& streams) {
  net::asio::signal_set signals(looker.io, SIGINT, SIGTERM);
  signals.async_wait([&looker](const boost::system::error_code&, int) { looker.io.stop(); });
  static_cast<void>(run_to_end(looker.io, watch(&looker, &zone, &options, &streams)));
  return ExitCode::done;
}

}  // namespace

ExitCode discover_inverters(const InverterDiscoverOptions& options, const Streams& streams) {
  net::asio::io_context io(1);
  const auto found = run_to_end(io, goodwe::discover({.target = options.broadcast, .port = options.port}));
  if (!found) return refused(found.error(), streams);
  if (options.as_json) {
    std::string text;
    json::Writer writer(text);
    writer.begin_array();
    for (const goodwe::DiscoveredDongle& dongle : *found)
      writer.begin_object()
          .member("address", dongle.address)
          .member("mac_address", dongle.mac_address)
          .member("name", dongle.name)
          .end_object();
    writer.end_array();
    streams.out << text << '\n';
  } else {
    for (const goodwe::DiscoveredDongle& dongle : *found)
      streams.out << fmt::format("{:<16} {} {}\n", dongle.address, dongle.mac_address, dongle.name);
  }
  if (!found->empty()) return ExitCode::done;
  streams.notices << "gridpilot inverter: no dongle answered. Those of the second generation do not: ask them by "
                     "`gridpilot inverter info --address ADDRESS --transport tcp`\n";
  return ExitCode::failed;
}

ExitCode show_inverter(const InverterTarget& target, const Streams& streams) {
  const auto chosen = chosen_inverter(target);
  if (!chosen) return refused(chosen.error(), streams);
  Looker looker(*chosen);
  const auto identity = run_to_end(looker.io, looker.door.connect());
  if (!identity) return refused(identity.error(), streams);
  if (target.as_json) {
    streams.out << identity_json(*identity) << '\n';
    return ExitCode::done;
  }
  streams.out << describe_identity(*identity);
  if (const auto counters = run_to_end(looker.io, write_counters(chosen->configuration.inverter)))
    streams.out << *counters;
  return ExitCode::done;
}

ExitCode read_inverter(const InverterReadOptions& options, const Streams& streams) {
  const auto chosen = chosen_inverter(options.target);
  if (!chosen) return refused(chosen.error(), streams);
  if (options.watch && !(options.interval_seconds >= 1.0 && options.interval_seconds <= 3600.0))
    return refused({.code = ErrorCode::bad_input, .message = "--interval: allowed are 1 to 3600 seconds"}, streams);
  Looker looker(*chosen);
  const auto identity = run_to_end(looker.io, looker.door.connect());
  if (!identity) return refused(identity.error(), streams);
  if (options.watch) return watch_until_interrupted(looker, chosen->zone, options, streams);
  const Result<Reading> reading = run_to_end(looker.io, looker.door.read());
  if (!reading) return refused(reading.error(), streams);
  if (options.target.as_json) {
    std::string text;
    json::Writer writer(text);
    codec::write_reading(writer, *reading);
    streams.out << text << '\n';
  } else {
    streams.out << describe_reading(*reading, chosen->zone);
  }
  return ExitCode::done;
}

}  // namespace gridpilot::app
