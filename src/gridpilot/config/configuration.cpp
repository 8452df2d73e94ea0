#include "gridpilot/config/configuration.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "gridpilot/config/contract_files.hpp"
#include "gridpilot/config/section.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/text.hpp"
#include "gridpilot/os/file.hpp"

namespace gridpilot::config {
namespace {

constexpr std::uint16_t modbus_tcp_port = 502;

constexpr std::size_t largest_configuration = std::size_t{1024} * 1024;
constexpr std::size_t most_planes = 16;

/// A reader of one kind of value within a range.
template <class T>
auto within(Result<T> (*parse)(std::string_view), T least, T most, std::string_view range) {
  return [=](std::string_view text) { return between(parse(text), least, most, range); };
}

Result<double> efficiency(std::string_view text) {
  const auto value = between(parse_percent(text), 1.0, 100.0, "1 % to 100 %");
  if (!value) return value.failed();
  return *value / 100.0;
}

Result<Soc> state_of_charge(std::string_view text) {
  const auto value = between(parse_percent(text), 0.0, 100.0, "0 % to 100 %");
  if (!value) return value.failed();
  return percent(*value);
}

template <class Number>
auto whole(std::int64_t least, std::int64_t most, std::string_view range) {
  return [=](std::string_view text) -> Result<Number> {
    const auto value = between(parse_plain_integer(text), least, most, range);
    if (!value) return value.failed();
    return static_cast<Number>(*value);
  };
}

template <class Duration>
auto duration(Milliseconds least, Milliseconds most, std::string_view range) {
  return [=](std::string_view text) -> Result<Duration> {
    const auto value = between(parse_duration(text), least, most, range);
    if (!value) return value.failed();
    if (*value % Duration(1) != Milliseconds(0))
      return failure(ErrorCode::bad_input, "is finer than is kept here; allowed: " + std::string(range));
    return std::chrono::duration_cast<Duration>(*value);
  };
}

Result<double> price(std::string_view text) {
  return between(parse_price_per_kwh(text), -100.0, 100.0, "-100 to 100 PLN/kWh");
}
Result<NetPrice> net_price(std::string_view text) {
  const auto value = price(text);
  if (!value) return value.failed();
  return NetPrice::from_per_kwh(*value);
}
Result<GrossPrice> gross_price(std::string_view text) {
  const auto value = price(text);
  if (!value) return value.failed();
  return GrossPrice::from_per_kwh(*value);
}
Result<ValuePerEnergy> wear_price(std::string_view text) {
  const auto value = between(parse_price_per_kwh(text), 0.0, 100.0, "0 to 100 PLN/kWh");
  if (!value) return value.failed();
  return per_kilowatt_hour(*value);
}

using namespace std::chrono_literals;

/// Reads one configuration, section by section.
class ConfigurationReader {
 public:
  ConfigurationReader(std::string file, Purpose purpose, std::vector<Problem>& problems)
      : file_(std::move(file)), purpose_(purpose), problems_(problems) {}

