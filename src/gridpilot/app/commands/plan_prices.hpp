#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

struct PlanPricesOptions {
  std::filesystem::path prices;  ///< CSV, plain or gzip
  std::string date;              ///< local day
  std::string tariff;            ///< empty: the configuration's
  std::string price_column;
  std::string eur_rate;  ///< price of one EUR
  std::optional<std::filesystem::path> fixings;
  std::string start_zone;  ///< of a start_local column
  std::optional<std::filesystem::path> configuration;
  double initial_soc_percent = 50.0;
  bool as_json = false;
};

/// `gridpilot plan --prices FILE --date D --tariff NAME`: the day's cheapest plan for a home with clear sky and
/// standard load, as a table of its quarters or as JSON. bad_input names the option, line or quarter; degraded where no
/// plan keeps the limits.
[[nodiscard]] ExitCode plan_prices(const PlanPricesOptions& options, const Streams& streams);

}  // namespace gridpilot::app
