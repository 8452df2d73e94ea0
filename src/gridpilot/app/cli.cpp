#include "gridpilot/app/cli.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "gridpilot/app/cli_forecast.hpp"
#include "gridpilot/app/cli_inverter.hpp"
#include "gridpilot/app/commands/check_config.hpp"
#include "gridpilot/app/commands/decode.hpp"
#include "gridpilot/app/commands/demo.hpp"
#include "gridpilot/app/commands/emulate_goodwe.hpp"
#include "gridpilot/app/commands/emulate_market.hpp"
#include "gridpilot/app/commands/exit_code.hpp"
#include "gridpilot/app/commands/fetch.hpp"
#include "gridpilot/app/commands/plan_prices.hpp"
#include "gridpilot/app/commands/plan_problem.hpp"
#include "gridpilot/app/commands/run.hpp"
#include "gridpilot/app/commands/status.hpp"
#include "gridpilot/app/commands/tariff.hpp"
#include "gridpilot/app/version.hpp"
#include "gridpilot/core/text.hpp"

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
    command->callback([this, run = std::move(run)] { exit_code = run(); });
  }
};

void add_version(CommandLine& line) {
  line.on_call(line.root.add_subcommand("version", "Print the version and what it was built with"),
               [&line] { return print_version(line.streams); });
}

/// An option that takes a file of the owner's.
void add_configuration(CLI::App* command, std::optional<std::filesystem::path>& configuration,
                       const std::string& what) {
  command->add_option("--config", configuration, what)->type_name("FILE");
}

void add_run(CommandLine& line) {
  CLI::App* const command = line.root.add_subcommand("run", "Run the daemon until it is told to stop");
  const auto options = std::make_shared<RunOptions>();
  command->add_option("--config", options->config, "Configuration; /etc/gridpilot/gridpilot.yaml unless given")
      ->type_name("FILE");
  command->add_option("--data", options->data, "State folder; /var/lib/gridpilot unless given")->type_name("DIR");
  line.on_call(command, [&line, options] { return run_daemon(*options, line.streams); });
}

void add_fetch(CommandLine& line) {
  CLI::App* const command =
      line.root.add_subcommand("fetch", "Show what a source of weather or prices answers now, as a table");
  const auto options = std::make_shared<FetchOptions>();
  command->add_option("source", options->source, "Such as open-meteo, imgw, pse, entsoe")->required();
  command->add_option("--date", options->date, "Local day, like 2026-11-25; today unless given");
  add_configuration(command, options->configuration, "Configuration with the home and the sources' settings");
  command->add_option("--url", options->url, "Ask there instead")->type_name("URL");
  command->add_option("--station", options->station, "Of imgw: krakow");
  command->add_option("--site", options->sites, "Of solcast: resource id of a rooftop site");
  command->add_option("--zone", options->zone, "Of prices: bidding zone, like PL");
  command->add_option("--series", options->series, "Of prices: sdac_15min, rce_15min, …; all unless given");
  command->add_option("--currency", options->currency, "That prices are shown in; PLN unless given");
  command->add_option("--key-file", options->key_file, "File with the access key in its first line")->type_name("FILE");
  command->add_flag("--json", options->as_json, "One JSON document a line");
  line.on_call(command, [&line, options] { return fetch_source(*options, line.streams); });
}

void add_demo(CommandLine& line) {
  CLI::App* const command =
      line.root.add_subcommand("demo", "Try everything on a simulated house, with the page in your browser");
  const auto options = std::make_shared<DemoOptions>();
  command->add_option("--speed", options->speed, "Simulated seconds per second (60)");
  command->add_option("--port", options->port, "Port of the page on 127.0.0.1 (8080)");
  command->add_option("--history-days", options->history_days, "Days the house lives through first, at full speed (2)");
  command->add_option("--start", options->start, "The time it takes for the present, like 2026-06-20T08:00:00+02:00");
  command->add_option("--data", options->data, "Folder the demo keeps its record in, and goes on from")
      ->type_name("DIR");
  line.on_call(command, [&line, options] { return run_demo(*options, line.streams); });
}

