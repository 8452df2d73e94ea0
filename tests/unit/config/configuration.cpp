#include "gridpilot/config/configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "gridpilot/os/file.hpp"

namespace gridpilot::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* minimal =
    "inverter: {address: 192.168.1.5}\n"
    "battery: {capacity: 10 kWh}\n"
    "tariff: {contract: tauron-g12w}\n";

std::string problems_of(const std::string& text, Purpose purpose = Purpose::run) {
  return to_text(parse_configuration(text, "gridpilot.yaml", purpose).problems);
}

std::string with(const std::string& lines) {
  return minimal + lines;
}

TEST(Configuration, ExamplesAreRight) {
  for (const char* name : {"gridpilot.yaml", "full.yaml"}) {
    const auto loaded =
        load_configuration(std::filesystem::path(GRIDPILOT_SOURCE_DIR) / "examples" / name, Purpose::run);
    EXPECT_EQ(to_text(loaded.problems), "") << name;
  }
}

TEST(Configuration, TheSmallestExampleHasAtMostTenLines) {
  const auto text = os::read_file(std::filesystem::path(GRIDPILOT_SOURCE_DIR) / "examples/gridpilot.yaml").value();
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 10);
}

TEST(Configuration, ReadsEveryValueOfTheFullExample) {
  const auto c = load_configuration(std::filesystem::path(GRIDPILOT_SOURCE_DIR) / "examples/full.yaml", Purpose::run)
                     .configuration;
  EXPECT_EQ(c.site.planes.size(), 2U);
  EXPECT_EQ(c.site.planes[1].peak, watts(2400));
  EXPECT_EQ(c.battery.reserve, percent(10));
  EXPECT_DOUBLE_EQ(c.battery.charge_efficiency, 0.95);
  EXPECT_EQ(c.battery.wear, per_kilowatt_hour(0.02));
  EXPECT_EQ(c.inverter.pacing, Milliseconds(200));
  const auto& market = std::get<tariff::MarketEnergy>(c.tariff.energy);
  EXPECT_EQ(market.margin, NetPrice::from_per_kwh(0.05));
  EXPECT_EQ(market.floor, NetPrice::from_per_kwh(-0.5));
  EXPECT_EQ(c.prices.ask_from, std::chrono::minutes(760));
  EXPECT_EQ(c.control.mode, ControlMode::observe);
  EXPECT_EQ(c.data_folder, "/var/lib/gridpilot");
}

TEST(Configuration, HasDefaultsForAllTheRest) {
  const auto loaded = parse_configuration(minimal, "gridpilot.yaml", Purpose::run);
  ASSERT_THAT(loaded.problems, IsEmpty());
  const Configuration& c = loaded.configuration;
  EXPECT_EQ(c.inverter.address, "192.168.1.5");
  EXPECT_EQ(c.inverter.port, 8899);
  EXPECT_EQ(c.inverter.unit, 0);
  EXPECT_EQ(c.inverter.transport, InverterTransport::udp);
  EXPECT_EQ(c.control.mode, ControlMode::observe);
  EXPECT_EQ(c.control.cycle, Seconds(20));
  EXPECT_EQ(c.control.write_budget, 200);
  EXPECT_EQ(c.time_zone, "Europe/Warsaw");
  EXPECT_EQ(c.api, (Endpoint{.address = "127.0.0.1", .port = 8080}));
  EXPECT_EQ(contracts_of(c, loaded.catalogue)->contracts().size(), 2U) << "2025 H2 and 2026";
}

TEST(Configuration, AMisspeltKeyIsNamedWithFileLineAndNearest) {
  const std::string text = problems_of("inverter:\n  adress: 192.168.1.5\n");
  EXPECT_THAT(text, HasSubstr("gridpilot.yaml:2: inverter.adress: unknown key; did you mean 'address'?"));
  EXPECT_THAT(text, HasSubstr("Allowed: family, address, transport"));
}

