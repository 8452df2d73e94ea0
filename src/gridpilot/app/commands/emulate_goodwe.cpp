#include "gridpilot/app/commands/emulate_goodwe.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/app/commands/emulation.hpp"
#include "gridpilot/core/text.hpp"
#include "gridpilot/sim/control_socket.hpp"
#include "gridpilot/sim/goodwe_control.hpp"
#include "gridpilot/sim/goodwe_emulator.hpp"

namespace gridpilot::app {
namespace {

std::unexpected<Error> not_allowed(std::string_view option, const std::string& value,
                                   std::span<const std::string_view> allowed) {
  return failure(ErrorCode::bad_input, std::string(option) + " '" + value + "': allowed: " + joined(allowed));
}

Result<sim::EtProfile> profile_of(const EmulateGoodweOptions& options) {
  static constexpr std::array<std::string_view, 1> families{"ET"};
  static constexpr std::array<std::string_view, 1> transports{"udp"};
  if (options.family != families[0]) return not_allowed("--family", options.family, families);
  if (options.transport != transports[0]) return not_allowed("--transport", options.transport, transports);
  if (options.profile.empty()) return sim::EtProfile::et_v2;
  if (const auto profile = sim::et_profile_named(options.profile)) return *profile;
  std::vector<std::string_view> allowed;
  allowed.reserve(sim::all_et_profiles.size());
  for (const sim::EtProfile profile : sim::all_et_profiles) allowed.push_back(sim::name_of(profile));
  return not_allowed("--profile", options.profile, allowed);
}

Result<plant::HouseOptions> house_of(const EmulateGoodweOptions& options) {
  struct Range {
    std::string_view option;
    double value;
    double lowest;
    double highest;
  };
  for (const Range& range :
       {Range{"--soc", options.initial_soc_percent, 0, 100}, Range{"--rating", options.rating_kw, 1, 30},
        Range{"--capacity", options.capacity_kwh, 1, 200}, Range{"--peak", options.peak_kw, 0, 60},
        Range{"--annual", options.annual_kwh, 100, 100'000}})
    if (!(range.value >= range.lowest && range.value <= range.highest))
      return failure(ErrorCode::bad_input, std::string(range.option) + ": expected a number from " +
                                               std::to_string(static_cast<int>(range.lowest)) + " to " +
                                               std::to_string(static_cast<int>(range.highest)));
  plant::HouseOptions house;
  house.planes = {PvPlane{.peak = kilowatts(options.peak_kw / 2), .tilt_degrees = 30, .azimuth_degrees = 110},
                  PvPlane{.peak = kilowatts(options.peak_kw / 2), .tilt_degrees = 30, .azimuth_degrees = 250}};
  house.annual_consumption = kilowatt_hours(options.annual_kwh);
  house.inverter.rating = kilowatts(options.rating_kw);
  house.inverter.max_pv = kilowatts(options.rating_kw * 1.5);
  house.pack.capacity = kilowatt_hours(options.capacity_kwh);
  house.pack.max_charge = house.inverter.rating * 1.08;
  house.pack.max_discharge = house.inverter.rating * 1.08;
  house.initial_soc = percent(options.initial_soc_percent);
  house.seed = options.seed;
  return house;
}

/// An emulator needs no time to stop.
net::Awaitable<void> nothing_to_await() {
  co_return;
}

Result<void> serve(const EmulateGoodweOptions& options, const Streams& streams) {
  const auto profile = profile_of(options);
  if (!profile) return profile.failed();
  auto house_options = house_of(options);
  if (!house_options) return std::move(house_options).failed();
  auto listen = parse_listen_address(options.listen);
  if (!listen) return std::move(listen).failed();
  auto faults = sim::parse_faults(options.faults);
  if (!faults) return std::unexpected(std::move(faults.error()).in("--fault"));
  auto clock = emulated_clock(options.start, options.speed);
  if (!clock) return std::move(clock).failed();
  auto zone = TimeZone::load(options.time_zone);
  if (!zone) return std::unexpected(std::move(zone.error()).in("--zone"));

  net::asio::io_context io(1);
  plant::House house(*zone, *house_options, clock->now());
  auto emulator = sim::GoodweEmulator::create(io, *clock, *zone,
                                              {.address = listen->address,
                                               .port = listen->port,
                                               .device = {.profile = *profile, .serial = options.serial},
                                               .faults = std::move(*faults),
                                               .seed = options.seed},
                                              house);
  if (!emulator) return std::move(emulator).failed();
  std::unique_ptr<sim::ControlSocket> control;
  if (!options.control.empty()) {
    auto created = sim::ControlSocket::create(io, options.control, [&emulator = **emulator](std::string_view line) {
      return sim::answer_control(emulator, line);
    });
    if (!created) return std::unexpected(std::move(created.error()).in("--control"));
    control = std::move(*created);
  }
  streams.notices << "GoodWe " << (*emulator)->device().options().serial << " (" << sim::name_of(*profile)
                  << ") on UDP " << listen->address << ':' << (*emulator)->port() << '\n'
                  << std::flush;
  serve_until_signal(io, nothing_to_await());
  return {};
}

}  // namespace

ExitCode emulate_goodwe(const EmulateGoodweOptions& options, const Streams& streams) {
  const auto served = serve(options, streams);
  return served ? ExitCode::done : report_failure(served.error(), streams);
}

}  // namespace gridpilot::app
