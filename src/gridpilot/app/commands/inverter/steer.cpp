// `gridpilot inverter mode | restore | pause | resume`: commands that steer, through the same driver as the daemon.
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ostream>

#include "gridpilot/app/commands/inverter/hand_held.hpp"
#include "gridpilot/app/commands/inverter/options.hpp"
#include "gridpilot/app/commands/inverter/report.hpp"
#include "gridpilot/app/inverter_pause.hpp"
#include "gridpilot/app/owners_order.hpp"
#include "gridpilot/config/values.hpp"
#include "gridpilot/control/guard.hpp"
#include "gridpilot/core/text.hpp"
#include "gridpilot/os/folders.hpp"

namespace gridpilot::app {
namespace {

constexpr std::chrono::seconds renewal{20};
constexpr std::chrono::hours longest_mode{24};

/// The inverter in a person's hands. The owner's settings are kept where the daemon keeps them, so that the next start
/// of either gives them back, however this one ends.
class Steering {
 public:
  explicit Steering(const ChosenInverter& chosen)
      : snapshots(owners_settings_file(chosen.state), disk_.get_executor()),
        door(io.get_executor(),
             {.inverter = chosen.configuration.inverter,
              .control = ControlMode::active,
              .daily_register_budget = chosen.configuration.control.write_budget},
             clock, chosen.zone, snapshots) {}
  ~Steering() { disk_.join(); }
  Steering(const Steering&) = delete;
  Steering& operator=(const Steering&) = delete;

  net::asio::io_context io{1};
  os::SystemClock clock;

 private:
  net::asio::thread_pool disk_{1};

 public:
  goodwe::FileSnapshotStore snapshots;
  InverterDoor door;
};

Result<Command> command_of(const InverterModeOptions& options) {
  const auto action = action_named(options.action);
  if (!action) {
    std::vector<std::string_view> names;
    names.reserve(all_actions.size());
    for (const Action known : all_actions) names.push_back(name_of(known));
    return failure(ErrorCode::bad_input, "'" + options.action + "': allowed: " + joined(names));
  }
  Command command{.action = *action};
  const bool forced = *action == Action::charge || *action == Action::sell;
  if (forced && options.power.empty())
    return failure(ErrorCode::bad_input, options.action + " needs --power, like --power '3 kW'");
  if (!forced && !options.power.empty()) return failure(ErrorCode::bad_input, "--power goes with charge and sell only");
  if (!options.power.empty()) {
    const auto power = config::parse_power(options.power);
    if (!power) return std::unexpected(Error(power.error()).in("--power"));
    if (*power < watts(100)) return failure(ErrorCode::bad_input, "--power: allowed is 100 W or more");
    command.power = *power;
  }
  command.stop_soc = *action == Action::sell ? percent(20) : percent(100);
  if (!options.stop_soc.empty()) {
    const auto soc = config::parse_percent(options.stop_soc);
    if (!soc) return std::unexpected(Error(soc.error()).in("--to"));
    if (*soc < 0 || *soc > 100) return failure(ErrorCode::bad_input, "--to: allowed are 0 % to 100 %");
    command.stop_soc = percent(*soc);
  }
  if (!options.export_limit.empty()) {
    const auto limit = config::parse_power(options.export_limit);
    if (!limit) return std::unexpected(Error(limit.error()).in("--export-limit"));
    command.export_limit = *limit;
  } else if (*action == Action::curtail) {
    command.export_limit = Power{};
  }
  return command;
}

Result<std::chrono::milliseconds> duration_of(const std::string& text, std::string_view option,
                                              std::chrono::milliseconds most) {
  const auto duration = config::parse_duration(text);
  if (!duration) return std::unexpected(Error(duration.error()).in(option));
  if (*duration <= std::chrono::milliseconds(0) || *duration > most)
    return failure(ErrorCode::bad_input, std::string(option) + ": allowed is more than 0 up to " +
                                             std::to_string(most / std::chrono::hours(1)) + " h");
  return *duration;
}

std::string described(const Command& command) {
  std::string text = std::string(name_of(command.action));
  if (command.power > Power{}) text += fmt::format(" at {:.0f} W", in_watts(command.power));
  if (command.action == Action::charge) text += fmt::format(" up to {:.0f} %", in_percent(command.stop_soc));
  if (command.action == Action::sell) text += fmt::format(" down to {:.0f} %", in_percent(command.stop_soc));
  if (command.export_limit) text += fmt::format(", feeding in at most {:.0f} W", in_watts(*command.export_limit));
  return text;
}

/// Gives the command again and again until its time is over, and tells what changes. The guard has the last word here
/// too, where a configuration says what battery it is.
class Hold {
 public:
  Hold(Steering& steering, const ChosenInverter& chosen, ports::InverterIdentity identity, Command command,
       const Streams& streams)
      : steering_(steering),
        chosen_(chosen),
        identity_(std::move(identity)),
        command_(command),
        streams_(streams),
        timer_(steering.io) {}

