#pragma once

#include <string>
#include <string_view>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/price_advice.hpp"
#include "gridpilot/net/document_door.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/ports/weather_source.hpp"

namespace gridpilot::market {

/// What PSE itself expects balancing energy to cost from today on (`price-fcst`): advice for the outlook beyond the
/// last published price. Everything referred to must outlive it.
class PseExpectedPrices final : public ports::OutlookSource<PriceAdvice> {
 public:
  struct Parts {
    net::DocumentDoor& door;
    const os::Clock& clock;
    TimeZone zone;
    std::string url;  ///< of PSE's API: "https://api.raporty.pse.pl/api"
  };
  explicit PseExpectedPrices(Parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] std::string_view name() const override { return "pse-price-fcst"; }
  /// Errors of the door and the decoder; malformed where pages lead in a circle, to another host, or do not end.
  [[nodiscard]] net::Awaitable<Result<PriceAdvice>> fetch() override;
  /// Always not_found: what was expected yesterday is of no use today, and today's is asked for at once.
  [[nodiscard]] net::Awaitable<Result<PriceAdvice>> remembered() override;

  static constexpr std::size_t max_pages = 8;

 private:
  Parts parts_;
};

}  // namespace gridpilot::market
