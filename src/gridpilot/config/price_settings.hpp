#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "gridpilot/codec/price_kinds.hpp"
#include "gridpilot/config/secrets.hpp"
#include "gridpilot/config/section.hpp"

namespace gridpilot::config {

/// A source of prices and where its token was read from; empty where it stands in the configuration, or there is none.
struct PriceSourceEntry {
  codec::PriceSourceSettings settings;  ///< completed
  std::string token_file;
};

/// Which bank fixes other currencies than the contract's.
struct FixingSettings {
  std::string kind = "nbp";
  std::string url;  ///< empty: the bank's own
};

struct PriceSettings {
  std::string url = "https://api.raporty.pse.pl/api";
  std::string ca_file;                          ///< certificates to trust instead of the system's; empty: those
  std::chrono::minutes ask_from{12 * 60 + 40};  ///< local time of day from which tomorrow's prices are asked for
  std::chrono::minutes longest_interval{30};    ///< between two questions for a day not yet published
  std::vector<PriceSourceEntry> sources;        ///< the most trusted first; never empty once it is read
  FixingSettings fixing;
  /// Sources of one slot that differ by more are told of.
  NetPrice tolerated_difference = NetPrice::from_nanos_per_kwh(10'000'000);

  /// Whether any source has the series.
  [[nodiscard]] bool has(PriceSeries series) const;
};

/// PSE alone, at its own address or a mirror's: what holds where no source is named.
[[nodiscard]] std::vector<PriceSourceEntry> pse_alone(const std::string& url);

[[nodiscard]] PriceSettings read_prices(Section section, const PlaceOf& place_of);

}  // namespace gridpilot::config
