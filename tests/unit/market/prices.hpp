#pragma once

#include <string>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/prices.hpp"

namespace gridpilot::market::test {

inline const TimeZone& warsaw() {
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  return zone;
}

inline std::chrono::year_month_day date(const char* text) {
  return parse_date(text).value();
}

inline Instant at(const char* rfc3339) {
  return parse_rfc3339(rfc3339).value();
}

/// A whole day at prices 100.00, 100.01, … per MWh.
inline std::vector<MarketPrice> day_of_prices(std::chrono::year_month_day day, Instant fetched_at) {
  std::vector<MarketPrice> prices;
  const SlotRange slots = warsaw().slots_of(day);
  for (Slot slot = slots.first; slot < slots.last; slot = slot.next()) {
    const auto n = static_cast<std::int64_t>(prices.size());
    prices.push_back({.slot = slot,
                      .price = NetPrice::from_nanos_per_kwh(100'000'000 + 10'000 * n),
                      .published_at = slots.first.start() - Seconds(9 * 3600),
                      .fetched_at = fetched_at,
                      .source = "test"});
  }
  return prices;
}

/// The same day as rows of PSE's document, from row `first` to before row `last`.
inline std::string pse_rows(std::chrono::year_month_day day, std::size_t first = 0, std::size_t last = 100) {
  const auto time_text = [](Instant t) {
    std::string text = to_rfc3339(t).substr(0, 19);
    text[10] = ' ';
    return text;
  };
  const auto prices = day_of_prices(day, {});
  std::string rows;
  for (std::size_t n = first; n < std::min(last, prices.size()); ++n) {
    if (!rows.empty()) rows += ',';
    rows += R"({"dtime_utc":")" + time_text(prices[n].slot.end()) + R"(","csdac_pln":)" +
            std::to_string(100 + n / 100) + "." + (n % 100 < 10 ? "0" : "") + std::to_string(n % 100) +
            R"(,"business_date":")" + to_iso(day) + "\"}";
  }
  return rows;
}

inline std::string pse_document(std::chrono::year_month_day day) {
  return "{\"value\":[" + pse_rows(day) + "]}";
}

}  // namespace gridpilot::market::test
