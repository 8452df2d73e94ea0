#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

struct TariffListOptions {
  std::optional<std::filesystem::path> configuration;  ///< its own contract files count too
  bool as_json = false;
};

struct TariffShowOptions {
  std::string name;
  std::string date;  ///< local day; empty: today
  std::optional<std::filesystem::path> configuration;
  bool as_json = false;
};

struct TariffPriceOptions {
  std::string name;
  std::string at;      ///< RFC 3339
  std::string market;  ///< net, PLN per MWh
  std::optional<int> grid_signal;
  std::optional<std::filesystem::path> configuration;
};

/// `gridpilot tariff list`: one name a line.
[[nodiscard]] ExitCode list_tariffs(const TariffListOptions& options, const Streams& streams);
/// `gridpilot tariff show`: the day's quarters with zone and the prices that do not depend on the market.
[[nodiscard]] ExitCode show_tariff(const TariffShowOptions& options, const Streams& streams);
/// `gridpilot tariff price`: one JSON document with every part of the import price, and the export price.
[[nodiscard]] ExitCode price_tariff(const TariffPriceOptions& options, const Streams& streams);

}  // namespace gridpilot::app
