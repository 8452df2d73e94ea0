// Any text as a document of each weather source: it is refused with a sentence, or what comes out is ordered, within
// the bounds of weather, and free of negative energy.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gridpilot/codec/forecast_solar.hpp"
#include "gridpilot/codec/imgw.hpp"
#include "gridpilot/codec/open_meteo.hpp"
#include "gridpilot/codec/solcast.hpp"

namespace {

using namespace gridpilot;

void demand(bool holds) {
  if (!holds) std::abort();
}

void check(const PvForecast& forecast) {
  for (std::size_t n = 0; n < forecast.slots.size(); ++n) {
    const PvForecastSlot& slot = forecast.slots[n];
    demand(n == 0 || forecast.slots[n - 1].slot < slot.slot);
    demand(std::isfinite(in_watt_hours(slot.expected)) && in_watt_hours(slot.expected) >= -1e-6);
    // Sums of parts may differ in the last digit.
    if (slot.p10 && slot.p90) demand(in_watt_hours(*slot.p10) <= in_watt_hours(*slot.p90) + 1e-3);
  }
}

void check(const WeatherForecast& forecast) {
  for (std::size_t n = 0; n < forecast.slots.size(); ++n) {
    const WeatherSlot& slot = forecast.slots[n];
    demand(n == 0 || forecast.slots[n - 1].slot < slot.slot);
    if (slot.global_horizontal_w_per_m2)
      demand(*slot.global_horizontal_w_per_m2 >= 0.0 && *slot.global_horizontal_w_per_m2 <= 2000.0);
    if (slot.air) demand(in_celsius(*slot.air) >= -90.1 && in_celsius(*slot.air) <= 60.1);
    if (slot.cloud_cover_percent) demand(*slot.cloud_cover_percent >= 0.0 && *slot.cloud_cover_percent <= 100.0);
  }
  demand(forecast.planes.size() <= 1);
}

Result<TimeZone> zone_by_name(const std::string& name) {
  static const TimeZone warsaw = TimeZone::load("Europe/Warsaw").value();
  if (name == "Europe/Warsaw") return warsaw;
  return failure(ErrorCode::not_found, "no such zone");
}

template <class T>
bool is_good(const Result<T>& result) {
  demand(result.has_value() || !result.error().message.empty());
  return result.has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Instant fetched{Seconds(1'780'000'000)};
  if (const auto weather = codec::open_meteo::decode(text, fetched, codec::open_meteo::Plane{}); is_good(weather))
    check(*weather);
  if (const auto pv = codec::solcast::decode(text, fetched); is_good(pv)) check(*pv);
  if (const auto answer = codec::forecast_solar::decode(text, fetched, zone_by_name); is_good(answer))
    check(answer->forecast);
  (void)is_good(codec::imgw::decode_synop(text));
  return 0;
}
