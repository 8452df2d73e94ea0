#include "gridpilot/app/cli_inverter.hpp"

#include <memory>
#include <string>

#include "gridpilot/app/commands/inverter/options.hpp"

namespace gridpilot::app {
namespace {

void add_target(CLI::App* command, InverterTarget& target) {
  command->add_option("--config", target.configuration, "The home's configuration, which names the inverter")
      ->type_name("FILE");
  command->add_option("--address", target.address, "The inverter instead, ADDRESS or ADDRESS:PORT");
  command->add_option("--family", target.family, "ET, DT or ES; found out if not given");
  command->add_option("--transport", target.transport, "udp (8899) or tcp (502)");
  command->add_option("--unit", target.unit, "Modbus address, 1 to 247; the family's own if not given");
}

void add_state(CLI::App* command, InverterTarget& target) {
  command->add_option("--data", target.data, "State folder, where the owner's settings are kept")->type_name("DIR");
}

void add_json(CLI::App* command, InverterTarget& target) {
  command->add_flag("--json", target.as_json, "JSON instead of a table");
}

void add_yes(CLI::App* command, Consent& consent) {
  command->add_flag_callback("--yes", [&consent] { consent = Consent::given; }, "Write without asking");
}

/// One sub-command with its options, which live as long as it.
template <class Options, class Run>
CLI::App* add(CLI::App* parent, const std::string& name, const std::string& what, const Streams& streams,
              ExitCode& exit_code, const std::shared_ptr<Options>& options, Run run) {
  CLI::App* const command = parent->add_subcommand(name, what);
  command->callback([options, run, &streams, &exit_code] { exit_code = run(*options, streams); });
  return command;
}

void add_looking(CLI::App* inverter, const Streams& streams, ExitCode& exit_code) {
  const auto discovery = std::make_shared<InverterDiscoverOptions>();
  CLI::App* command = add(inverter, "discover", "Call into the local network and list the dongles that answer", streams,
                          exit_code, discovery, discover_inverters);
  command->add_option("--broadcast", discovery->broadcast, "Where to call, a broadcast address or one host")
      ->capture_default_str();
  command->add_option("--port", discovery->port, "UDP port of the call")->capture_default_str();
  command->add_flag("--json", discovery->as_json, "JSON instead of a table");

  const auto info = std::make_shared<InverterTarget>();
  command = add(inverter, "info", "Say what the inverter is and can do", streams, exit_code, info, show_inverter);
  add_target(command, *info);
  add_json(command, *info);

  const auto reading = std::make_shared<InverterReadOptions>();
  command =
      add(inverter, "read", "Read the inverter once, or again and again", streams, exit_code, reading, read_inverter);
  add_target(command, reading->target);
  add_json(command, reading->target);
  command->add_flag("--watch", reading->watch, "A line a reading, until Ctrl-C");
  command->add_option("--interval", reading->interval_seconds, "Seconds between two readings")->capture_default_str();
}

void add_settings(CLI::App* inverter, const Streams& streams, ExitCode& exit_code) {
  const auto all = std::make_shared<InverterTarget>();
  CLI::App* command =
      add(inverter, "settings", "List every setting the inverter has", streams, exit_code, all, list_inverter_settings);
  add_target(command, *all);
  add_json(command, *all);

  const auto one = std::make_shared<InverterGetOptions>();
  command = add(inverter, "get", "Show one setting", streams, exit_code, one, get_inverter_setting);
  command->add_option("ID", one->id, "Its id, as `settings` lists it")->required();
  add_target(command, one->target);
  add_json(command, one->target);

  const auto change = std::make_shared<InverterSetOptions>();
  command = add(inverter, "set", "Change one setting, after asking", streams, exit_code, change, set_inverter_setting);
  command->add_option("ID", change->id, "Its id, as `settings` lists it")->required();
  command
      ->add_option("VALUE", change->value,
                   "A number in its unit, a time, an eco group like '06:30-08:00 Mon-Fri charge 20 % to 85 %'")
      ->required();
  add_target(command, change->target);
  add_state(command, change->target);
  add_yes(command, change->consent);
}

void add_steering(CLI::App* inverter, const Streams& streams, ExitCode& exit_code) {
  const auto mode = std::make_shared<InverterModeOptions>();
  CLI::App* command = add(inverter, "mode", "Make the inverter do something for a while, then give the settings back",
                          streams, exit_code, mode, set_inverter_mode);
  command->add_option("ACTION", mode->action, "self_use, hold, charge, sell, curtail or standby")->required();
  command->add_option("--power", mode->power, "For charge and sell, like '3 kW'");
  command->add_option("--to", mode->stop_soc, "State of charge to stop at, like '90 %'");
  command->add_option("--export-limit", mode->export_limit, "Most that may be fed in, like '0 W'");
  command->add_option("--for", mode->duration, "How long, like '30 min' or '2 h'")->capture_default_str();
  command->add_flag("--leave", mode->leave, "End at once and leave the inverter so");
  add_target(command, mode->target);
  add_state(command, mode->target);
  add_yes(command, mode->consent);

  const auto restore = std::make_shared<InverterRestoreOptions>();
  command = add(inverter, "restore", "Give the owner's settings back that an earlier run has left changed", streams,
                exit_code, restore, restore_inverter);
  add_target(command, restore->target);
  add_state(command, restore->target);
  add_yes(command, restore->consent);

  const auto pause = std::make_shared<InverterPauseOptions>();
  command = add(inverter, "pause", "Have the daemon leave the inverter alone, for an update of its firmware", streams,
                exit_code, pause, pause_inverter);
  command->add_option("DURATION", pause->duration, "How long, like '30 min'")->required();
  command->add_option("--config", pause->target.configuration, "The home's configuration")->type_name("FILE");
  add_state(command, pause->target);

  const auto resume = std::make_shared<InverterTarget>();
  command = add(inverter, "resume", "End the pause or an order: the plan steers again", streams, exit_code, resume,
                resume_inverter);
  command->add_option("--config", resume->configuration, "The home's configuration")->type_name("FILE");
  add_state(command, *resume);
}

}  // namespace

void add_inverter_commands(CLI::App& root, const Streams& streams, ExitCode& exit_code) {
  CLI::App* const inverter = root.add_subcommand("inverter", "Look for, read and set a GoodWe inverter by hand");
  inverter->require_subcommand(1);
  add_looking(inverter, streams, exit_code);
  add_settings(inverter, streams, exit_code);
  add_steering(inverter, streams, exit_code);
}

}  // namespace gridpilot::app
