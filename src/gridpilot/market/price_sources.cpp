#include "gridpilot/market/price_sources.hpp"

#include <utility>

namespace gridpilot::market {

std::string name_of_series(const codec::PriceSourceSettings& settings, PriceSeries series) {
  if (settings.series.size() <= 1 && settings.kind != "pse") return settings.name;
  return settings.name + "-" + std::string(name_of(series));
}

Result<std::vector<std::unique_ptr<ports::PriceSource>>> make_price_sources(const codec::PriceSourceSettings& settings,
                                                                            const PriceSourceParts& parts) {
  auto complete = codec::completed(settings);
  if (!complete) return std::move(complete).failed();
  std::vector<std::unique_ptr<ports::PriceSource>> sources;
  sources.reserve(complete->series.size());
  for (const PriceSeries series : complete->series)
    sources.push_back(
        std::make_unique<DocumentPriceSource>(parts, *complete, series, name_of_series(*complete, series)));
  return sources;
}

}  // namespace gridpilot::market
