#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gridpilot/core/units.hpp"

namespace gridpilot {

struct NetTag;
struct GrossTag;

/// A contract or market price per kWh in 1e-9 of a currency unit: RCE comes with five decimals per MWh, EUR times a
/// fixing with more. Net (without VAT) and gross are two types; VAT is the only way from one to the other.
template <class Tax>
class EnergyPrice {
 public:
  constexpr EnergyPrice() = default;
  [[nodiscard]] static constexpr EnergyPrice from_nanos_per_kwh(std::int64_t nanos) { return EnergyPrice(nanos); }
  /// Rounds half to even at 1e-9 per kWh.
  [[nodiscard]] static EnergyPrice from_per_kwh(double amount);
  /// Rounds half to even at 1e-9 per kWh.
  [[nodiscard]] static EnergyPrice from_per_mwh(double amount);

  [[nodiscard]] constexpr std::int64_t nanos_per_kwh() const { return nanos_; }
  [[nodiscard]] constexpr double per_kwh() const { return static_cast<double>(nanos_) / 1e9; }
  /// The same price as a plan reckons with it.
  [[nodiscard]] constexpr ValuePerEnergy as_value() const { return per_kilowatt_hour(per_kwh()); }

  [[nodiscard]] friend constexpr EnergyPrice operator+(EnergyPrice a, EnergyPrice b) {
    return EnergyPrice(a.nanos_ + b.nanos_);
  }
  [[nodiscard]] friend constexpr EnergyPrice operator-(EnergyPrice a, EnergyPrice b) {
    return EnergyPrice(a.nanos_ - b.nanos_);
  }
  [[nodiscard]] friend constexpr EnergyPrice operator-(EnergyPrice a) { return EnergyPrice(-a.nanos_); }
  [[nodiscard]] friend constexpr auto operator<=>(EnergyPrice, EnergyPrice) = default;

 private:
  explicit constexpr EnergyPrice(std::int64_t nanos) : nanos_(nanos) {}
  std::int64_t nanos_ = 0;
};

using NetPrice = EnergyPrice<NetTag>;
using GrossPrice = EnergyPrice<GrossTag>;

/// A tax rate or factor in parts per million (23 % is 230 000): exact, so that rounding happens once.
struct Ratio {
  std::int64_t ppm = 0;
  [[nodiscard]] static constexpr Ratio from_percent(std::int64_t percent) { return Ratio{percent * 10'000}; }
  [[nodiscard]] friend constexpr auto operator<=>(Ratio, Ratio) = default;
};

/// net × (1 + vat), rounded half to even once.
[[nodiscard]] GrossPrice with_vat(NetPrice net, Ratio vat);
/// gross / (1 + vat), rounded half to even once.
[[nodiscard]] NetPrice without_vat(GrossPrice gross, Ratio vat);
/// price × factor, rounded half to even once.
[[nodiscard]] NetPrice scaled(NetPrice price, Ratio factor);
[[nodiscard]] GrossPrice scaled(GrossPrice price, Ratio factor);

/// A booked amount in 1e-8 of a currency unit.
class Money {
 public:
  constexpr Money() = default;
  [[nodiscard]] static constexpr Money from_units(std::int64_t units_1e8) { return Money(units_1e8); }
  [[nodiscard]] constexpr std::int64_t units() const { return units_; }
  [[nodiscard]] constexpr double amount() const { return static_cast<double>(units_) / 1e8; }
  [[nodiscard]] friend constexpr Money operator+(Money a, Money b) { return Money(a.units_ + b.units_); }
  [[nodiscard]] friend constexpr Money operator-(Money a, Money b) { return Money(a.units_ - b.units_); }
  [[nodiscard]] friend constexpr Money operator-(Money a) { return Money(-a.units_); }
  constexpr Money& operator+=(Money b) {
    units_ += b.units_;
    return *this;
  }
  [[nodiscard]] friend constexpr auto operator<=>(Money, Money) = default;

 private:
  explicit constexpr Money(std::int64_t units) : units_(units) {}
  std::int64_t units_ = 0;
};

/// Measured energy as meters count it: whole mWh, so that sums of slots equal days to the last unit.
class MeteredEnergy {
 public:
  constexpr MeteredEnergy() = default;
  [[nodiscard]] static constexpr MeteredEnergy from_milliwatt_hours(std::int64_t mwh) { return MeteredEnergy(mwh); }
  [[nodiscard]] constexpr std::int64_t milliwatt_hours() const { return mwh_; }
  [[nodiscard]] constexpr Energy energy() const { return watt_hours(static_cast<double>(mwh_) / 1000.0); }
  [[nodiscard]] friend constexpr MeteredEnergy operator+(MeteredEnergy a, MeteredEnergy b) {
    return MeteredEnergy(a.mwh_ + b.mwh_);
  }
  [[nodiscard]] friend constexpr MeteredEnergy operator-(MeteredEnergy a, MeteredEnergy b) {
    return MeteredEnergy(a.mwh_ - b.mwh_);
  }
  [[nodiscard]] friend constexpr auto operator<=>(MeteredEnergy, MeteredEnergy) = default;

 private:
  explicit constexpr MeteredEnergy(std::int64_t mwh) : mwh_(mwh) {}
  std::int64_t mwh_ = 0;
};

/// The one place where money is rounded: energy × price, half to even at 1e-8.
[[nodiscard]] Money cost(MeteredEnergy energy, GrossPrice price);

/// A decimal text ("412.34", "-0.0001") read exactly as nanos per kWh; nullopt for anything else.
[[nodiscard]] std::optional<NetPrice> parse_net_per_mwh(std::string_view text);

}  // namespace gridpilot
