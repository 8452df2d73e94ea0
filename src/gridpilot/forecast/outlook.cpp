#include "gridpilot/forecast/outlook.hpp"

#include <algorithm>

#include "gridpilot/forecast/clear_sky.hpp"
#include "gridpilot/forecast/standard_load.hpp"

namespace gridpilot::forecast {
namespace {

constexpr double least_coverage = 0.8;
// From so much on a forecast is called the home's own.
constexpr double own_days = 1.0;

}  // namespace

HomeOutlook::HomeOutlook(const Site& site, const TimeZone& zone, const IsFreeDay& is_free_day)
    : load_(zone, is_free_day, site.annual_consumption), pv_(site) {}

const WeatherSlot* HomeOutlook::weather_at(Slot slot) const {
  const auto found = std::ranges::lower_bound(weather_, slot, {}, &WeatherSlot::slot);
  return found != weather_.end() && found->slot == slot ? &*found : nullptr;
}

void HomeOutlook::learn(const SlotEnergy& measured, PvFreedom freedom) {
  if (measured.coverage < least_coverage) return;
  const WeatherSlot* const weather = weather_at(measured.slot);
  // What was not measured went on as the rest of the slot.
  const auto whole = [&measured](Energy part) { return in_kilowatt_hours(part / measured.coverage); };
  load_.learn({.slot = measured.slot, .value = whole(measured.load), .weather = weather});
  pv_.learn({.slot = measured.slot, .value = whole(measured.pv), .weather = weather}, freedom);
}

void HomeOutlook::take(WeatherForecast weather) {
  weather_ = std::move(weather.slots);
  pv_.take_planes(std::move(weather.planes));
}

Origin HomeOutlook::pv_origin(Slot slot) const {
  switch (pv_.basis_of(slot, weather_at(slot))) {
    case PvBasis::service: return Origin::service;
    case PvBasis::weather: return Origin::weather;
    case PvBasis::sky: break;
  }
  return pv_.days_learnt() >= own_days ? Origin::recent_days : Origin::clear_sky;
}

std::vector<std::optional<Quantiles>> HomeOutlook::load(Instant now, SlotRange range) {
  return load_.forecast(now, range, weather_);
}

std::vector<std::optional<Quantiles>> HomeOutlook::pv(Instant now, SlotRange range) {
  return pv_.forecast(now, range, weather_);
}

Outlook HomeOutlook::make(Instant now, SlotRange range) {
  const auto load = this->load(now, range);
  const auto pv = this->pv(now, range);
  Outlook outlook{.computed_at = now, .slots = {}};
  outlook.slots.reserve(load.size());
  for (std::size_t i = 0; i < load.size(); ++i) {
    const Slot slot = range.first + static_cast<std::int64_t>(i);
    const Quantiles load_band = load[i].value_or(Quantiles{});
    const Quantiles pv_band = pv[i].value_or(Quantiles{});
    outlook.slots.push_back(
        {.slot = slot,
         .load = kilowatt_hours(load_band.mean()),
         .pv = kilowatt_hours(pv_band.mean()),
         .load_origin = load_.days_learnt() >= own_days ? Origin::recent_days : Origin::standard_profile,
         .pv_origin = pv_origin(slot),
         .load_band = load_band,
         .pv_band = pv_band});
  }
  return outlook;
}

std::vector<OutlookSlot> standard_outlook(const Site& site, const TimeZone& zone, SlotRange range) {
  std::vector<OutlookSlot> slots;
  slots.reserve(static_cast<std::size_t>(std::max<std::int64_t>(range.size(), 0)));
  for (Slot slot = range.first; slot < range.last; slot = slot.next())
    slots.push_back(
        {.slot = slot, .load = standard_load(site.annual_consumption, zone, slot), .pv = clear_sky_energy(site, slot)});
  return slots;
}

}  // namespace gridpilot::forecast
