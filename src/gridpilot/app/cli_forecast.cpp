#include "gridpilot/app/cli_forecast.hpp"

#include <memory>

#include "gridpilot/app/commands/forecast_score.hpp"

namespace gridpilot::app {

void add_forecast_commands(CLI::App& root, const Streams& streams, ExitCode& exit_code) {
  CLI::App* const forecast = root.add_subcommand("forecast", "How good the forecasts are");
  forecast->require_subcommand(1);
  CLI::App* const score = forecast->add_subcommand(
      "score", "Hold forecasts of load, PV or prices against what came, beside three naive rivals");
  score->footer(
      "Rehearsed on a file:  gridpilot forecast score --load house.csv.gz\n"
      "From the own record:  gridpilot forecast score");
  const auto options = std::make_shared<ForecastScoreOptions>();
  CLI::Option* const load =
      score->add_option("--load", options->load, "CSV of a home's load, plain or gzip (docs/forecasting.md)");
  CLI::Option* const pv = score->add_option("--pv", options->pv, "CSV of a home's PV");
  CLI::Option* const prices = score->add_option("--prices", options->prices, "CSV of a market's prices");
  load->type_name("FILE")->excludes(pv)->excludes(prices);
  pv->type_name("FILE")->excludes(prices);
  prices->type_name("FILE");
  score->add_option("--column", options->column,
                    "The column of values, or several: pv_kwh+import_kwh-export_kwh; load_kwh, pv_kwh or the only "
                    "price if not given");
  score->add_option("--unit", options->unit,
                    "kwh, wh, kw, w, per_kwh or per_mwh, where the column's name does not end in it");
  score->add_option("--time-column", options->time_column, "start_utc, start_local or date if not given");
  score->add_option("--zone", options->zone, "Time zone of local times and days, like Europe/Warsaw");
  score->add_option("--every", options->every_minutes, "Minutes between two forecasts of load or PV")
      ->capture_default_str();
  score->add_option("--warm-up", options->warm_up_days, "Days that are learnt from but not scored")
      ->capture_default_str();
  score->add_option("--config", options->configuration, "The home: its place, its modules, its record")
      ->type_name("FILE");
  score->add_option("--data", options->data, "State folder of the own record")->type_name("DIR");
  score->add_option("--days", options->days, "How many days of the own record")->capture_default_str();
  score->add_flag("--json", options->as_json, "One JSON document instead of a table");
  score->callback([options, &streams, &exit_code] { exit_code = forecast_score(*options, streams); });
}

}  // namespace gridpilot::app
