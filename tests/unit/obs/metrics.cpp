#include "gridpilot/obs/metrics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace gridpilot::obs {
namespace {

TEST(Metrics, RendersCountersAndGaugesByNameAndLabels) {
  Metrics metrics;
  metrics.counter("gridpilot_readings_total", "Readings taken.").add();
  metrics.counter("gridpilot_readings_total", "Readings taken.").add(4);
  metrics.counter("gridpilot_failures_total", "Failures.", {{"source", "b"}}).add(2);
  metrics.counter("gridpilot_failures_total", "Failures.", {{"source", "a"}}).add(1);
  metrics.gauge("gridpilot_soc_ratio", "State of charge.").set(0.55);
  EXPECT_EQ(metrics.prometheus(),
            "# HELP gridpilot_failures_total Failures.\n"
            "# TYPE gridpilot_failures_total counter\n"
            "gridpilot_failures_total{source=\"a\"} 1\n"
            "gridpilot_failures_total{source=\"b\"} 2\n"
            "# HELP gridpilot_readings_total Readings taken.\n"
            "# TYPE gridpilot_readings_total counter\n"
            "gridpilot_readings_total 5\n"
            "# HELP gridpilot_soc_ratio State of charge.\n"
            "# TYPE gridpilot_soc_ratio gauge\n"
            "gridpilot_soc_ratio 0.55\n");
}

TEST(Metrics, RendersAHistogramCumulated) {
  Metrics metrics;
  constexpr std::array bounds{0.001, 0.005};
  Histogram& handler = metrics.histogram("h_seconds", "Handlers.", bounds, {{"kind", "x"}});
  for (const double s : {0.0005, 0.001, 0.004, 2.0}) handler.observe(s);
  EXPECT_EQ(metrics.prometheus(),
            "# HELP h_seconds Handlers.\n"
            "# TYPE h_seconds histogram\n"
            "h_seconds_bucket{kind=\"x\",le=\"0.001\"} 2\n"
            "h_seconds_bucket{kind=\"x\",le=\"0.005\"} 3\n"
            "h_seconds_bucket{kind=\"x\",le=\"+Inf\"} 4\n"
            "h_seconds_sum{kind=\"x\"} 2.0055\n"
            "h_seconds_count{kind=\"x\"} 4\n");
}

TEST(Metrics, DoesNotShowAGaugeThatIsNotKnown) {
  Metrics metrics;
  Gauge& age = metrics.gauge("age_seconds", "Age.");
  const std::string empty = "# HELP age_seconds Age.\n# TYPE age_seconds gauge\n";
  EXPECT_EQ(metrics.prometheus(), empty);
  age.set(0);
  EXPECT_EQ(metrics.prometheus(), empty + "age_seconds 0\n");
  age.forget();
  EXPECT_EQ(metrics.prometheus(), empty);
}

TEST(Metrics, EscapesWhatWouldBreakTheFormat) {
  Metrics metrics;
  metrics.counter("c_total", "a\\b\nc \"d\"", {{"l", "x\"y\\z\n"}}).add();
  EXPECT_EQ(metrics.prometheus(),
            "# HELP c_total a\\\\b\\nc \"d\"\n# TYPE c_total counter\nc_total{l=\"x\\\"y\\\\z\\n\"} 1\n");
}

TEST(Metrics, GivesTheSameObjectWhateverTheOrderOfLabels) {
  Metrics metrics;
  Counter& one = metrics.counter("c_total", "C.", {{"a", "1"}, {"b", "2"}});
  EXPECT_EQ(&one, &metrics.counter("c_total", "C.", {{"b", "2"}, {"a", "1"}}));
  EXPECT_NE(&one, &metrics.counter("c_total", "C.", {{"a", "2"}, {"b", "2"}}));
}

TEST(Metrics, WritesNumbersAsPrometheusReadsThem) {
  Metrics metrics;
  metrics.gauge("a", "A.").set(std::numeric_limits<double>::infinity());
  metrics.gauge("b", "B.").set(-1e-9);
  EXPECT_NE(metrics.prometheus().find("\na +Inf\n"), std::string::npos);
  EXPECT_NE(metrics.prometheus().find("\nb -1e-09\n"), std::string::npos);
}

TEST(MetricsDeathTest, EndsTheProgramOnANameOfTwoKindsOrAWrongName) {
  Metrics metrics;
  static_cast<void>(metrics.counter("c_total", "C."));
  EXPECT_DEATH(static_cast<void>(metrics.gauge("c_total", "C.")), "");
  EXPECT_DEATH(static_cast<void>(metrics.gauge("c_total", "C.", {{"l", "x"}})), "");
  EXPECT_DEATH(static_cast<void>(metrics.counter("1 c", "C.")), "");
}

}  // namespace
}  // namespace gridpilot::obs
