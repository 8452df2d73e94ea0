// The commands that price and plan from files, called as the command line calls them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "gridpilot/app/commands/check_config.hpp"
#include "gridpilot/app/commands/plan_prices.hpp"
#include "gridpilot/app/commands/tariff.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/json_document.hpp"

namespace gridpilot::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

class PriceCommands : public testing::Test {
 protected:
  std::ostringstream out_;
  std::ostringstream notices_;
  Streams streams_{out_, notices_};

  [[nodiscard]] json::Document answer() const { return json::Document::parse(out_.str()).value(); }

  /// A table of a local day, one row a quarter; -1: none is left out.
  static std::filesystem::path price_file(std::chrono::year_month_day date, std::int64_t left_out = -1) {
    const std::filesystem::path path = std::filesystem::path(testing::TempDir()) /
                                       ("prices-" + to_iso(date) + "-" + std::to_string(left_out) + ".csv");
    std::ofstream file(path);
    file << "start_utc,x_pln_mwh,x_eur_mwh\n";
    const SlotRange range = TimeZone::load("Europe/Warsaw").value().slots_of(date);
    for (Slot slot = range.first; slot < range.last; slot = slot.next())
      if (slot - range.first != left_out)
        file << to_rfc3339(slot.start()) << "," << 300 + 200 * ((slot - range.first) / 24 % 2) << ",100\n";
    return path;
  }

  static PlanPricesOptions day(std::chrono::year_month_day date, std::int64_t left_out = -1) {
    return {.prices = price_file(date, left_out),
            .date = to_iso(date),
            .tariff = "tauron-g12w",
            .price_column = "x_pln_mwh"};
  }
};

TEST_F(PriceCommands, TariffListNamesOneContractALine) {
  EXPECT_EQ(list_tariffs({}, streams_), ExitCode::done);
  EXPECT_THAT(out_.str(), HasSubstr("tauron-g12w-2025h2\ntauron-g12w-2026\n"));
  EXPECT_THAT(notices_.str(), IsEmpty());
}

TEST_F(PriceCommands, TariffPriceHasEveryPartAndTheirSum) {
  EXPECT_EQ(price_tariff({.name = "tauron-g12w", .at = "2026-05-01T12:00+02:00", .market = "412.34"}, streams_),
            ExitCode::done);
  const auto document = answer();
  const auto root = document.root();
  EXPECT_EQ(root.string("tariff").value(), "tauron-g12w-2026");
  EXPECT_EQ(root.string("valid_from").value(), "2026-01-01");
  EXPECT_EQ(root.string("zone").value(), "night");
  EXPECT_EQ(root.number("vat_rate").value(), 0.23);
  const auto import = root.object("import").value();
  double sum = 0.0;
  for (const char* part :
       {"market_net", "margin_net", "excise_net", "network_net", "quality_net", "renewables_net", "cogeneration_net"})
    sum += import.number(part).value();
  EXPECT_NEAR(sum, import.number("total_net").value(), 1e-12);
  EXPECT_EQ(import.number("total_gross").value(), 0.6298092);
  const auto credit = root.object("export").value();
  EXPECT_EQ(credit.number("market").value(), 0.41234);
  EXPECT_EQ(credit.number("total").value(), 0.5071782);  // 0.41234 × 1.23
}

TEST_F(PriceCommands, TariffPricePaysNothingForExportAtANegativePrice) {
  EXPECT_EQ(price_tariff({.name = "tauron-g11", .at = "2026-05-01T12:00Z", .market = "-50"}, streams_), ExitCode::done);
  EXPECT_EQ(answer().root().object("export")->number("total").value(), 0.0);
  EXPECT_EQ(answer().root().object("export")->number("market").value(), -0.05);
}