  Configuration read(const YamlNode& root) {
    Section top(&root, "", file_, problems_);
    read_site(top.section("site"));
    read_pv(top);
    read_battery(top.section("battery"));
    read_inverter(top.section("inverter"));
    const PlaceOf place_of = [this](const std::string& written) { return beside_file(written); };
    result_.prices = read_prices(top.section("prices"), place_of);
    read_tariff(top.section("tariff"));
    result_.weather = read_weather(top.section("weather"), place_of, place_is_told_);
    result_.cache = read_cache(top.section("cache"), place_of);
    read_control(top);
    read_api(top.section("api"));
    read_log(top.section("log"));
    std::string folder;
    if (top.read("data", folder, parse_text)) result_.data_folder = beside_file(folder);
    top.finish();
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::filesystem::path beside_file(const std::string& path) const {
    const std::filesystem::path given(path);
    return given.is_absolute() ? given : std::filesystem::path(file_).parent_path() / given;
  }

  void read_site(Section section) {
    Site& site = result_.site;
    section.read("name", site.name, parse_text);
    const bool has_latitude = section.read("latitude", site.latitude_degrees,
                                           within(parse_degrees, -90.0, 90.0, "-90 to 90 degrees, north positive"));
    const bool has_longitude = section.read("longitude", site.longitude_degrees,
                                            within(parse_degrees, -180.0, 180.0, "-180 to 180 degrees, east positive"));
    place_is_told_ = has_latitude && has_longitude;
    section.read("annual_consumption", site.annual_consumption,
                 within(parse_energy, kilowatt_hours(1), kilowatt_hours(1'000'000), "1 kWh to 1000 MWh"));
    const auto power = within(parse_power, watts(0), kilowatts(1000), "0 W to 1000 kW");
    section.read("inverter_rating", site.inverter_rating,
                 within(parse_power, watts(100), kilowatts(1000), "100 W to 1000 kW"));
    section.read("import_limit", site.import_limit, power);
    section.read("export_limit", site.export_limit, power);
    section.read("grid_charging", site.grid_charging, parse_yes_no);
    section.read("battery_export", site.battery_export, parse_yes_no);
    section.read("curtailment", site.curtailment, parse_yes_no);
    Current fuse;
    if (section.read("fuse", fuse, within(parse_current, amperes(6), amperes(250), "6 A to 250 A"))) site.fuse = fuse;
    if (section.read("time_zone", result_.time_zone, parse_text))
      if (const auto zone = TimeZone::load(result_.time_zone); !zone) section.report("time_zone", zone.error().message);
    section.finish();
  }

  void read_pv(Section& top) {
    const auto items = top.list("pv");
    if (items.size() > most_planes) top.report("pv", "has more than 16 planes");
    for (std::size_t i = 0; i < items.size() && i < most_planes; ++i) {
      Section item(items[i], "pv[" + std::to_string(i) + "]", file_, problems_);
      PvPlane plane;
      item.require("peak", plane.peak, within(parse_power, watts(1), kilowatts(1000), "1 W to 1000 kW"));
      item.read("tilt", plane.tilt_degrees, within(parse_degrees, 0.0, 90.0, "0 (flat) to 90 (upright)"));
      item.read("azimuth", plane.azimuth_degrees,
                within(parse_degrees, 0.0, 360.0, "0 to 360: north 0, east 90, south 180, west 270"));
      item.finish();
      result_.site.planes.push_back(plane);
    }
  }

  void read_battery(Section section) {
    Battery& battery = result_.battery;
    const auto capacity = within(parse_energy, watt_hours(100), kilowatt_hours(10'000), "100 Wh to 10 MWh");
    if (purpose_ == Purpose::run && !section.has("capacity")) section.report_missing("capacity");
    section.read("capacity", battery.capacity, capacity);
    read_battery_profile(section);
    section.read("reserve", battery.reserve, state_of_charge);
    const auto power = within(parse_power, watts(0), kilowatts(1000), "0 W to 1000 kW");
    section.read("max_charge", battery.max_charge, power);
    section.read("max_discharge", battery.max_discharge, power);
    section.read("charge_efficiency", battery.charge_efficiency, efficiency);
    section.read("discharge_efficiency", battery.discharge_efficiency, efficiency);
    section.read("wear", battery.wear, wear_price);
    section.finish();
  }

  void read_battery_profile(Section& section) {
    std::vector<std::string_view> names;
    for (const BatteryProfile& profile : battery_profiles()) names.push_back(profile.name);
    if (const auto profile = section.choice("profile", names)) result_.battery_profile = &battery_profiles()[*profile];
  }

  void read_inverter(Section section) {
    InverterSettings& inverter = result_.inverter;
    static constexpr std::string_view families[] = {"auto", "ET", "DT", "ES"};
    static constexpr std::string_view transports[] = {"udp", "tcp"};
    static constexpr std::string_view units[] = {"unknown", "W", "percent"};
    if (const auto family = section.choice("family", families)) inverter.family = static_cast<InverterFamily>(*family);
    if (purpose_ == Purpose::run && !section.has("address")) section.report_missing("address");
    section.read("address", inverter.address, host);
    const auto transport = section.choice("transport", transports);
    const bool has_port = section.has("port");
    section.read("port", inverter.port, whole<std::uint16_t>(1, 65535, "1 to 65535"));
    // Each tells the other where that is left out.
    if (transport)
      inverter.transport = static_cast<InverterTransport>(*transport);
    else if (has_port && inverter.port == modbus_tcp_port)
      inverter.transport = InverterTransport::tcp;
    if (!has_port && inverter.transport == InverterTransport::tcp) inverter.port = modbus_tcp_port;
    section.read("unit", inverter.unit, whole<std::uint8_t>(1, 247, "1 to 247"));
    section.read("longest_read", inverter.longest_read, whole<std::uint16_t>(8, 125, "8 to 125"));
    if (const auto unit = section.choice("export_limit_unit", units))
      inverter.export_limit_unit = static_cast<ExportLimitUnit>(*unit);
    section.read("timeout", inverter.timeout, duration<Milliseconds>(100ms, 10s, "100 ms to 10 s"));
    section.read("retries", inverter.retries, whole<int>(0, 10, "0 to 10"));
    section.read("pacing", inverter.pacing, duration<Milliseconds>(0ms, 10s, "0 s to 10 s"));
    section.finish();
  }

  static Result<std::string> host(std::string_view text) {
    auto value = parse_text(text);
    if (value && value->find_first_of(" /") != std::string::npos)
      return failure(ErrorCode::bad_input, "'" + *value + "' is not an address; write it like '192.168.1.5'");
    return value;
  }

  void read_tariff(Section section) {
    TariffSettings& tariff = result_.tariff;
    if (purpose_ == Purpose::run && !section.has("contract")) section.report_missing("contract");
    section.read("contract", tariff.contract, parse_text);
    for (const std::string& path : section.texts("contract_files")) tariff.contract_files.push_back(beside_file(path));
    read_energy(section.section("energy"));
    read_export(section.section("export"));
    section.finish();
  }

  void read_energy(Section section) {
    static constexpr std::string_view kinds[] = {"market", "fixed"};
    const auto kind = section.choice("kind", kinds);
    if (section.given() && !section.has("kind")) section.report_missing("kind");
    if (kind == 1) {
      Section rates = section.section("rates");
      tariff::OwnRates own;
      for (const YamlNode::Entry* entry : rates.all_entries()) {
        GrossPrice rate;
        if (rates.read(entry->key, rate, gross_price)) own.rate_of_zone.emplace_back(entry->key, rate);
      }
      result_.tariff.energy = rates.given() ? tariff::EnergyChoice(std::move(own)) : tariff::DefaultSellerRates{};
    } else {
      tariff::MarketEnergy market;
      std::array<std::string_view, tariff::all_market_indices.size()> indices{};
      for (std::size_t i = 0; i < indices.size(); ++i) indices[i] = name_of(tariff::all_market_indices[i]);
      if (const auto index = section.choice("index", indices)) market.index = tariff::all_market_indices[*index];
      check_source(section, "index", name_of(market.index), series_of(market.index));
      section.read("factor", market.factor, within(parse_factor, Ratio{0}, Ratio{10'000'000}, "0 to 10"));
      section.read("margin", market.margin, net_price);
      NetPrice floor;
      if (section.read("floor", floor, net_price)) market.floor = floor;
      result_.tariff.energy = market;
    }
    section.finish();
  }

  /// A running gridpilot must be able to know the price that a contract rests on.
  void check_source(Section& section, std::string_view key, std::string_view what, std::optional<PriceSeries> series) {
    if (purpose_ != Purpose::run || (series && result_.prices.has(*series))) return;
    std::string reason = "no source publishes " + std::string(what);
    if (!series) return section.report(key, reason + " to a running gridpilot; it is for price files");
    std::vector<std::string_view> kinds;
    for (const codec::PriceKind& kind : codec::price_kinds())
      if (std::ranges::find(kind.series, *series) != kind.series.end()) kinds.push_back(kind.name);
    section.report(key, reason + " here; sources that can: " + joined(kinds) + " (prices.sources)");
  }

  void read_export(Section section) {
    static constexpr std::string_view kinds[] = {"rce", "fixed"};
    if (const auto kind = section.choice("kind", kinds); kind == 1) {
      tariff::FixedExport fixed;
      section.require("rate", fixed.rate, gross_price);
      result_.tariff.feed_in = fixed;
    } else {
      tariff::RceExportChoice rce;
      static constexpr std::string_view rules[] = {"zero_negative_quarters", "zero_after_mean"};
      if (const auto rule = section.choice("rce_hour_rule", rules)) rce.rule = static_cast<tariff::RceHourRule>(*rule);
      Ratio value;
      if (section.read("factor", value, within(parse_factor, Ratio{0}, Ratio{10'000'000}, "0 to 10")))
        rce.factor = value;
      if (section.read("value_share", value, within(parse_factor, Ratio{0}, Ratio{1'000'000}, "0 % to 100 %")))
        rce.value_share = value;
      if (!result_.prices.sources.empty())
        check_source(section, "kind", "rce_15min, which the export is credited at,", PriceSeries::rce_15min);
      result_.tariff.feed_in = rce;
    }
    section.finish();
  }

  void read_control(Section& top) {
    ControlSettings& control = result_.control;
    static constexpr std::string_view modes[] = {"observe", "active"};
    if (const auto mode = top.choice("control", modes))
      control.mode = *mode == 1 ? ControlMode::active : ControlMode::observe;
    top.read("cycle", control.cycle, duration<Seconds>(5s, 5min, "5 s to 5 min, whole seconds"));
    top.read("write_budget", control.write_budget, whole<int>(0, 5000, "0 to 5000 a day"));
    top.read("require_synchronised_clock", control.require_synchronised_clock, parse_yes_no);
  }

  void read_api(Section section) {
    section.read("listen", result_.api, [](std::string_view text) -> Result<Endpoint> {
      auto endpoint = parse_endpoint(text);
      if (endpoint && endpoint->address != "127.0.0.1" && endpoint->address != "::1")
        return failure(
            ErrorCode::bad_input,
            "the API has no password, so it answers on this machine only; allowed: 127.0.0.1:PORT, [::1]:PORT");
      return endpoint;
    });
    section.finish();
  }

  void read_log(Section section) {
    static constexpr std::string_view levels[] = {"error", "warning", "info", "debug"};
    static constexpr std::string_view formats[] = {"text", "json"};
    if (const auto level = section.choice("level", levels)) result_.log.level = static_cast<LogLevel>(*level);
    if (const auto format = section.choice("format", formats)) result_.log.format = static_cast<LogFormat>(*format);
    section.finish();
  }

  std::string file_;
  Purpose purpose_;
  std::vector<Problem>& problems_;
  Configuration result_;
  bool place_is_told_ = false;  ///< the site's coordinates stand in the file
};

}  // namespace

std::string_view name_of(InverterFamily family) noexcept {
  switch (family) {
    case InverterFamily::automatic: return "auto";
    case InverterFamily::et: return "ET";
    case InverterFamily::dt: return "DT";
    case InverterFamily::es: return "ES";
  }
  return "";
}

std::string_view name_of(InverterTransport transport) noexcept {
  return transport == InverterTransport::udp ? "udp" : "tcp";
}

std::string_view name_of(ExportLimitUnit unit) noexcept {
  switch (unit) {
    case ExportLimitUnit::unknown: return "unknown";
    case ExportLimitUnit::watts: return "W";
    case ExportLimitUnit::percent: return "percent";
  }
  return "";
}

Result<void> override_inverter(const InverterOverride& given, InverterSettings& settings) {
  const auto refused = [](std::string_view option, const std::string& value, std::string_view allowed) {
    return failure(ErrorCode::bad_input, std::string(option) + " '" + value + "': allowed: " + std::string(allowed));
  };
  if (!given.family.empty()) {
    const auto all = {InverterFamily::automatic, InverterFamily::et, InverterFamily::dt, InverterFamily::es};
    const auto* const found =
        std::ranges::find_if(all, [&given](InverterFamily family) { return name_of(family) == given.family; });
    if (found == all.end()) return refused("--family", given.family, "auto, ET, DT, ES");
    settings.family = *found;
  }
  if (!given.transport.empty()) {
    if (given.transport != "udp" && given.transport != "tcp")
      return refused("--transport", given.transport, "udp, tcp");
    settings.transport = given.transport == "tcp" ? InverterTransport::tcp : InverterTransport::udp;
    settings.port = settings.transport == InverterTransport::tcp ? modbus_tcp_port : InverterSettings{}.port;
  }
  if (given.unit < 0 || given.unit > 247) return refused("--unit", std::to_string(given.unit), "1 to 247");
  if (given.unit > 0) settings.unit = static_cast<std::uint8_t>(given.unit);
  if (given.address.empty()) return {};
  if (!given.address.contains(':')) {
    settings.address = given.address;
    return {};
  }
  const Result<Endpoint> endpoint = parse_endpoint(given.address);
  if (!endpoint) return std::unexpected(Error(endpoint.error()).in("--address"));
  settings.address = endpoint->address;
  settings.port = endpoint->port;
  if (given.transport.empty() && endpoint->port == modbus_tcp_port) settings.transport = InverterTransport::tcp;
  return {};
}

std::string_view name_of(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::error: return "error";
    case LogLevel::warning: return "warning";
    case LogLevel::info: return "info";
    case LogLevel::debug: return "debug";
  }
  return "";
}

std::string_view name_of(LogFormat format) noexcept {
  return format == LogFormat::json ? "json" : "text";
}

namespace {

/// In the order of the file, so that its owner goes through it once.
void sort_by_line(std::vector<Problem>& problems) {
  std::sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.file, a.line, a.key) < std::tie(b.file, b.line, b.key);
  });
}

}  // namespace