  [[nodiscard]] net::Awaitable<Result<void>> run(bool once) {
    for (;;) {
      const Result<Reading> reading = co_await steering_.door.read();
      if (reading && !once) streams_.out << reading_line(*reading, chosen_.zone) << '\n' << std::flush;
      const control::Guarded guarded = guard(reading);
      const Result<ports::CommandOutcome> outcome = co_await steering_.door.apply(guarded.command);
      if (!outcome && once) co_return outcome.failed();
      std::string line =
          outcome ? fmt::format("{} ({})", outcome->detail, name_of(outcome->verdict)) : outcome.error().message;
      if (guarded.bound_by) line += "; limited: " + *guarded.bound_by;
      tell(line);
      if (once || ended_ || steering_.clock.now() >= command_.until) co_return Result<void>();
      timer_.expires_after(renewal);
      boost::system::error_code woken;
      co_await timer_.async_wait(net::asio::redirect_error(net::asio::use_awaitable, woken));
      if (ended_) co_return Result<void>();
    }
  }

  /// What is under way is finished first, so that nothing is given again after the settings were given back.
  void end() {
    ended_ = true;
    timer_.cancel();
  }

 private:
  [[nodiscard]] control::Guarded guard(const Result<Reading>& reading) {
    const config::Configuration& home = chosen_.configuration;
    if (home.battery_profile == nullptr && identity_.measures.state_of_charge)
      return {.command = command_, .bound_by = std::nullopt, .most = command_.power};
    return guard_.check(command_, {.now = steering_.clock.now(),
                                   .reading = reading ? &*reading : nullptr,
                                   .battery = home.battery,
                                   .site = home.site,
                                   .profile = home.battery_profile,
                                   .unit = {.actions = identity_.actions,
                                            .can_limit_export = identity_.can_limit_export,
                                            .can_block_charging = identity_.can_block_charging,
                                            .measures = identity_.measures}});
  }

  void tell(const std::string& line) {
    if (line == told_) return;
    told_ = line;
    streams_.notices << line << '\n' << std::flush;
  }