TEST_F(PriceCommands, TariffPriceRefusesWhatItCannotPrice) {
  const struct {
    TariffPriceOptions options;
    const char* reason;
  } rows[] = {
      {{.name = "tauron-g12v-2026", .at = "2026-05-04T12:00+02:00", .market = "1"}, "did you mean tauron-g12"},
      {{.name = "tauron-g12w-2026", .at = "2025-05-04T12:00+02:00", .market = "1"}, "2026-01-01 to 2026-12-31"},
      {{.name = "tauron-g12w", .at = "2026-05-04T12:00", .market = "1"}, "--at"},
      {{.name = "tauron-g12w", .at = "2026-05-04T12:00Z", .market = "1e9999"}, "--market"},
      {{.name = "tauron-g14dynamic", .at = "2026-05-04T12:00Z", .market = "1"}, "--kompas"},
      {{.name = "tauron-g14dynamic", .at = "2026-05-04T12:00Z", .market = "1", .grid_signal = 4}, "0, 1, 2, 3"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(price_tariff(row.options, streams_), ExitCode::bad_input);
    EXPECT_THAT(notices_.str(), HasSubstr(row.reason));
    EXPECT_THAT(out_.str(), IsEmpty());
    notices_.str("");
  }
}

TEST_F(PriceCommands, TariffShowHasTheDaysQuarters) {
  EXPECT_EQ(show_tariff({.name = "tauron-g12w", .date = "2026-03-29", .as_json = true}, streams_), ExitCode::done);
  EXPECT_EQ(answer().root().array("slots")->size(), 92U);
  out_.str("");
  EXPECT_EQ(show_tariff({.name = "tauron-g14dynamic", .date = "2026-05-04"}, streams_), ExitCode::done);
  EXPECT_THAT(out_.str(), HasSubstr("3  S4_required_limit"));
  EXPECT_EQ(show_tariff({.name = "tauron-g12w", .date = "2024-01-01"}, streams_), ExitCode::bad_input);
}

TEST_F(PriceCommands, PlanHasOneRowAQuarterOnDaysOfEveryLength) {
  for (const auto& [date, count] :
       {std::pair(2026y / 3 / 29, 92U), std::pair(2026y / 5 / 4, 96U), std::pair(2025y / 10 / 26, 100U)}) {
    out_.str("");
    ASSERT_EQ(plan_prices(day(date), streams_), ExitCode::done) << notices_.str();
    const std::string text = out_.str();
    const std::regex row("(^|\n)[0-9]{2}:[0-9]{2}");
    EXPECT_EQ(std::distance(std::sregex_iterator(text.begin(), text.end(), row), std::sregex_iterator()), count);
    EXPECT_THAT(text, HasSubstr("battery 10 kWh, 5 kW in, 5 kW out"));
    EXPECT_THAT(text, HasSubstr("PV 5 kWp"));
    EXPECT_THAT(text, HasSubstr("4000 kWh a year"));
  }
  EXPECT_THAT(notices_.str(), HasSubstr("stands for both"));
}

TEST_F(PriceCommands, PlanAsJsonBalancesInEverySlotAndSumsToItsTotals) {
  PlanPricesOptions options = day(2026y / 5 / 4);
  options.as_json = true;
  ASSERT_EQ(plan_prices(options, streams_), ExitCode::done) << notices_.str();
  const auto document = answer();
  const auto root = document.root();
  double cost = 0.0;
  for (const auto slot : root.array("slots").value()) {
    EXPECT_NEAR(slot.number("grid_kwh").value() + slot.number("pv_kwh").value() - slot.number("curtailed_kwh").value(),
                slot.number("load_kwh").value() + slot.number("battery_kwh").value(), 1e-9);
    EXPECT_GE(slot.number("soc_percent").value(), 10.0 - 1e-6);
    cost += slot.number("cost").value();
  }
  EXPECT_NEAR(root.object("totals")->number("cost").value(), cost, 1e-9);
  EXPECT_LT(cost, root.object("totals")->number("cost_without_battery").value());
}

TEST_F(PriceCommands, PlanNamesTheMissingQuarter) {
  EXPECT_EQ(plan_prices(day(2026y / 5 / 4, 5), streams_), ExitCode::bad_input);
  EXPECT_THAT(notices_.str(), HasSubstr("2026-05-04 01:15"));
  EXPECT_THAT(out_.str(), IsEmpty());
}

TEST_F(PriceCommands, PlanRefusesOptionsThatDoNotFitTheFile) {
  PlanPricesOptions unnamed = day(2026y / 5 / 4);
  unnamed.price_column.clear();
  EXPECT_EQ(plan_prices(unnamed, streams_), ExitCode::bad_input);
  EXPECT_THAT(notices_.str(), HasSubstr("x_pln_mwh, x_eur_mwh"));
  PlanPricesOptions euros = day(2026y / 5 / 4);
  euros.price_column = "x_eur_mwh";
  EXPECT_EQ(plan_prices(euros, streams_), ExitCode::bad_input);
  EXPECT_THAT(notices_.str(), HasSubstr("--eur-pln"));
  euros.eur_rate = "4.25";
  EXPECT_EQ(plan_prices(euros, streams_), ExitCode::done);
  PlanPricesOptions other = day(2026y / 5 / 4);
  other.tariff.clear();
  EXPECT_EQ(plan_prices(other, streams_), ExitCode::bad_input);
  EXPECT_THAT(notices_.str(), HasSubstr("--tariff"));
  other.tariff = "tauron-g12w-2025h2";
  EXPECT_EQ(plan_prices(other, streams_), ExitCode::bad_input);
  other.tariff = "tauron-g12w";
  other.prices = "/nowhere.csv";
  EXPECT_EQ(plan_prices(other, streams_), ExitCode::bad_input);
}

TEST_F(PriceCommands, CheckConfigPrintsWhatIsInEffectOrEveryProblem) {
  const std::filesystem::path examples = std::filesystem::path(GRIDPILOT_SOURCE_DIR) / "examples";
  EXPECT_EQ(check_configuration({.file = examples / "gridpilot.yaml"}, streams_), ExitCode::done);
  EXPECT_THAT(out_.str(), HasSubstr("control: observe"));
  const std::filesystem::path wrong = std::filesystem::path(testing::TempDir()) / "wrong.yaml";
  std::ofstream(wrong) << "inverter:\n  adress: 192.168.1.5\n";
  EXPECT_EQ(check_configuration({.file = wrong}, streams_), ExitCode::bad_input);
  EXPECT_THAT(notices_.str(), HasSubstr("wrong.yaml:2: inverter.adress: unknown key; did you mean 'address'?"));
}

}  // namespace
}  // namespace gridpilot::app