TEST(Configuration, AllProblemsAreCollectedInTheOrderOfTheFile) {
  const auto loaded = parse_configuration(
      "inverter: {address: 192.168.1.5, port: 99999}\n"
      "battery: {capacity: 10 kW}\n"
      "tariff: {contract: tauron-g12w}\n"
      "control: aktive\n"
      "cycle: 20\n"
      "sitte: {}\n",
      "gridpilot.yaml", Purpose::run);
  std::vector<std::string> keys;
  for (const Problem& problem : loaded.problems) keys.push_back(problem.key + "@" + std::to_string(problem.line));
  EXPECT_THAT(keys, ElementsAre("inverter.port@1", "battery.capacity@2", "control@4", "cycle@5", "sitte@6"));
  const std::string text = to_text(loaded.problems);
  EXPECT_THAT(text, HasSubstr("unit 'kW' does not fit here; write it like '10 kWh', units: Wh, kWh, MWh"));
  EXPECT_THAT(text, HasSubstr("'aktive' is not allowed; did you mean 'active'? Allowed: observe, active"));
  EXPECT_THAT(text, HasSubstr("'20' has no unit"));
  EXPECT_THAT(text, HasSubstr("did you mean 'site'?"));
}

TEST(Configuration, EachWrongValueIsRefusedWithWhatIsAllowed) {
  const struct {
    const char* line;
    const char* reason;
  } rows[] = {
      {"site: {latitude: 95}", "-90 to 90"},
      {"site: {time_zone: Europe/Warschau}", "time zone 'Europe/Warschau' is not known"},
      {"site: {grid_charging: on}", "allowed: true, false, yes, no"},
      {"pv: {peak: 5 kW}", "must be a list"},
      {"pv: [{tilt: 3}]", "pv[0].peak: is required"},
      {"pv: [{peak: 5 kW, tilt: 120}]", "0 (flat) to 90"},
      {"prices: {url: pse.pl}", "address of the web"},
      {"prices: {ask_from: noon}", "write it like '06:00'"},
      {"cycle: 1 s", "5 s to 5 min"},
      {"cycle: 7500 ms", "whole seconds"},
      {"write_budget: -1", "0 to 5000"},
      {"api: {listen: 0.0.0.0:8080}", "this machine only"},
      {"log: {level: loud}", "allowed: error, warning, info, debug"},
      {"log: 3", "must hold keys with values"},
      {"data:", "has no value"},
      {"control: [observe]", "must be one value"},
  };
  for (const auto& row : rows) EXPECT_THAT(problems_of(with(row.line)), HasSubstr(row.reason)) << row.line;
}

TEST(Configuration, TheContractMustExist) {
  const std::string text =
      problems_of("inverter: {address: a}\nbattery: {capacity: 1 kWh}\ntariff:\n  contract: tauron-g12v\n");
  EXPECT_THAT(text, HasSubstr("gridpilot.yaml:4: tariff.contract: tariff 'tauron-g12v' is not known; did you mean"));
}

TEST(Configuration, ChecksTheTermsOfEnergyAndExport) {
  const auto tariff = [](const std::string& terms) {
    return problems_of("inverter: {address: a}\nbattery: {capacity: 1 kWh}\ntariff:\n  contract: tauron-g12w\n" +
                       terms);
  };
  EXPECT_EQ(tariff("  energy: {kind: market, index: sdac_hour_mean, margin: 0.05 PLN/kWh}\n"), "");
  EXPECT_EQ(tariff("  energy: {kind: fixed}\n"), "") << "the default seller's rates are known for 2026";
  EXPECT_EQ(tariff("  energy: {kind: fixed, rates: {day: 0.8 PLN/kWh, night: 0.5 PLN/kWh}}\n"), "");
  EXPECT_EQ(tariff("  export: {kind: fixed, rate: 0.2 PLN/kWh}\n"), "");
  EXPECT_THAT(tariff("  energy: {index: sdac_15min}\n"), HasSubstr("energy.kind: is required"));
  EXPECT_THAT(tariff("  energy: {kind: fixed, rates: {dya: 0.8 PLN/kWh}}\n"), HasSubstr("did you mean day?"));
  EXPECT_THAT(tariff("  energy: {kind: fixed, margin: 0.05 PLN/kWh}\n"), HasSubstr("energy.margin: unknown key"));
  EXPECT_THAT(tariff("  energy: {kind: market, margin: 0.05}\n"), HasSubstr("units: PLN/kWh"));
  EXPECT_THAT(tariff("  energy: {kind: market, index: tge_fixing_1}\n"), HasSubstr("no source publishes tge_fixing_1"));
  EXPECT_THAT(tariff("  export: {kind: fixed}\n"), HasSubstr("export.rate: is required"));
  EXPECT_THAT(tariff("  export: {rce_hour_rule: zero}\n"),
              HasSubstr("allowed: zero_negative_quarters, zero_after_mean"));
}

