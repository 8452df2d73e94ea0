#pragma once

#include <string_view>

#include "gridpilot/domain/weather.hpp"
#include "gridpilot/net/async.hpp"

namespace gridpilot::ports {

/// A place that tells of weather, or of what the sun will give.
template <class Value>
class OutlookSource {
 public:
  virtual ~OutlookSource() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;  ///< static text
  /// The newest, with `fetched_at` when the source last said that it is current. Errors of the door and the decoder.
  [[nodiscard]] virtual net::Awaitable<Result<Value>> fetch() = 0;
  /// What was fetched last, by this process or one before, however old; the source is not asked. not_found where there
  /// is none.
  [[nodiscard]] virtual net::Awaitable<Result<Value>> remembered() = 0;
};

using WeatherSource = OutlookSource<WeatherForecast>;
using PvSource = OutlookSource<PvForecast>;
using ObservationSource = OutlookSource<WeatherObservation>;

}  // namespace gridpilot::ports
