#include "gridpilot/app/cli.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>

#include "gridpilot/app/commands/decode.hpp"
#include "gridpilot/app/commands/exit_code.hpp"
#include "gridpilot/app/commands/plan_problem.hpp"
#include "gridpilot/app/version.hpp"

namespace gridpilot::app {
namespace {

/// Adds each sub-command; the chosen one puts its exit code here.
struct CommandLine {
  CLI::App root{
      "gridpilot runs a home with PV, a battery and a dynamic electricity price:\n"
      "it reads the inverter, knows the price of every quarter of an hour, plans the cheapest\n"
      "day exactly, steers the battery by the plan and records what it did and why.",
      "gridpilot"};
  Streams streams{std::cout, std::cerr};
  ExitCode exit_code = ExitCode::done;

  /// `run` is called after parsing, with the options already filled in.
  template <class Run>
  void on_call(CLI::App* command, Run run) {
    command->callback([this, run] { exit_code = run(); });
  }
};

void add_version(CommandLine& line) {
  line.on_call(line.root.add_subcommand("version", "Print the version and what it was built with"),
               [&line] { return print_version(line.streams); });
}

void add_plan(CommandLine& line) {
  CLI::App* const plan = line.root.add_subcommand("plan", "Work out the cheapest plan exactly");
  const auto problems = std::make_shared<PlanProblemOptions>();
  plan->add_option("--problem", problems->files,
                   "Files with one planning problem each (docs/planner.md); answered one a line, in this order")
      ->type_name("FILE...")
      ->required();
  line.on_call(plan, [&line, problems] { return plan_problems(*problems, line.streams); });
}

void add_decode(CommandLine& line) {
  CLI::App* command = line.root.add_subcommand("decode", "Say what a captured frame of a GoodWe inverter holds");
  const auto options = std::make_shared<DecodeOptions>();
  command->add_option("--family", options->family, "ET, DT or ES")->required();
  command->add_option("--answer", options->answer, "The frame that came from the inverter, as hex")->required();
  command->add_option("--request", options->request, "The frame it answers; tells which registers were read");
  command->add_option("--block", options->block, "runtime, battery, meter, device_info, ...; without a request");
  command->add_option("--device-info", options->device_info,
                      "The unit's device-info answer: leaves out what its model does not have");
  line.on_call(command, [&line, options] { return decode(*options, line.streams); });
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CommandLine line;
  line.root.require_subcommand(1);
  line.root.get_formatter()->column_width(34);
  line.root.footer(
      "Try `gridpilot demo` first: a simulated house, the page on http://127.0.0.1:8080.\n"
      "`gridpilot COMMAND --help` explains each command.");
  add_plan(line);
  add_decode(line);
  add_version(line);
  try {
    line.root.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    const int code = line.root.exit(wrong, line.streams.out, line.streams.notices);
    return code == 0 ? 0 : static_cast<int>(ExitCode::bad_input);
  }
  line.streams.out.flush();
  return static_cast<int>(line.exit_code);
}

}  // namespace gridpilot::app