TEST(Configuration, PlanningFromFilesNeedsNothing) {
  EXPECT_EQ(problems_of("", Purpose::plan), "");
  EXPECT_EQ(problems_of("tariff: {energy: {kind: market, index: tge_fixing_1}}\n", Purpose::plan), "");
  EXPECT_THAT(problems_of("", Purpose::run), HasSubstr("inverter.address: is required"));
}

TEST(Configuration, AnOwnersContractFileTakesItsPlaceBesideTheShippedOnes) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "own-contracts";
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(os::write_file_atomically(folder / "mine.yaml",
                                        "distribution:\n"
                                        "  operator: mine\n  operator_name: Mine\n  validity: \"2026\"\n"
                                        "  valid_from: 2026-01-01\n  valid_to: 2026-12-31\n  country: pl\n"
                                        "  currency: PLN\n  unit: PLN/kWh net\n  vat: 23 %\n  excise: 0.005\n"
                                        "  system_charges: {quality: 0.03, renewables: 0.01, cogeneration: 0}\n"
                                        "  groups: {g11: {zones: {all: 0.2}}}\n"));
  const std::string text =
      "inverter: {address: a}\nbattery: {capacity: 1 kWh}\ntariff: {contract: mine-g11, contract_files: "
      "[own-contracts]}\n";
  ASSERT_TRUE(os::write_file_atomically(folder.parent_path() / "own.yaml", text));
  const auto loaded = load_configuration(folder.parent_path() / "own.yaml", Purpose::run);
  EXPECT_EQ(to_text(loaded.problems), "");
  EXPECT_EQ(contracts_of(loaded.configuration, loaded.catalogue)->contracts().front().distribution->name(),
            "mine-g11-2026");
}

TEST(Configuration, AFileThatIsNotThereIsAProblemAndNotACrash) {
  const auto loaded = load_configuration("/nowhere/gridpilot.yaml", Purpose::run);
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(loaded.problems[0].file, "/nowhere/gridpilot.yaml");
}

TEST(Weather, IsOpenMeteoWhereThePlaceIsToldAndNothingElseIsSaid) {
  const auto sources_of = [](const std::string& more) {
    const auto loaded = parse_configuration(with(more), "c.yaml", Purpose::run);
    EXPECT_EQ(to_text(loaded.problems), "") << more;
    std::vector<std::string> kinds;
    for (const WeatherSourceSettings& source : loaded.configuration.weather.sources)
      kinds.emplace_back(name_of(source.kind));
    return kinds;
  };
  EXPECT_THAT(sources_of("site: {latitude: 50, longitude: 20}\n"), ElementsAre("open-meteo"));
  EXPECT_THAT(sources_of("site: {latitude: 50}\n"), IsEmpty());
  EXPECT_THAT(sources_of("site: {latitude: 50, longitude: 20}\nweather: {sources: []}\n"), IsEmpty());
  EXPECT_THAT(sources_of("weather:\n  sources:\n    - kind: imgw\n      station: krakow\n    - kind: forecast-solar\n"),
              ElementsAre("imgw", "forecast-solar"));
}

