#include "gridpilot/app/fetch_meter.hpp"

#include <array>

namespace gridpilot::app {
namespace {

constexpr std::array latency_bounds_s{0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0};

double in_seconds(net::SteadyDuration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void FetchMeter::count(const net::FetchEvent& event) {
  using Kind = net::FetchEvent::Kind;
  const std::string source(event.source);
  metrics_
      .counter("gridpilot_fetch_events_total", "What came of asking a source for a document.",
               {{"source", source}, {"outcome", std::string(net::name_of(event.kind))}})
      .add();
  if (event.kind == Kind::failed && event.error != nullptr) {
    metrics_
        .counter("gridpilot_fetch_failures_total", "Attempts that failed, by kind of failure.",
                 {{"source", source}, {"kind", std::string(name_of(event.error->code))}})
        .add();
  }
  if (event.kind != Kind::answered && event.kind != Kind::confirmed && event.kind != Kind::failed) return;
  metrics_
      .histogram("gridpilot_fetch_seconds", "How long an attempt to ask a source took, failures included.",
                 latency_bounds_s, {{"source", source}})
      .observe(in_seconds(event.took));
  metrics_.counter("gridpilot_fetch_received_bytes_total", "Bytes of documents, unpacked.", {{"source", source}})
      .add(event.body_bytes);
}

void FetchMeter::describe(const api::SourceState& source) {
  obs::Gauge& age = metrics_.gauge("gridpilot_source_age_seconds", "Age of the newest that is known of a source.",
                                   {{"source", source.name}});
  if (source.age)
    age.set(static_cast<double>(source.age->count()));
  else
    age.forget();
}

void FetchMeter::describe(std::string_view source, const net::FetcherState& state) {
  metrics_
      .gauge("gridpilot_source_breaker_open_ratio", "1 while a source is left alone after failures, 0.5 on trial.",
             {{"source", std::string(source)}})
      .set(state.breaker == net::Breaker::State::open        ? 1.0
           : state.breaker == net::Breaker::State::half_open ? 0.5
                                                             : 0.0);
}

}  // namespace gridpilot::app
