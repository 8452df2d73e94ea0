#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "gridpilot/app/commands/exit_code.hpp"

namespace gridpilot::app {

/// Which inverter a command speaks to, and how it tells what it did. Options win over the configuration.
struct InverterTarget {
  std::optional<std::filesystem::path> configuration{};  ///< absent: the default file, where there is one
  std::string address{};                                 ///< "192.168.1.40" or "192.168.1.40:8899"
  std::string family{};                                  ///< ET, DT, ES; empty: found out
  std::string transport{};                               ///< udp, tcp; empty: by port
  int unit = 0;                                          ///< Modbus address; 0: the family's own
  std::string data{};                                    ///< state folder, where the owner's settings are kept
  bool as_json = false;
};

struct InverterDiscoverOptions {
  std::string broadcast = "255.255.255.255";
  std::uint16_t port = 48899;
  bool as_json = false;
};

struct InverterReadOptions {
  InverterTarget target;
  bool watch = false;
  double interval_seconds = 5;
};

struct InverterGetOptions {
  InverterTarget target;
  std::string id;
};

enum class Consent { ask, given };

struct InverterSetOptions {
  InverterTarget target;
  std::string id;
  std::string value;
  Consent consent = Consent::ask;
};

struct InverterModeOptions {
  InverterTarget target;
  std::string action;
  std::string power{};         ///< "3 kW"; needed for charge and sell
  std::string stop_soc{};      ///< "90 %"
  std::string export_limit{};  ///< "0 W"
  std::string duration = "30 min";
  bool leave = false;  ///< ends at once and leaves the inverter so
  Consent consent = Consent::ask;
};

struct InverterRestoreOptions {
  InverterTarget target;
  Consent consent = Consent::ask;
};

struct InverterPauseOptions {
  InverterTarget target;
  std::string duration;
};

// `gridpilot inverter …`. Each: done; failed where the inverter is silent or refuses; bad_input for what is not
// allowed.
[[nodiscard]] ExitCode discover_inverters(const InverterDiscoverOptions& options, const Streams& streams);
[[nodiscard]] ExitCode show_inverter(const InverterTarget& target, const Streams& streams);
[[nodiscard]] ExitCode read_inverter(const InverterReadOptions& options, const Streams& streams);
[[nodiscard]] ExitCode list_inverter_settings(const InverterTarget& target, const Streams& streams);
[[nodiscard]] ExitCode get_inverter_setting(const InverterGetOptions& options, const Streams& streams);
[[nodiscard]] ExitCode set_inverter_setting(const InverterSetOptions& options, const Streams& streams);
[[nodiscard]] ExitCode set_inverter_mode(const InverterModeOptions& options, const Streams& streams);
[[nodiscard]] ExitCode restore_inverter(const InverterRestoreOptions& options, const Streams& streams);
[[nodiscard]] ExitCode pause_inverter(const InverterPauseOptions& options, const Streams& streams);
[[nodiscard]] ExitCode resume_inverter(const InverterTarget& target, const Streams& streams);

}  // namespace gridpilot::app