TEST(Weather, EachWrongSourceIsNamed) {
  const struct {
    const char* source;
    const char* reason;
  } rows[] = {
      {"{kind: openmeteo}",
       "weather.sources[0].kind: 'openmeteo' is not allowed; did you mean 'open-meteo'? Allowed: "
       "open-meteo, imgw, forecast-solar, solcast"},
      {"{station: krakow}", "weather.sources[0].kind: is required"},
      {"{kind: imgw}", "weather.sources[0].station: is required"},
      {"{kind: imgw, station: Kraków}", "is not a name of letters"},
      {"{kind: imgw, station: krakow, key: x}", "weather.sources[0].key: unknown key"},
      {"{kind: open-meteo, interval: 1 min}", "15 min to 24 h"},
      {"{kind: open-meteo, url: pse}", "address of the web"},
      {"{kind: solcast, key: k}", "weather.sources[0].sites: is required"},
      {"{kind: solcast, sites: [a]}", "weather.sources[0].key_file: is required"},
      {"{kind: solcast, sites: [../a], key: k}", "is not a name of letters"},
      {"{kind: solcast, sites: [a], key: k, calls_per_day: 0}", "1 to 10000"},
      {"{kind: solcast, sites: [a], key_file: /nowhere/key}", "/nowhere/key"},
      {"{kind: open-meteo}, {kind: open-meteo}", "weather.sources[1].kind: stands in the list already"},
  };
  for (const auto& row : rows)
    EXPECT_THAT(problems_of("weather: {sources: [" + std::string(row.source) + "]}\n"), HasSubstr(row.reason))
        << row.source;
}

TEST(Redis, HasANumericAddressAndItsPasswordFromAFile) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "redis.password";
  std::ofstream(file) << "top secret\nsecond line\n";
  const auto loaded =
      parse_configuration(with("cache: {redis: {address: \"127.0.0.1:6379\", password_file: " + file.string() + "}}\n"),
                          "c.yaml", Purpose::run);
  EXPECT_EQ(to_text(loaded.problems), "");
  ASSERT_TRUE(loaded.configuration.cache.redis.has_value());
  EXPECT_EQ(loaded.configuration.cache.redis->address.port, 6379);
  EXPECT_EQ(loaded.configuration.cache.redis->password, "top secret");
  EXPECT_THAT(effective_text(loaded.configuration), testing::Not(HasSubstr("top secret")));
  const std::string again =
      effective_text(parse_configuration(effective_text(loaded.configuration), "e.yaml", Purpose::run).configuration);
  EXPECT_EQ(again, effective_text(loaded.configuration));
  std::filesystem::remove(file);
  EXPECT_THAT(problems_of("cache: {redis: {address: \"redis.lan:6379\"}}\n"), HasSubstr("numeric address"));
  EXPECT_THAT(problems_of("cache: {redis: {}}\n"), HasSubstr("cache.redis.address: is required"));
  EXPECT_THAT(problems_of("cache: {redis: {address: \"127.0.0.1:6379\", user: ann}}\n"), HasSubstr("password_file"));
}

TEST(EffectiveText, ReadsBackAsTheSameConfiguration) {
  for (const char* name : {"gridpilot.yaml", "full.yaml"}) {
    const auto loaded =
        load_configuration(std::filesystem::path(GRIDPILOT_SOURCE_DIR) / "examples" / name, Purpose::run);
    const std::string text = effective_text(loaded.configuration);
    const auto again = parse_configuration(text, "effective.yaml", Purpose::run);
    EXPECT_EQ(to_text(again.problems), "") << name;
    EXPECT_EQ(effective_text(again.configuration), text) << name;
  }
}

TEST(EffectiveText, MasksUserAndPasswordInAddresses) {
  const auto loaded =
      parse_configuration(with("prices: {url: \"https://ann:secret@mirror.example/api\"}\n"), "c.yaml", Purpose::run);
  ASSERT_THAT(loaded.problems, IsEmpty());
  const std::string text = effective_text(loaded.configuration);
  EXPECT_THAT(text, testing::Not(HasSubstr("secret")));
  EXPECT_THAT(text, HasSubstr("https://***@mirror.example/api"));
}

