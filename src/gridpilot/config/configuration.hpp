#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/config/price_settings.hpp"
#include "gridpilot/config/problems.hpp"
#include "gridpilot/config/values.hpp"
#include "gridpilot/config/weather_settings.hpp"
#include "gridpilot/core/time.hpp"
#include "gridpilot/domain/battery_profile.hpp"
#include "gridpilot/domain/command.hpp"
#include "gridpilot/domain/site.hpp"
#include "gridpilot/tariff/catalogue.hpp"

namespace gridpilot::config {

// docs/configuration.md explains every key. Each field's initial value is the key's default.

enum class InverterFamily { automatic, et, dt, es };
[[nodiscard]] std::string_view name_of(InverterFamily family) noexcept;  ///< "auto", "ET"
enum class InverterTransport { udp, tcp };
[[nodiscard]] std::string_view name_of(InverterTransport transport) noexcept;
/// How a DT counts its export limit; models differ, and a wrong guess stops production.
enum class ExportLimitUnit { unknown, watts, percent };
[[nodiscard]] std::string_view name_of(ExportLimitUnit unit) noexcept;

struct InverterSettings {
  InverterFamily family = InverterFamily::automatic;
  std::string address;                                           ///< numeric or a host name
  InverterTransport transport = InverterTransport::udp;          ///< tcp where only port 502 is given
  std::uint16_t port = 8899;                                     ///< 502 where only tcp is given
  std::uint8_t unit = 0;                                         ///< Modbus address; 0: the family's own
  std::uint16_t longest_read = 125;                              ///< registers in one request
  ExportLimitUnit export_limit_unit = ExportLimitUnit::unknown;  ///< of DT units
  Milliseconds timeout{1000};
  int retries = 3;
  Milliseconds pacing{200};  ///< least time between two requests
};

struct TariffSettings {
  std::string contract;  ///< "tauron-g12w" or "tauron-g12w-2026"; empty where none is given
  tariff::EnergyChoice energy = tariff::MarketEnergy{};
  tariff::ExportChoice feed_in = tariff::RceExportChoice{};
  std::vector<std::filesystem::path> contract_files;  ///< the owner's own files or folders, after the embedded ones
};

struct ControlSettings {
  ControlMode mode = ControlMode::observe;
  Seconds cycle{20};
  int write_budget = 200;  ///< register writes a day
  bool require_synchronised_clock = true;
};

enum class LogLevel { error, warning, info, debug };
enum class LogFormat { text, json };
[[nodiscard]] std::string_view name_of(LogLevel level) noexcept;
[[nodiscard]] std::string_view name_of(LogFormat format) noexcept;

struct LogSettings {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
};

struct Configuration {
  Site site;
  std::string time_zone = "Europe/Warsaw";
  Battery battery;
  const BatteryProfile* battery_profile = nullptr;  ///< of domain/battery_profile.hpp; null: nothing may be forced
  InverterSettings inverter;
  TariffSettings tariff;
  PriceSettings prices;
  WeatherSettings weather;
  CacheSettings cache;
  ControlSettings control;
  Endpoint api{.address = "127.0.0.1", .port = 8080};
  std::filesystem::path data_folder;  ///< empty: the default of os/folders.hpp
  LogSettings log;
};

/// What a configuration is read for: running needs the inverter's address, the battery's capacity and the contract;
/// planning from files needs nothing.
enum class Purpose { run, plan };

/// A configuration and what is wrong with it; it may be used only where `problems` is empty.
struct Loaded {
  Configuration configuration;
  tariff::Catalogue catalogue;  ///< embedded contracts and the owner's
  std::vector<Problem> problems;
};

/// Reads and checks a text. Strict: unknown keys, missing units, words that are not allowed, values out of range and
/// contracts that do not exist are problems, all of them collected. `file` is the name that problems carry; relative
/// paths in it are taken from its folder.
[[nodiscard]] Loaded parse_configuration(std::string_view text, const std::string& file, Purpose purpose);
/// The same with contracts that are loaded already instead of the embedded ones.
[[nodiscard]] Loaded parse_configuration(std::string_view text, const std::string& file, Purpose purpose,
                                         tariff::Catalogue shipped);
/// The same from a file; one that cannot be read is a problem.
[[nodiscard]] Loaded load_configuration(const std::filesystem::path& file, Purpose purpose);

/// The home's contracts over time.
[[nodiscard]] Result<tariff::ContractBook> contracts_of(const Configuration& configuration,
                                                        const tariff::Catalogue& catalogue);

/// What a command line says of the inverter; empty or 0: nothing.
struct InverterOverride {
  std::string address;  ///< "192.168.1.40" or "192.168.1.40:502"
  std::string family;
  std::string transport;
  int unit = 0;
};
/// Puts it over the settings. bad_input naming the option and what is allowed.
[[nodiscard]] Result<void> override_inverter(const InverterOverride& given, InverterSettings& settings);

/// What is allowed, but perhaps not meant: a sentence each.
[[nodiscard]] std::vector<std::string> warnings_of(const Configuration& configuration);

/// Every key with the value in effect, as a configuration that reads back the same; user and password in addresses
/// are masked.
[[nodiscard]] std::string effective_text(const Configuration& configuration);

}  // namespace gridpilot::config
