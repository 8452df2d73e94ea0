#include "gridpilot/app/commands/inverter/target.hpp"

#include <unistd.h>

#include <iostream>
#include <ostream>

#include "gridpilot/os/folders.hpp"

namespace gridpilot::app {
namespace {

/// Problems of a configuration that was named are the caller's to mend; one that nobody named is only a convenience.
Result<void> read_configuration(const InverterTarget& target, ChosenInverter& chosen) {
  const std::filesystem::path file = target.configuration.value_or(os::default_folders().configuration_file);
  std::error_code none;
  const bool exists = std::filesystem::exists(file, none);
  if (!target.configuration && !exists) return {};
  config::Loaded loaded = config::load_configuration(file, config::Purpose::plan);
  if (!loaded.problems.empty()) return failure(ErrorCode::bad_input, config::to_text(loaded.problems));
  chosen.configuration = std::move(loaded.configuration);
  chosen.is_configured = true;
  return {};
}

std::filesystem::path state_of(const InverterTarget& target, const config::Configuration& configuration) {
  if (!target.data.empty()) return target.data;
  return configuration.data_folder.empty() ? os::default_folders().state : configuration.data_folder;
}

}  // namespace

Result<ChosenInverter> chosen_inverter(const InverterTarget& target) {
  ChosenInverter chosen;
  if (const Result<void> read = read_configuration(target, chosen); !read) return read.failed();
  if (const Result<void> applied = config::override_inverter(
          {.address = target.address, .family = target.family, .transport = target.transport, .unit = target.unit},
          chosen.configuration.inverter);
      !applied)
    return applied.failed();
  if (chosen.configuration.inverter.address.empty())
    return failure(ErrorCode::bad_input,
                   "no inverter is named: give --address, or --config with a configuration "
                   "(`gridpilot inverter discover` looks for one)");
  Result<TimeZone> zone = TimeZone::load(chosen.configuration.time_zone);
  if (!zone) return std::move(zone).failed();
  chosen.zone = std::move(*zone);
  chosen.state = state_of(target, chosen.configuration);
  return chosen;
}

Result<std::filesystem::path> state_folder(const InverterTarget& target) {
  ChosenInverter chosen;
  if (const Result<void> read = read_configuration(target, chosen); !read) return read.failed();
  return state_of(target, chosen.configuration);
}

std::filesystem::path owners_settings_file(const std::filesystem::path& state) {
  return state / "inverter-settings.json";
}

Result<void> consented(Consent consent, const std::string& question, const Streams& streams) {
  if (consent == Consent::given) return {};
  if (::isatty(STDIN_FILENO) == 0)
    return failure(ErrorCode::bad_input, question + " Nobody can be asked here: --yes is the answer yes");
  streams.notices << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return {};
  return failure(ErrorCode::cancelled, "nothing was changed");
}

ExitCode refused(const Error& error, const Streams& streams) {
  streams.notices << "gridpilot inverter: " << error.message << '\n';
  const bool is_callers = error.code == ErrorCode::bad_input || error.code == ErrorCode::not_found;
  return is_callers ? ExitCode::bad_input : ExitCode::failed;
}

}  // namespace gridpilot::app
