#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/domain/grid_signal.hpp"
#include "gridpilot/net/document_door.hpp"

namespace gridpilot::market {

/// PSE's peak-hours signal (Kompas), report pdgsz.
class GridSignalSource {
 public:
  /// The door must outlive it. `base_url` is without the report's name.
  GridSignalSource(net::DocumentDoor& door, TimeZone zone, std::string base_url)
      : door_(door), zone_(std::move(zone)), base_url_(std::move(base_url)) {}

  [[nodiscard]] static std::string_view name() { return "pse-pdgsz"; }
  /// The quarters of a local day whose level is known. Errors of the door; not_published and malformed as the codec
  /// says.
  [[nodiscard]] net::Awaitable<Result<std::vector<GridSignal>>> fetch_day(std::chrono::year_month_day day);
  /// The same from what the door remembers; not_found where it remembers nothing.
  [[nodiscard]] net::Awaitable<Result<std::vector<GridSignal>>> remembered_day(std::chrono::year_month_day day);

 private:
  [[nodiscard]] net::DocumentRequest request_of(std::chrono::year_month_day day) const;
  [[nodiscard]] Result<std::vector<GridSignal>> read(const net::Document& document,
                                                     std::chrono::year_month_day day) const;

  net::DocumentDoor& door_;
  TimeZone zone_;
  std::string base_url_;
};

}  // namespace gridpilot::market
