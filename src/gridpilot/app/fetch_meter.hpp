#pragma once

#include <string>
#include <string_view>

#include "gridpilot/api/state.hpp"
#include "gridpilot/net/fetcher.hpp"
#include "gridpilot/obs/metrics.hpp"

namespace gridpilot::app {

/// Puts into metrics what happens at the doors to the sources, and how old what they gave is.
class FetchMeter {
 public:
  explicit FetchMeter(obs::Metrics& metrics) : metrics_(metrics) {}

  void count(const net::FetchEvent& event);
  /// To be told before each look at the metrics.
  void describe(const api::SourceState& source);
  void describe(std::string_view source, const net::FetcherState& state);

 private:
  obs::Metrics& metrics_;
};

}  // namespace gridpilot::app
