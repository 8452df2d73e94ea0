#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <filesystem>
#include <string>
#include <utility>

#include "gridpilot/app/commands/inverter/options.hpp"
#include "gridpilot/config/configuration.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/net/async.hpp"
#include "gridpilot/net/task_group.hpp"

/// What the commands of `gridpilot inverter` have in common: whom they speak to, on what terms, and how they ask.
namespace gridpilot::app {

/// The inverter of a configuration and of the options that win over it.
struct ChosenInverter {
  config::Configuration configuration;
  bool is_configured = false;   ///< a configuration was read; otherwise everything but the address is a default
  std::filesystem::path state;  ///< where the owner's settings are kept
  TimeZone zone = TimeZone::utc();
};

/// bad_input naming the option or what is wrong with the configuration.
[[nodiscard]] Result<ChosenInverter> chosen_inverter(const InverterTarget& target);

/// The state folder alone, for which no inverter need be named.
[[nodiscard]] Result<std::filesystem::path> state_folder(const InverterTarget& target);

/// The file that holds the owner's settings of a state folder.
[[nodiscard]] std::filesystem::path owners_settings_file(const std::filesystem::path& state);

/// busy where a daemon works on the state folder and is not paused: two writers would undo each other's work.
[[nodiscard]] Result<void> nobody_else_steers(const ChosenInverter& chosen);

/// "… [y/N]" on the terminal. bad_input where nobody can be asked, cancelled where the answer is no.
[[nodiscard]] Result<void> consented(Consent consent, const std::string& question, const Streams& streams);

/// Prints the sentence behind "gridpilot inverter: "; the exit code that fits it.
[[nodiscard]] ExitCode refused(const Error& error, const Streams& streams);

/// Runs a coroutine to its end on a loop that nothing else ends.
template <class T>
[[nodiscard]] Result<T> run_to_end(net::asio::io_context& io, net::Awaitable<Result<T>> work) {
  Result<T> outcome = failure(ErrorCode::cancelled, "interrupted");
  net::asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& thrown, Result<T> value) {
    outcome = thrown ? Result<T>(failure(ErrorCode::bug, net::describe(thrown))) : std::move(value);
    io.stop();
  });
  io.restart();
  io.run();
  return outcome;
}

}  // namespace gridpilot::app