  Steering& steering_;
  const ChosenInverter& chosen_;
  ports::InverterIdentity identity_;
  Command command_;
  control::Guard guard_;
  const Streams& streams_;
  net::asio::steady_timer timer_;
  std::string told_;
  bool ended_ = false;
};

ExitCode hold_until_over(Steering& steering, const ChosenInverter& chosen, const Command& command,
                         const InverterModeOptions& options, const ports::InverterIdentity& identity,
                         const Streams& streams) {
  Hold hold(steering, chosen, identity, command, streams);
  {
    net::asio::signal_set signals(steering.io, SIGINT, SIGTERM);
    signals.async_wait([&hold](const boost::system::error_code& ended, int) {
      if (!ended) hold.end();
    });
    const auto held = run_to_end(steering.io, hold.run(options.leave));
    if (!held) return refused(held.error(), streams);
  }
  if (options.leave) {
    const bool lapses = std::ranges::find(identity.lapsing, command.action) != identity.lapsing.end();
    streams.notices << (lapses && !command.export_limit
                            ? "It ends by the inverter's own clock within 30 minutes.\n"
                            : "It does not end by itself: `gridpilot inverter restore` gives the settings back.\n");
    return ExitCode::done;
  }
  const auto given_back = run_to_end(steering.io, steering.door.give_back());
  if (!given_back) return refused(given_back.error(), streams);
  streams.notices << "The owner's settings stand again.\n";
  return ExitCode::done;
}

/// The process of the daemon that steers the inverter of this state folder; absent where none does, or it is paused.
std::optional<int> steering_daemon(const ChosenInverter& chosen) {
  const auto holder = os::InstanceLock::holder(chosen.state);
  if (!holder) return std::nullopt;
  const auto paused = read_pause(chosen.state, os::SystemClock().now());
  if (paused && paused->has_value()) return std::nullopt;
  return static_cast<int>(*holder);
}

/// The daemon does it at its next reading, instead of its plan and under the same guard.
ExitCode hand_to_daemon(int daemon, const ChosenInverter& chosen, Command order, const InverterModeOptions& options,
                        Seconds duration, const Streams& streams) {
  if (chosen.is_configured && chosen.configuration.control.mode == ControlMode::observe)
    return refused({.code = ErrorCode::busy,
                    .message = "the daemon (process " + std::to_string(daemon) +
                               ") only observes: set `control: active`, or stop it first"},
                   streams);
  if (options.leave)
    return refused({.code = ErrorCode::bad_input, .message = "--leave does not go with a running daemon"}, streams);
  const std::string question = fmt::format("{}, for {}, by the running daemon?", described(order), options.duration);
  if (const auto agreed = consented(options.consent, question, streams); !agreed)
    return refused(agreed.error(), streams);
  const Instant now = os::SystemClock().now();
  order.until = now + duration;
  if (const auto written = write_order(chosen.state, order, now); !written) return refused(written.error(), streams);
  streams.out << fmt::format("Ordered: the daemon (process {}) does it until {}, as far as the guard lets it.\n",
                             daemon, to_rfc3339(order.until));
  streams.notices << "`gridpilot inverter resume` lets the plan steer again.\n";
  return ExitCode::done;
}

}  // namespace

Result<void> nobody_else_steers(const ChosenInverter& chosen) {
  const auto daemon = steering_daemon(chosen);
  if (!daemon) return {};
  return failure(ErrorCode::busy, "the daemon (process " + std::to_string(*daemon) +
                                      ") steers this inverter: stop it, or `gridpilot inverter pause 30min` first");
}

ExitCode set_inverter_mode(const InverterModeOptions& options, const Streams& streams) {
  auto command = command_of(options);
  if (!command) return refused(command.error(), streams);
  const auto duration = duration_of(options.duration, "--for", longest_mode);
  if (!duration) return refused(duration.error(), streams);
  const auto chosen = chosen_inverter(options.target);
  if (!chosen) return refused(chosen.error(), streams);
  if (const auto daemon = steering_daemon(*chosen))
    return hand_to_daemon(*daemon, *chosen, *command, options, std::chrono::ceil<Seconds>(*duration), streams);
  if (const auto folder = os::create_private_folder(chosen->state); !folder) return refused(folder.error(), streams);
  Steering steering(*chosen);
  // Gives back first what an earlier run has left.
  const auto identity = run_to_end(steering.io, steering.door.connect());
  if (!identity) return refused(identity.error(), streams);
  const std::string question =
      fmt::format("{} {}: {}, for {}?", identity->model, identity->serial, described(*command), options.duration);
  if (const auto agreed = consented(options.consent, question, streams); !agreed)
    return refused(agreed.error(), streams);
  if (chosen->configuration.battery_profile == nullptr && identity->measures.state_of_charge)
    streams.notices << "No battery.profile is configured: only the inverter's own limits protect the battery.\n";
  command->until = steering.clock.now() + std::chrono::ceil<Seconds>(*duration);
  return hold_until_over(steering, *chosen, *command, options, *identity, streams);
}

ExitCode restore_inverter(const InverterRestoreOptions& options, const Streams& streams) {
  const auto chosen = chosen_inverter(options.target);
  if (!chosen) return refused(chosen.error(), streams);
  if (const auto alone = nobody_else_steers(*chosen); !alone) return refused(alone.error(), streams);
  std::error_code none;
  const std::filesystem::path file = owners_settings_file(chosen->state);
  if (!std::filesystem::exists(file, none)) {
    streams.notices << "There is nothing to give back: no settings are kept in " << file.string() << '\n';
    return ExitCode::done;
  }
  const std::string question = "Give the inverter the settings back that are kept in " + file.string() + "?";
  if (const auto agreed = consented(options.consent, question, streams); !agreed)
    return refused(agreed.error(), streams);
  Steering steering(*chosen);
  const auto identity = run_to_end(steering.io, steering.door.connect());
  if (!identity) return refused(identity.error(), streams);
  if (std::filesystem::exists(file, none))
    return refused({.code = ErrorCode::rejected,
                    .message = "the settings in " + file.string() + " are of another unit than " + identity->serial},
                   streams);
  streams.out << "The owner's settings stand again in " << identity->model << ' ' << identity->serial << '\n';
  return ExitCode::done;
}

ExitCode pause_inverter(const InverterPauseOptions& options, const Streams& streams) {
  const auto duration = duration_of(options.duration, "the pause", longest_pause);
  if (!duration) return refused(duration.error(), streams);
  const auto state = state_folder(options.target);
  if (!state) return refused(state.error(), streams);
  const Instant now = os::SystemClock().now();
  const Instant until = now + std::chrono::ceil<Seconds>(*duration);
  if (const auto written = write_pause(*state, until, now); !written) return refused(written.error(), streams);
  streams.out << "The daemon leaves the inverter alone until " << to_rfc3339(until) << '\n';
  return ExitCode::done;
}

ExitCode resume_inverter(const InverterTarget& target, const Streams& streams) {
  const auto state = state_folder(target);
  if (!state) return refused(state.error(), streams);
  if (const auto cleared = clear_pause(*state); !cleared) return refused(cleared.error(), streams);
  if (const auto cleared = clear_order(*state); !cleared) return refused(cleared.error(), streams);
  streams.out << "No pause and no order: the plan steers\n";
  return ExitCode::done;
}

}  // namespace gridpilot::app