Loaded parse_configuration(std::string_view text, const std::string& file, Purpose purpose) {
  return parse_configuration(text, file, purpose, shipped_catalogue());
}

Loaded parse_configuration(std::string_view text, const std::string& file, Purpose purpose, tariff::Catalogue shipped) {
  Loaded loaded;
  loaded.catalogue = std::move(shipped);
  const YamlNode root = parse_yaml(text, file, loaded.problems);
  if (!loaded.problems.empty()) return loaded;
  loaded.configuration = ConfigurationReader(file, purpose, loaded.problems).read(root);
  TariffSettings& tariff = loaded.configuration.tariff;
  add_contract_files(tariff.contract_files, loaded.catalogue, loaded.problems);
  if (tariff.contract.empty() || !loaded.problems.empty()) {
    sort_by_line(loaded.problems);
    return loaded;
  }
  if (auto book = contracts_of(loaded.configuration, loaded.catalogue); !book) {
    const YamlNode* section = root.find("tariff");
    const YamlNode* contract = section == nullptr ? nullptr : section->find("contract");
    loaded.problems.push_back({.file = file,
                               .line = contract == nullptr ? 0 : contract->line,
                               .key = "tariff.contract",
                               .reason = book.error().message,
                               .allowed = {},
                               .nearest = {}});
  }
  return loaded;
}

Loaded load_configuration(const std::filesystem::path& file, Purpose purpose) {
  const auto text = os::read_file(file, largest_configuration);
  if (text) return parse_configuration(*text, file.string(), purpose);
  Loaded loaded;
  loaded.problems.push_back(
      {.file = file.string(), .line = 0, .key = {}, .reason = text.error().message, .allowed = {}, .nearest = {}});
  return loaded;
}

Result<tariff::ContractBook> contracts_of(const Configuration& configuration, const tariff::Catalogue& catalogue) {
  const TariffSettings& tariff = configuration.tariff;
  return catalogue.contracts(tariff.contract, tariff.energy, tariff.feed_in);
}

}  // namespace gridpilot::config