void add_plan(CommandLine& line) {
  CLI::App* const plan = line.root.add_subcommand("plan", "Work out the cheapest plan exactly");
  plan->footer(
      "A day from real prices: gridpilot plan --prices prices.csv.gz --date 2025-10-26 --tariff tauron-g12w\n"
      "Problems as files:      gridpilot plan --problem one.json two.json");
  const auto problems = std::make_shared<PlanProblemOptions>();
  const auto day = std::make_shared<PlanPricesOptions>();
  CLI::Option* const files =
      plan->add_option("--problem", problems->files,
                       "Files with one planning problem each (docs/planner.md); answered one a line, in this order")
          ->type_name("FILE...");
  CLI::Option* const prices =
      plan->add_option("--prices", day->prices, "Market prices as CSV, plain or gzip (docs/tariffs.md)")
          ->type_name("FILE")
          ->excludes(files);
  plan->add_option("--date", day->date, "The local day to plan, like 2025-10-26")->needs(prices);
  plan->add_option("--tariff", day->tariff, "The contract, like tauron-g12w (`gridpilot tariff list`)")->needs(prices);
  plan->add_option("--price-column", day->price_column, "The column of prices; needed where there are several")
      ->needs(prices);
  CLI::Option* const rate = plan->add_option("--eur-pln", day->eur_rate, "Price of one EUR in PLN, for prices in EUR")
                                ->type_name("NUMBER")
                                ->needs(prices);
  plan->add_option("--fx", day->fixings, "CSV with `date` and `eur_pln...`: takes the day's fixing")
      ->type_name("FILE")
      ->needs(prices)
      ->excludes(rate);
  plan->add_option("--zone", day->start_zone, "Time zone of a `start_local` column, like Europe/Warsaw")->needs(prices);
  plan->add_option("--soc", day->initial_soc_percent, "State of charge when the day begins, in percent")
      ->capture_default_str()
      ->needs(prices);
  add_configuration(plan, day->configuration,
                    "The home to plan for; without it a common one, described above the table");
  plan->add_flag("--json", day->as_json, "One JSON document instead of a table")->needs(prices);
  line.on_call(plan, [&line, problems, day, prices, files] {
    if (*prices) return plan_prices(*day, line.streams);
    if (*files) return plan_problems(*problems, line.streams);
    line.streams.notices << "plan: give either --prices FILE or --problem FILE...\n";
    return ExitCode::bad_input;
  });
}

void add_tariff(CommandLine& line) {
  CLI::App* const tariff = line.root.add_subcommand("tariff", "List, show and price contracts");
  tariff->require_subcommand(1);
  const std::string own = "A configuration whose contract files and terms count too";

  CLI::App* const list = tariff->add_subcommand("list", "Name every contract there is data for, one a line");
  const auto listed = std::make_shared<TariffListOptions>();
  list->add_flag("--json", listed->as_json, "One JSON document a contract");
  add_configuration(list, listed->configuration, own);
  line.on_call(list, [&line, listed] { return list_tariffs(*listed, line.streams); });

  CLI::App* const show = tariff->add_subcommand("show", "Show a day's quarters with zone and rates");
  const auto shown = std::make_shared<TariffShowOptions>();
  show->add_option("NAME", shown->name, "operator-group or operator-group-validity, like tauron-g12w")->required();
  show->add_option("--date", shown->date, "The local day, like 2026-05-04; today without it");
  show->add_flag("--json", shown->as_json, "One JSON document instead of a table");
  add_configuration(show, shown->configuration, own);
  line.on_call(show, [&line, shown] { return show_tariff(*shown, line.streams); });

  CLI::App* const price = tariff->add_subcommand("price", "Take one import and export price apart, as JSON");
  const auto priced = std::make_shared<TariffPriceOptions>();
  price->add_option("--tariff", priced->name, "operator-group or operator-group-validity")->required();
  price->add_option("--at", priced->at, "The instant, like 2026-05-04T12:00+02:00")->required();
  price->add_option("--market", priced->market, "The market price: net, PLN per MWh")->required();
  price->add_option("--kompas", priced->grid_signal, "PSE's signal of the hour, 0 to 3, for zones that follow it");
  add_configuration(price, priced->configuration, own);
  line.on_call(price, [&line, priced] { return price_tariff(*priced, line.streams); });
}