TEST(TheInvertersTransport, FollowsFromThePortAndThePortFromIt) {
  const auto read = [](const std::string& inverter) {
    return parse_configuration("inverter: {address: a, " + inverter + "}\n", "f", Purpose::plan).configuration.inverter;
  };
  EXPECT_EQ(read("port: 502").transport, InverterTransport::tcp);
  EXPECT_EQ(read("transport: tcp").port, 502);
  EXPECT_EQ(read("transport: udp").port, 8899);
  EXPECT_EQ(read("transport: udp, port: 502").transport, InverterTransport::udp);
  EXPECT_EQ(read("family: DT").family, InverterFamily::dt);
}

TEST(AnInverterOnTheCommandLine, GoesOverTheConfiguration) {
  InverterSettings settings{.address = "a"};
  ASSERT_TRUE(override_inverter({.address = "192.168.1.4:502", .family = "ES", .unit = 3}, settings));
  EXPECT_EQ(settings.address, "192.168.1.4");
  EXPECT_EQ(settings.transport, InverterTransport::tcp);
  EXPECT_EQ(settings.family, InverterFamily::es);
  EXPECT_EQ(settings.unit, 3);
  for (const InverterOverride& wrong : {InverterOverride{.family = "XS"}, InverterOverride{.transport = "serial"},
                                        InverterOverride{.unit = 248}, InverterOverride{.address = "a:b:c"}})
    EXPECT_EQ(override_inverter(wrong, settings).error().code, ErrorCode::bad_input);
}

TEST(Configuration, KnowsTheBatteryProfilesByName) {
  const std::string rest = "inverter: {address: a}\ntariff: {contract: tauron-g12w}\n";
  const Loaded known = parse_configuration(rest + "battery: {capacity: 1 kWh, profile: hv-20kwh}\npv: [{peak: 1 kW}]\n",
                                           "home.yaml", Purpose::run);
  EXPECT_TRUE(known.problems.empty()) << to_text(known.problems);
  EXPECT_EQ(known.configuration.battery_profile, battery_profile_named("hv-20kwh"));
  EXPECT_TRUE(warnings_of(known.configuration).empty());
  const Loaded unknown =
      parse_configuration(rest + "battery: {capacity: 1 kWh, profile: hv-20kw}\n", "home.yaml", Purpose::run);
  ASSERT_EQ(unknown.problems.size(), 1U);
  EXPECT_EQ(unknown.problems.front().key, "battery.profile");
  EXPECT_THAT(unknown.problems.front().allowed, ElementsAre("hv-20kwh", "lv-es", "lv-745"));
}

TEST(Configuration, WarnsWithoutABatteryProfile) {
  const Loaded loaded = parse_configuration(
      "inverter: {address: a}\nbattery: {capacity: 1 kWh}\ntariff: {contract: tauron-g12w}\npv: [{peak: 1 kW}]\n",
      "home.yaml", Purpose::run);
  EXPECT_TRUE(loaded.problems.empty());
  EXPECT_THAT(warnings_of(loaded.configuration), ElementsAre(HasSubstr("battery.profile")));
}

TEST(Configuration, TakesTheHouseFuse) {
  const auto fuse_of = [](const std::string& fuse) {
    return parse_configuration(
        "inverter: {address: a}\nbattery: {capacity: 1 kWh}\ntariff: {contract: tauron-g12w}\n"
        "site: {fuse: " +
            fuse + "}\n",
        "home.yaml", Purpose::run);
  };
  EXPECT_EQ(fuse_of("25 A").configuration.site.fuse, amperes(25));
  EXPECT_EQ(fuse_of("25").problems.size(), 1U);
  EXPECT_EQ(fuse_of("0 A").problems.size(), 1U);
}

}  // namespace
}  // namespace gridpilot::config
