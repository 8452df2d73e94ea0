#include "gridpilot/obs/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "gridpilot/core/verify.hpp"

namespace gridpilot::obs {
namespace {

bool is_name(std::string_view name, std::string_view also) {
  const auto letter = [&](char c) { return (c >= 'a' && c <= 'z') || c == '_' || also.contains(c); };
  return !name.empty() && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

void append_escaped(std::string& out, std::string_view text, bool in_quotes) {
  for (const char c : text) {
    if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && in_quotes)
      out += "\\\"";
    else
      out += c;
  }
}

/// `a="x",b="y"` in the order of the names.
std::string text_of(Labels labels) {
  std::ranges::sort(labels);
  std::string text;
  for (const auto& [name, value] : labels) {
    GRIDPILOT_VERIFY(is_name(name, ""));
    if (!text.empty()) text += ',';
    text += name;
    text += "=\"";
    append_escaped(text, value, true);
    text += '"';
  }
  return text;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

void append_sample(std::string& out, std::string_view name, std::string_view suffix, std::string_view labels,
                   std::string_view value) {
  out += name;
  out += suffix;
  if (!labels.empty()) fmt::format_to(std::back_inserter(out), "{{{}}}", labels);
  fmt::format_to(std::back_inserter(out), " {}\n", value);
}

void append(std::string& out, std::string_view name, std::string_view labels, const Counter& counter) {
  append_sample(out, name, "", labels, fmt::to_string(counter.value()));
}

void append(std::string& out, std::string_view name, std::string_view labels, const Gauge& gauge) {
  if (gauge.known()) append_sample(out, name, "", labels, number(gauge.value()));
}

void append(std::string& out, std::string_view name, std::string_view labels, const Histogram& histogram) {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
    below += histogram.counts()[i];
    const std::string bound = i < histogram.bounds().size() ? number(histogram.bounds()[i]) : "+Inf";
    append_sample(out, name, "_bucket", fmt::format("{}{}le=\"{}\"", labels, labels.empty() ? "" : ",", bound),
                  fmt::to_string(below));
  }
  append_sample(out, name, "_sum", labels, number(histogram.sum()));
  append_sample(out, name, "_count", labels, fmt::to_string(histogram.count()));
}

}  // namespace

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()), counts_(bounds.size() + 1) {
  GRIDPILOT_VERIFY(std::ranges::is_sorted(bounds_));
}

void Histogram::observe(double value) {
  const auto bound = std::ranges::lower_bound(bounds_, value);
  ++counts_[static_cast<std::size_t>(bound - bounds_.begin())];
  sum_ += value;
  ++count_;
}

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Metric& Metrics::find(std::string_view name, std::string_view help, const Labels& labels, Metric fresh) {
  GRIDPILOT_VERIFY(is_name(name, ":"));
  const std::size_t kind = fresh.index();
  Family& family = families_.try_emplace(std::string(name), std::string(help), kind).first->second;
  GRIDPILOT_VERIFY(family.kind == kind);
  std::unique_ptr<Metric>& metric = family.metrics[text_of(labels)];
  if (!metric) metric = std::make_unique<Metric>(std::move(fresh));
  return *metric;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
  return std::get<Counter>(find(name, help, labels, Counter()));
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  return std::get<Gauge>(find(name, help, labels, Gauge()));
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                              const Labels& labels) {
  return std::get<Histogram>(find(name, help, labels, Histogram(bounds)));
}

std::string Metrics::prometheus() const {
  static constexpr std::string_view kinds[] = {"counter", "gauge", "histogram"};  // in the order of the variant
  std::string out;
  for (const auto& [name, family] : families_) {
    out += "# HELP " + name + ' ';
    append_escaped(out, family.help, false);
    fmt::format_to(std::back_inserter(out), "\n# TYPE {} {}\n", name, kinds[family.kind]);
    for (const auto& [labels, metric] : family.metrics)
      std::visit([&](const auto& one) { append(out, name, labels, one); }, *metric);
  }
  return out;
}

}  // namespace gridpilot::obs