void add_check_config(CommandLine& line) {
  CLI::App* const check =
      line.root.add_subcommand("check-config", "Check a configuration and print it with every default");
  const auto options = std::make_shared<CheckConfigOptions>();
  check->add_option("FILE", options->file, "The configuration (docs/configuration.md)")->required();
  line.on_call(check, [&line, options] { return check_configuration(*options, line.streams); });
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

void add_emulate_goodwe(CommandLine& line, CLI::App* emulate) {
  CLI::App* const command = emulate->add_subcommand("goodwe", "A GoodWe inverter with a simulated house behind it");
  const auto options = std::make_shared<EmulateGoodweOptions>();
  command->add_option("--family", options->family, "ET, DT or ES")->capture_default_str();
  command->add_option("--profile", options->profile,
                      "The firmware: et-v1, et-v2, et-745; dt, dt-1ph; es, es-v1, es-old. Usual: et-v2, dt, es");
  command->add_option("--transport", options->transport, "udp or tcp")->capture_default_str();
  command->add_option("--count", options->count, "So many inverters, on consecutive ports")->capture_default_str();
  command->add_option("--listen", options->listen, "Where to answer, ADDRESS:PORT")->capture_default_str();
  command->add_option("--serial", options->serial, "16 characters; one that fits profile and rating if not given");
  command->add_option("--speed", options->speed, "How many times faster than real time its clock runs")
      ->capture_default_str();
  command->add_option("--start", options->start, "The time its clock begins at, like 2026-04-10T12:00:00+02:00");
  command->add_option("--seed", options->seed, "Of house, weather and faults")->capture_default_str();
  command->add_option("--fault", options->faults, "What goes wrong, like loss=0.2,duplicate=0.1");
  command->add_option("--control", options->control, "Unix socket that takes a JSON object a line")->type_name("PATH");
  command->add_option("--soc", options->initial_soc_percent, "State of charge at the beginning, in percent")
      ->capture_default_str();
  command->add_option("--rating", options->rating_kw, "Of the inverter, in kW; 10 if not given, of an ES 5");
  command->add_option("--capacity", options->capacity_kwh, "Of the battery, in kWh; 0: none")->capture_default_str();
  command->add_option("--peak", options->peak_kw, "Of the PV modules, in kW")->capture_default_str();
  command->add_option("--annual", options->annual_kwh, "Consumption of the house, in kWh a year")
      ->capture_default_str();
  command->add_option("--zone", options->time_zone, "Time zone of the house")->capture_default_str();
  line.on_call(command, [&line, options] { return emulate_goodwe(*options, line.streams); });
}

void add_emulate(CommandLine& line) {
  CLI::App* const emulate =
      line.root.add_subcommand("emulate", "Stand in for an inverter or for the market, for trying and testing");
  emulate->require_subcommand(1);
  add_emulate_goodwe(line, emulate);
  CLI::App* const market = emulate->add_subcommand("market", "PSE's price documents over HTTP");
  const auto options = std::make_shared<EmulateMarketOptions>();
  market->add_option("--listen", options->listen, "Where to answer, ADDRESS:PORT")->capture_default_str();
  market->add_option("--prices", options->prices, "Recorded prices as CSV, plain or gzip; generated if not given")
      ->type_name("FILE");
  market->add_option("--speed", options->speed, "How many times faster than real time its clock runs")
      ->capture_default_str();
  market->add_option("--start", options->start, "The time its clock begins at, like 2026-04-10T12:00:00+02:00");
  market->add_option("--seed", options->seed, "Of the generated prices")->capture_default_str();
  market->add_option("--fault", options->faults, "What goes wrong, like latency_ms=300,torn=1");
  line.on_call(market, [&line, options] { return emulate_market(*options, line.streams); });
}

void add_status(CommandLine& line) {
  CLI::App* const status = line.root.add_subcommand("status", "Ask the running daemon how things are");
  status->footer("Exit code: 0 all is well, 3 degraded (reasons are shown), 4 not running.");
  const auto options = std::make_shared<StatusOptions>();
  CLI::Option* const url =
      status->add_option("--url", options->url, "Where it listens, like http://127.0.0.1:8080")->type_name("URL");
  status->add_flag("--json", options->as_json, "The API's document instead of a table (docs/api.md)");
  status->add_option("--config", options->configuration, "The configuration whose daemon is asked")
      ->type_name("FILE")
      ->excludes(url);
  line.on_call(status, [&line, options] { return print_status(*options, line.streams); });
}

/// A sub-command and the words behind its name.
struct Named {
  const CLI::App* command;
  std::string path;  ///< "tariff price "
  std::span<char* const> rest;
};

/// As deep as the words name one.
Named named_command(const CLI::App& root, std::span<char* const> words) {
  Named named{.command = &root, .path = {}, .rest = words};
  while (!named.rest.empty()) {
    const std::string_view word = named.rest.front();
    const auto nested = named.command->get_subcommands([word](const CLI::App* app) { return app->get_name() == word; });
    if (nested.empty()) break;
    named = {.command = nested.front(), .path = named.path + std::string(word) + " ", .rest = named.rest.subspan(1)};
  }
  return named;
}

std::string unknown(std::string_view kind, std::string_view word, const std::vector<std::string>& names) {
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string_view near = nearest(word, known);
  return "unknown " + std::string(kind) + " '" + std::string(word) + "'" +
         (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?") + " Known: " + joined(known);
}

/// The first word that is no name of a command or option; empty where all are known and something else is wrong.
std::string unknown_word(const Named& named) {
  std::vector<std::string> commands;
  for (const CLI::App* nested : named.command->get_subcommands([](const CLI::App*) { return true; }))
    commands.push_back(nested->get_name());
  if (!commands.empty() && !named.rest.empty() && !std::string_view(named.rest.front()).starts_with('-'))
    return unknown("command", named.rest.front(), commands);
  std::vector<std::string> options;
  for (const CLI::Option* option : named.command->get_options())
    for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
  for (const std::string_view word : named.rest) {
    const std::string_view name = word.substr(0, word.find('='));
    if (name.starts_with("--") && std::ranges::find(options, name) == options.end())
      return unknown("option", name, options);
  }
  return {};
}

/// Says what is wrong with the words, and how to learn more.
ExitCode refuse(CommandLine& line, const CLI::ParseError& wrong, std::span<char* const> words) {
  const Named named = named_command(line.root, words);
  const std::string reason = unknown_word(named);
  line.streams.notices << "gridpilot: " << (reason.empty() ? wrong.what() : reason) << "\nTry `gridpilot " << named.path
                       << "--help`.\n";
  return ExitCode::bad_input;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CommandLine line;
  line.root.require_subcommand(1);
  line.root.get_formatter()->column_width(34);
  line.root.footer(
      "Try `gridpilot demo` first: a simulated house, the page on http://127.0.0.1:8080.\n"
      "`gridpilot COMMAND --help` explains each command.");
  add_fetch(line);
  add_demo(line);
  add_run(line);
  add_plan(line);
  add_tariff(line);
  add_check_config(line);
  add_decode(line);
  add_inverter_commands(line.root, line.streams, line.exit_code);
  add_forecast_commands(line.root, line.streams, line.exit_code);
  add_emulate(line);
  add_status(line);
  add_version(line);
  try {
    line.root.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    if (wrong.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
      return line.root.exit(wrong, line.streams.out, line.streams.notices);  // --help
    return static_cast<int>(refuse(line, wrong, {argv + 1, argv + argc}));
  }
  line.streams.out.flush();
  return static_cast<int>(line.exit_code);
}

}  // namespace gridpilot::app
