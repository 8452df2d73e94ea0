#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gridpilot::obs {

/// Only grows.
class Counter {
 public:
  void add(std::uint64_t n = 1) { value_ += n; }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

/// Goes up and down. One that was never set is not shown: absent is not 0.
class Gauge {
 public:
  void set(double value) {
    value_ = value;
    known_ = true;
  }
  void forget() { known_ = false; }
  [[nodiscard]] bool known() const { return known_; }
  [[nodiscard]] double value() const { return value_; }

 private:
  double value_ = 0;
  bool known_ = false;
};

/// Counts observations by upper bounds, which ascend; those above the last are counted too.
class Histogram {
 public:
  explicit Histogram(std::span<const double> bounds);
  void observe(double value);
  [[nodiscard]] std::span<const double> bounds() const { return bounds_; }
  /// Of observations at or below bounds()[i], not cumulated; one more than there are bounds.
  [[nodiscard]] std::span<const std::uint64_t> counts() const { return counts_; }
  [[nodiscard]] double sum() const { return sum_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
  std::uint64_t count_ = 0;
};

using Labels = std::vector<std::pair<std::string, std::string>>;

/// What the program counts and measures, for Prometheus. Asking again for the same name and labels gives the same
/// object, which lives as long as the registry. One thread uses it: the loop's. Names are [a-z_:][a-z0-9_:]* and end in
/// their unit ("_seconds", "_bytes"; counters in "_total"); a name has one kind: both are verified.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  [[nodiscard]] Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
  [[nodiscard]] Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  [[nodiscard]] Histogram& histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                                     const Labels& labels = {});

  /// Text format 0.0.4 of Prometheus, sorted by name and labels.
  [[nodiscard]] std::string prometheus() const;
  static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  using Metric = std::variant<Counter, Gauge, Histogram>;
  struct Family {
    std::string help;
    std::size_t kind = 0;                                    ///< of the variant
    std::map<std::string, std::unique_ptr<Metric>> metrics;  ///< by their labels as text
  };
  [[nodiscard]] Metric& find(std::string_view name, std::string_view help, const Labels& labels, Metric fresh);
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace gridpilot::obs
