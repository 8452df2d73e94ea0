#include "gridpilot/app/commands/emulate_goodwe.hpp"

#include <boost/asio/io_context.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/app/commands/emulation.hpp"
#include "gridpilot/codec/goodwe/registers.hpp"
#include "gridpilot/core/text.hpp"
#include "gridpilot/sim/control_socket.hpp"
#include "gridpilot/sim/goodwe_control.hpp"
#include "gridpilot/sim/goodwe_emulator.hpp"

namespace gridpilot::app {
namespace {

std::unexpected<Error> not_allowed(const std::string& option, const std::string& value,
                                   std::span<const std::string_view> allowed) {
  return failure(ErrorCode::bad_input, option + " '" + value + "': allowed: " + joined(allowed));
}

Result<sim::Profile> profile_of(const EmulateGoodweOptions& options) {
  static constexpr std::array<std::string_view, 3> families{"ET", "DT", "ES"};
  const auto family = goodwe::family_named(options.family);
  if (!family) return not_allowed("--family", options.family, families);
  if (options.profile.empty()) return sim::usual_profile(*family);
  std::vector<std::string_view> allowed;
  for (const sim::Profile profile : sim::all_profiles) {
    if (sim::family_of(profile) != *family) continue;
    if (sim::name_of(profile) == options.profile) return profile;
    allowed.push_back(sim::name_of(profile));
  }
  return not_allowed("--profile of " + options.family, options.profile, allowed);
}

Result<sim::Transport> transport_of(const EmulateGoodweOptions& options, goodwe::Family family) {
  std::vector<std::string_view> allowed;
  for (const sim::Transport transport : {sim::Transport::udp, sim::Transport::tcp}) {
    if (!sim::speaks(family, transport)) continue;
    if (sim::name_of(transport) == options.transport) return transport;
    allowed.push_back(sim::name_of(transport));
  }
  return not_allowed("--transport of " + options.family, options.transport, allowed);
}

/// ES units and those of the low-voltage platform of ET have packs of the 48 V class.
bool has_low_voltage_pack(goodwe::Family family, std::string_view serial) {
  if (family == goodwe::Family::es) return true;
  return std::ranges::any_of(goodwe::serial_tags(), [serial](const goodwe::SerialTag& tag) {
    return tag.platform == goodwe::Platform::p745_lv && serial.find(tag.tag) != std::string_view::npos;
  });
}

Result<plant::HouseOptions> house_of(const EmulateGoodweOptions& options, goodwe::Family family) {
  struct Range {
    std::string_view option;
    double value;
    double lowest;
    double highest;
  };
  const double rating_kw = options.rating_kw.value_or(family == goodwe::Family::es ? 5.0 : 10.0);
  for (const Range& range : {Range{"--soc", options.initial_soc_percent, 0, 100}, Range{"--rating", rating_kw, 1, 30},
                             Range{"--capacity", options.capacity_kwh, 0, 200}, Range{"--peak", options.peak_kw, 0, 60},
                             Range{"--annual", options.annual_kwh, 100, 100'000},
                             Range{"--count", static_cast<double>(options.count), 1, 2000}})
    if (!(range.value >= range.lowest && range.value <= range.highest))
      return failure(ErrorCode::bad_input, std::string(range.option) + ": expected a number from " +
                                               std::to_string(static_cast<int>(range.lowest)) + " to " +
                                               std::to_string(static_cast<int>(range.highest)));
  plant::HouseOptions house;
  house.planes = {PvPlane{.peak = kilowatts(options.peak_kw / 2), .tilt_degrees = 30, .azimuth_degrees = 110},
                  PvPlane{.peak = kilowatts(options.peak_kw / 2), .tilt_degrees = 30, .azimuth_degrees = 250}};
  house.annual_consumption = kilowatt_hours(options.annual_kwh);
  house.inverter.rating = kilowatts(rating_kw);
  house.inverter.max_pv = kilowatts(rating_kw * 1.5);
  house.has_battery = family != goodwe::Family::dt && options.capacity_kwh > 0.0;
  if (house.has_battery) house.pack.capacity = kilowatt_hours(options.capacity_kwh);
  house.pack.max_charge = house.inverter.rating * 1.08;
  house.pack.max_discharge = house.inverter.rating * 1.08;
  house.initial_soc = percent(options.initial_soc_percent);
  house.seed = options.seed;
  if (has_low_voltage_pack(family, options.serial)) house.pack.cells_in_series = 16;
  return house;
}

/// An emulator needs no time to stop.
net::Awaitable<void> nothing_to_await() {
  co_return;
}

/// Several inverters, each with a house of its own.
class Park {
 public:
  Park(net::asio::io_context& io, const os::Clock& clock, TimeZone zone)
      : io_(io), clock_(clock), zone_(std::move(zone)) {}

  Result<void> add(const plant::HouseOptions& house, sim::GoodweEmulatorOptions options) {
    houses_.push_back(std::make_unique<plant::House>(zone_, house, clock_.now()));
    auto emulator = sim::GoodweEmulator::create(io_, clock_, zone_, std::move(options), *houses_.back());
    if (!emulator) return std::move(emulator).failed();
    emulators_.push_back(std::move(*emulator));
    return {};
  }
  [[nodiscard]] sim::GoodweEmulator& first() { return *emulators_.front(); }
  [[nodiscard]] std::string answer_control(std::string_view line) const {
    std::vector<sim::GoodweEmulator*> all;
    all.reserve(emulators_.size());
    for (const auto& emulator : emulators_) all.push_back(emulator.get());
    return sim::answer_control(all, line);
  }
  [[nodiscard]] std::uint16_t last_port() const { return emulators_.back()->port(); }

 private:
  net::asio::io_context& io_;
  const os::Clock& clock_;
  TimeZone zone_;
  std::vector<std::unique_ptr<plant::House>> houses_;
  std::vector<std::unique_ptr<sim::GoodweEmulator>> emulators_;
};

/// Every unit has a socket, and every client of TCP has one more: as many as the system allows at all.
void allow_many_sockets() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // Where this is refused, opening the socket that is too many says so.
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// The serial number of the unit n places after this one: its last four digits count up, from 0 where they are none.
std::string numbered(std::string serial, int n) {
  if (n == 0 || serial.size() != 16) return serial;
  const long long own = std::max(parse_integer(serial.substr(12)).value_or(0), 0LL);
  char digits[8];
  std::snprintf(digits, sizeof digits, "%04d", static_cast<int>((own + n) % 10000));
  return serial.replace(12, 4, digits);
}

Result<void> fill(Park& park, const EmulateGoodweOptions& options) {
  const auto profile = profile_of(options);
  if (!profile) return profile.failed();
  const auto transport = transport_of(options, sim::family_of(*profile));
  if (!transport) return transport.failed();
  auto house = house_of(options, sim::family_of(*profile));
  if (!house) return std::move(house).failed();
  auto listen = parse_listen_address(options.listen);
  if (!listen) return std::move(listen).failed();
  auto faults = sim::parse_faults(options.faults);
  if (!faults) return std::unexpected(std::move(faults.error()).in("--fault"));
  const int highest = listen->port == 0 ? 0 : listen->port + options.count - 1;
  if (highest > 65535) return failure(ErrorCode::bad_input, "--count: there are no ports beyond 65535");
  if (options.count > 1) allow_many_sockets();
  std::string serial = options.serial;
  for (int n = 0; n < options.count; ++n) {
    house->seed = options.seed + static_cast<std::uint64_t>(n);
    auto added = park.add(*house, {.address = listen->address,
                                   .port = static_cast<std::uint16_t>(listen->port == 0 ? 0 : listen->port + n),
                                   .transport = *transport,
                                   .device = {.profile = *profile, .serial = numbered(serial, n)},
                                   .faults = *faults,
                                   .seed = options.seed + static_cast<std::uint64_t>(n)});
    if (!added) return added;
    if (n == 0) serial = park.first().device().options().serial;
  }
  return {};
}

Result<void> serve(const EmulateGoodweOptions& options, const Streams& streams) {
  auto clock = emulated_clock(options.start, options.speed);
  if (!clock) return std::move(clock).failed();
  auto zone = TimeZone::load(options.time_zone);
  if (!zone) return std::unexpected(std::move(zone.error()).in("--zone"));

  net::asio::io_context io(1);
  Park park(io, *clock, *zone);
  if (auto filled = fill(park, options); !filled) return filled;
  sim::GoodweEmulator& first = park.first();
  std::unique_ptr<sim::ControlSocket> control;
  if (!options.control.empty()) {
    auto created = sim::ControlSocket::create(io, options.control,
                                              [&park](std::string_view line) { return park.answer_control(line); });
    if (!created) return std::unexpected(std::move(created.error()).in("--control"));
    control = std::move(*created);
  }
  const sim::DeviceOptions& device = first.device().options();
  streams.notices << "GoodWe " << device.serial << " (" << sim::name_of(device.profile) << ") on "
                  << (options.transport == "tcp" ? "TCP " : "UDP ")
                  << options.listen.substr(0, options.listen.rfind(':')) << ':' << first.port();
  if (options.count > 1) streams.notices << " and " << options.count - 1 << " more up to port " << park.last_port();
  streams.notices << '\n' << std::flush;
  serve_until_signal(io, nothing_to_await());
  return {};
}

}  // namespace

ExitCode emulate_goodwe(const EmulateGoodweOptions& options, const Streams& streams) {
  const auto served = serve(options, streams);
  return served ? ExitCode::done : report_failure(served.error(), streams);
}

}  // namespace gridpilot::app
