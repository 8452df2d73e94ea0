#include "gridpilot/config/contract_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace gridpilot::config {
namespace {

using testing::HasSubstr;

constexpr const char* operator_head =
    "distribution:\n  operator: mine\n  operator_name: Mine\n  validity: \"2026\"\n"
    "  valid_from: 2026-01-01\n  valid_to: 2026-12-31\n  country: pl\n  currency: PLN\n"
    "  unit: PLN/kWh net\n  vat: 23 %\n  excise: 0.005\n"
    "  system_charges: {quality: 0.03, renewables: 0.01, cogeneration: 0}\n";

std::string problems_of(const std::string& text) {
  tariff::Catalogue catalogue;
  std::vector<Problem> problems;
  add_contract_text(text, "mine.yaml", catalogue, problems);
  EXPECT_EQ(catalogue.groups().empty(), !problems.empty()) << "nothing of a wrong file is kept";
  return to_text(problems);
}

std::string with_group(const std::string& group) {
  return std::string(operator_head) + "  groups:\n    g12:\n" + group;
}

TEST(ContractFiles, AreReadWhereAGroupHasItsHoursOrItsSignal) {
  EXPECT_EQ(problems_of(with_group("      zones: {all: 0.2}\n")), "");
  EXPECT_EQ(problems_of(with_group(
                "      zones: {day: 0.3, night: 0.1}\n"
                "      hours:\n"
                "        - {from: 01-01, to: 12-31, zones: {day: [\"06:00-22:00\"], night: [\"22:00-06:00\"]}}\n")),
            "");
  EXPECT_EQ(problems_of(with_group("      zones: {low: 0.1, high: 0.3}\n      grid_signal: [low, low, high, high]\n")),
            "");
}

TEST(ContractFiles, AreRefusedWithFileLineKeyAndReason) {
  const struct {
    std::string group;
    const char* reason;
  } rows[] = {
      {"      zones: {day: 0.3, night: 0.1}\n",
       "mine.yaml:14: distribution.groups.g12: needs either 'hours' or 'grid_signal'"},
      {"      zones: {all: 30 gr}\n", "is not a number"},
      {"      zones: {all: 300}\n", "out of range"},
      {"      zones: {all: 0.2}\n      hourz: []\n", "g12.hourz: unknown key; did you mean 'hours'?"},
      {"      zones: {day: 0.3, night: 0.1}\n      hours:\n"
       "        - {from: 01-01, to: 12-31, zones: {day: [\"06:00-22:00\"]}}\n",
       "00:00 has no zone"},
      {"      zones: {day: 0.3, night: 0.1}\n      hours:\n"
       "        - {from: 01-01, to: 12-31, zones: {day: [\"06:00-22:00\"], nihgt: [\"22:00-06:00\"]}}\n",
       "hours[0].zones.nihgt: is none of the group's zones"},
      {"      zones: {day: 0.3, night: 0.1}\n      hours:\n"
       "        - {from: 02-30, to: 12-31, zones: {day: [\"6-22\"]}}\n",
       "'6-22' are no hours"},
      {"      zones: {low: 0.1, high: 0.3}\n      grid_signal: [low, high]\n", "must name four zones"},
      {"      zones: {all: 0.2}\n      free_days: [caturday]\n", "allowed: saturday, sunday, holiday"},
  };
  for (const auto& row : rows) EXPECT_THAT(problems_of(with_group(row.group)), HasSubstr(row.reason)) << row.group;
  EXPECT_THAT(problems_of("distribution: {operator: Mine!}\n"), HasSubstr("is not a name"));
  EXPECT_THAT(problems_of("distribution: {operator: mine}\n"), HasSubstr("distribution.vat: is required"));
  EXPECT_THAT(problems_of("something: 1\n"), HasSubstr("holds none of"));
}

TEST(ContractFiles, ThatAreShippedAreAllRight) {
  for (const EmbeddedFile& file : embedded_contracts()) {
    tariff::Catalogue catalogue;
    std::vector<Problem> problems;
    add_contract_text(file.text, std::string(file.name), catalogue, problems);
    EXPECT_EQ(to_text(problems), "");
  }
  EXPECT_GE(embedded_contracts().size(), 12U);
}

TEST(ContractFiles, MustSayThatRatesAreNetAndInWhichUnit) {
  std::string text = operator_head;
  text.replace(text.find("PLN/kWh net"), 11, "gr/kWh brutto");
  EXPECT_THAT(problems_of(text + "  groups: {g11: {zones: {all: 0.2}}}\n"), HasSubstr("allowed: PLN/kWh net"));
}

TEST(ContractFiles, KeepEveryTermOfExportWithItsDates) {
  tariff::Catalogue catalogue;
  std::vector<Problem> problems;
  add_contract_text(
      "export:\n  country: pl\n  terms:\n"
      "    - {valid_from: 2025-02-01, valid_to: 2025-12-31, rce_hour_rule: zero_after_mean, factor: 1.23, "
      "value_share: 90 %}\n",
      "export.yaml", catalogue, problems);
  EXPECT_EQ(to_text(problems), "");
  const auto* terms = catalogue.export_terms(std::chrono::year(2025) / 6 / 1);
  ASSERT_NE(terms, nullptr);
  EXPECT_EQ(terms->terms.rule, tariff::RceHourRule::zero_after_mean);
  EXPECT_EQ(terms->terms.factor, Ratio{1'230'000});
  EXPECT_EQ(terms->terms.value_share, Ratio{900'000});
  EXPECT_EQ(catalogue.export_terms(std::chrono::year(2026) / 1 / 1), nullptr);
}

}  // namespace
}  // namespace gridpilot::config
