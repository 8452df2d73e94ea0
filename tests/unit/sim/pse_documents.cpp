#include "gridpilot/sim/pse_documents.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gridpilot/core/json.hpp"

namespace gridpilot::sim {
namespace {

using namespace std::chrono_literals;
using Parameters = std::vector<net::HttpParameter>;

TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}

PseDocuments documents(std::uint64_t seed = 1) {
  return {warsaw(), std::make_shared<GeneratedPrices>(warsaw(), seed), seed};
}

const Instant late_2026 = std::chrono::sys_days(2026y / 12 / 1);

struct Row {
  std::string dtime, period, dtime_utc, period_utc, business_date, publication_ts, publication_ts_utc;
  double price = 0.0;
};

struct Document {
  std::vector<Row> rows;
  std::string next_link;
};

std::string text_of(const json::Value& row, std::string_view name) {
  const auto text = row.string(name);
  return text ? std::string(*text) : std::string();
}

Document read(const std::string& text) {
  const auto parsed = json::Document::parse(text);
  EXPECT_TRUE(parsed) << parsed.error().message;
  Document document;
  for (const json::Value row : parsed->root().array("value").value()) {
    Row& r = document.rows.emplace_back();
    r.dtime = text_of(row, "dtime");
    r.period = text_of(row, "period");
    r.dtime_utc = text_of(row, "dtime_utc");
    r.period_utc = text_of(row, "period_utc");
    r.business_date = text_of(row, "business_date");
    r.publication_ts = text_of(row, "publication_ts");
    r.publication_ts_utc = text_of(row, "publication_ts_utc");
    r.price = row.number("rce_pln").value_or(row.number("csdac_pln").value_or(-1e9));
  }
  document.next_link = text_of(parsed->root(), "nextLink");
  return document;
}

Document ask(const PseDocuments& pse, const Parameters& parameters, Instant now = late_2026,
             PriceSeries series = PriceSeries::rce_15min) {
  const PseAnswer answer =
      pse.answer({.series = series, .parameters = parameters, .base_url = "http://127.0.0.1:1"}, now);
  EXPECT_EQ(answer.status, 200) << answer.body;
  return read(answer.body);
}

Parameters of_day(const std::string& date) {
  return {{"$filter", "business_date eq '" + date + "'"}};
}

/// A document as PSE sent it.
std::optional<std::string> sample(const std::string& name) {
  const char* data = std::getenv("GRIDPILOT_DATA");
  if (data == nullptr) return std::nullopt;
  std::ifstream file(std::filesystem::path(data) / "data/api_samples/pse" / name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(PseDocumentsLabels, AreThoseOfTheOriginalOnTheDayOfAHundredQuarters) {
  const auto original_text = sample("rce-pln_2025-10-26_autumn_dst_100rows.json");
  if (!original_text) GTEST_SKIP() << "GRIDPILOT_DATA is not set: no original document to compare with";
  const Document original = read(*original_text);
  const Document ours = ask(documents(), of_day("2025-10-26"));
  ASSERT_EQ(ours.rows.size(), 100U);
  ASSERT_EQ(original.rows.size(), 100U);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(ours.rows[i].dtime, original.rows[i].dtime);
    EXPECT_EQ(ours.rows[i].period, original.rows[i].period);
    EXPECT_EQ(ours.rows[i].dtime_utc, original.rows[i].dtime_utc);
    EXPECT_EQ(ours.rows[i].period_utc, original.rows[i].period_utc);
    EXPECT_EQ(ours.rows[i].business_date, original.rows[i].business_date);
    EXPECT_EQ(ours.rows[i].publication_ts.size(), original.rows[i].publication_ts.size());
    EXPECT_EQ(ours.rows[i].publication_ts_utc.size(), original.rows[i].publication_ts_utc.size());
  }
  EXPECT_TRUE(ours.next_link.empty());
}

TEST(PseDocumentsLabels, PageAnOrdinaryRangeAsTheOriginalDoes) {
  const auto original_text = sample("rce-pln_range_2026-07-27_page1_nextLink.json");
  if (!original_text) GTEST_SKIP() << "GRIDPILOT_DATA is not set: no original document to compare with";
  const Document original = read(*original_text);
  const Document ours =
      ask(documents(), {{"$filter", "business_date ge '2026-07-27' and business_date le '2026-08-25'"}});
  ASSERT_EQ(ours.rows.size(), original.rows.size());
  for (std::size_t i = 0; i < ours.rows.size(); ++i) {
    EXPECT_EQ(ours.rows[i].dtime, original.rows[i].dtime);
    EXPECT_EQ(ours.rows[i].period, original.rows[i].period);
    EXPECT_EQ(ours.rows[i].dtime_utc, original.rows[i].dtime_utc);
    EXPECT_EQ(ours.rows[i].period_utc, original.rows[i].period_utc);
  }
  const std::string query = original.next_link.substr(original.next_link.find('?'));
  EXPECT_NE(ours.next_link.find(query), std::string::npos) << ours.next_link << "\n" << query;
}

TEST(PseDocumentsLabels, LeaveOutTheHourThatNeverComes) {
  const Document spring = ask(documents(), of_day("2025-03-30"));
  ASSERT_EQ(spring.rows.size(), 92U);
  EXPECT_EQ(spring.rows[7].period, "01:45 - 02:00");
  EXPECT_EQ(spring.rows[8].period, "02:00 - 03:15");
  EXPECT_EQ(spring.rows[8].dtime, "2025-03-30 03:15:00");
  EXPECT_EQ(spring.rows[91].dtime, "2025-03-31 00:00:00");
  EXPECT_EQ(spring.rows[91].period, "23:45 - 24:00");
}

TEST(PseDocuments, HideTomorrowUntilItIsPublished) {
  const PseDocuments pse = documents();
  for (const PriceSeries series : {PriceSeries::sdac_15min, PriceSeries::rce_15min}) {
    const Publication published = pse.publication(series, 2026y / 5 / 12);
    const CivilTime civil = warsaw().civil(published.at);
    EXPECT_EQ(civil.date, 2026y / 5 / 11);
    EXPECT_GE(civil.minute_of_day(), 13 * 60 + 5);
    EXPECT_LE(civil.minute_of_day(), 14 * 60 + 20);
    EXPECT_TRUE(ask(pse, of_day("2026-05-12"), published.at - 1s, series).rows.empty());
    const Document out = ask(pse, of_day("2026-05-12"), published.at, series);
    ASSERT_EQ(out.rows.size(), 96U);
    EXPECT_EQ(out.rows[0].publication_ts_utc.substr(0, 10), "2026-05-11");
    EXPECT_TRUE(ask(pse, of_day("2026-05-13"), published.at, series).rows.empty());
  }
}

TEST(PseDocuments, LeadThroughAllPages) {
  const PseDocuments pse = documents();
  for (const std::string order : {"dtime_utc asc", "dtime_utc desc"}) {
    Parameters parameters{{"$filter", "business_date ge '2026-03-28' and business_date le '2026-03-31'"},
                          {"$orderby", order}};
    std::vector<std::string> seen;
    int pages = 0;
    while (true) {
      const Document page = ask(pse, parameters);
      ++pages;
      for (const Row& row : page.rows) seen.push_back(row.dtime_utc);
      if (page.next_link.empty()) break;
      ASSERT_LT(pages, 10);
      parameters = net::parse_http_target(page.next_link).value().parameters;
    }
    EXPECT_EQ(pages, 4);
    ASSERT_EQ(seen.size(), 96U * 4 - 4);
    EXPECT_TRUE(order == "dtime_utc asc" ? std::is_sorted(seen.begin(), seen.end())
                                         : std::is_sorted(seen.rbegin(), seen.rend()));
    EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
  }
}

TEST(PseDocuments, GiveAsManyRowsAsAskedFor) {
  const PseDocuments pse = documents();
  Parameters parameters{{"$filter", "business_date ge '2026-05-11' and business_date le '2026-05-12'"},
                        {"$first", "200"}};
  const Document both = ask(pse, parameters);
  EXPECT_EQ(both.rows.size(), 192U);
  EXPECT_TRUE(both.next_link.empty());
  parameters[1].value = "5";
  EXPECT_EQ(ask(pse, parameters).rows.size(), 5U);
}

TEST(PseDocuments, GiveTheFieldsAskedFor) {
  Parameters parameters = of_day("2026-05-11");
  parameters.push_back({"$select", "dtime_utc, rce_pln"});
  const PseAnswer answer = documents().answer({.series = PriceSeries::rce_15min, .parameters = parameters}, late_2026);
  EXPECT_EQ(answer.body.find("business_date"), std::string::npos);
  EXPECT_EQ(answer.body.find(R"({"value":[{"rce_pln":)"), 0U) << answer.body.substr(0, 80);
}

TEST(PseDocuments, RefuseWhatTheApiRefuses) {
  const PseDocuments pse = documents();
  for (const net::HttpParameter& wrong :
       {net::HttpParameter{"$top", "10"}, net::HttpParameter{"$first", "0"}, net::HttpParameter{"$select", "price"},
        net::HttpParameter{"$filter", "business_date eq 2026-05-11"},
        net::HttpParameter{"$filter", "business_date eq '2026-05-11' or business_date eq '2026-05-12'"},
        net::HttpParameter{"$filter", "rce_pln gt '3'"}, net::HttpParameter{"$orderby", "dtime upwards"},
        net::HttpParameter{"$after", "!!!"}, net::HttpParameter{"$after", "W10"}}) {
    const Parameters parameters{wrong};
    const PseAnswer answer = pse.answer({.series = PriceSeries::rce_15min, .parameters = parameters}, late_2026);
    EXPECT_EQ(answer.status, 400) << wrong.name << "=" << wrong.value;
    EXPECT_NE(answer.body.find("\"error\""), std::string::npos);
  }
}

TEST(PseDocuments, RepeatAPageForEverWhereTheFaultSaysSo) {
  const PseDocuments pse = documents();
  const Parameters parameters = of_day("2026-05-11");
  const PseAnswer first =
      pse.answer({.series = PriceSeries::rce_15min, .parameters = parameters, .repeats_page = true}, late_2026);
  const Document page = read(first.body);
  const Parameters next = net::parse_http_target("http://x" + page.next_link).value().parameters;
  const Document again =
      read(pse.answer({.series = PriceSeries::rce_15min, .parameters = next, .repeats_page = true}, late_2026).body);
  EXPECT_EQ(again.rows.front().dtime_utc, page.rows.front().dtime_utc);
  EXPECT_EQ(again.next_link, page.next_link);
}

}  // namespace
}  // namespace gridpilot::sim
