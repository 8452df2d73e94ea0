#include "gridpilot/core/money.hpp"

#include <charconv>
#include <cmath>

#include "gridpilot/core/json_reader.hpp"
#include "gridpilot/core/rounding.hpp"

namespace gridpilot {
namespace {

std::int64_t nearest_even(double value) {
  return static_cast<std::int64_t>(std::nearbyint(value));
}

constexpr std::int64_t million = 1'000'000;

}  // namespace

template <class Tax>
EnergyPrice<Tax> EnergyPrice<Tax>::from_per_kwh(double amount) {
  return EnergyPrice(nearest_even(amount * 1e9));
}

template <class Tax>
EnergyPrice<Tax> EnergyPrice<Tax>::from_per_mwh(double amount) {
  return EnergyPrice(nearest_even(amount * 1e6));
}

template class EnergyPrice<NetTag>;
template class EnergyPrice<GrossTag>;

GrossPrice with_vat(NetPrice net, Ratio vat) {
  return GrossPrice::from_nanos_per_kwh(
      divide_half_even(static_cast<Wide>(net.nanos_per_kwh()) * (million + vat.ppm), million));
}

NetPrice without_vat(GrossPrice gross, Ratio vat) {
  return NetPrice::from_nanos_per_kwh(
      divide_half_even(static_cast<Wide>(gross.nanos_per_kwh()) * million, million + vat.ppm));
}

NetPrice scaled(NetPrice price, Ratio factor) {
  return NetPrice::from_nanos_per_kwh(divide_half_even(static_cast<Wide>(price.nanos_per_kwh()) * factor.ppm, million));
}

GrossPrice scaled(GrossPrice price, Ratio factor) {
  return GrossPrice::from_nanos_per_kwh(
      divide_half_even(static_cast<Wide>(price.nanos_per_kwh()) * factor.ppm, million));
}

Money cost(MeteredEnergy energy, GrossPrice price) {
  // mWh × 1e-9 per kWh = 1e-15 of a unit per count; Money counts 1e-8.
  return Money::from_units(
      divide_half_even(static_cast<Wide>(energy.milliwatt_hours()) * price.nanos_per_kwh(), 10'000'000));
}

std::optional<NetPrice> parse_net_per_mwh(std::string_view text) {
  double amount = 0.0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
  if (fault != std::errc{} || end != text.data() + text.size() || !std::isfinite(amount) || std::fabs(amount) > 1e9)
    return std::nullopt;
  // The digits themselves decide where they are few enough; a longer text is within half a nano of its double anyway.
  json::Reader digits(text);
  const std::int64_t nanos = digits.fixed(6);
  return digits.finish() ? NetPrice::from_nanos_per_kwh(nanos) : NetPrice::from_per_mwh(amount);
}

}  // namespace gridpilot
