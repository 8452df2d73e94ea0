#pragma once

#include <chrono>
#include <compare>

namespace gridpilot {

/// A physical quantity: built by name, never converted from a number, with only the operations that mean something.
/// Quantities of one kind add, subtract, compare and scale; two different kinds never mix, except by the operators
/// spelled out below. Held in double; the unit of the held number is nobody's business but the factory's.
template <class Tag>
class Quantity {
 public:
  constexpr Quantity() = default;

  [[nodiscard]] static constexpr Quantity from_raw(double raw) { return Quantity(raw); }
  [[nodiscard]] constexpr double raw() const { return raw_; }

  [[nodiscard]] friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.raw_ + b.raw_); }
  [[nodiscard]] friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.raw_ - b.raw_); }
  [[nodiscard]] friend constexpr Quantity operator-(Quantity a) { return Quantity(-a.raw_); }
  [[nodiscard]] friend constexpr Quantity operator*(Quantity a, double factor) { return Quantity(a.raw_ * factor); }
  [[nodiscard]] friend constexpr Quantity operator*(double factor, Quantity a) { return Quantity(factor * a.raw_); }
  [[nodiscard]] friend constexpr Quantity operator/(Quantity a, double divisor) { return Quantity(a.raw_ / divisor); }
  [[nodiscard]] friend constexpr double operator/(Quantity a, Quantity b) { return a.raw_ / b.raw_; }
  constexpr Quantity& operator+=(Quantity b) {
    raw_ += b.raw_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity b) {
    raw_ -= b.raw_;
    return *this;
  }
  [[nodiscard]] friend constexpr auto operator<=>(Quantity, Quantity) = default;

 private:
  explicit constexpr Quantity(double raw) : raw_(raw) {}
  double raw_ = 0.0;
};

/// W. Signs are the house's view: docs/sign-convention.md.
using Power = Quantity<struct PowerTag>;
/// kWh.
using Energy = Quantity<struct EnergyTag>;
/// State of charge, percent of the usable capacity.
using Soc = Quantity<struct SocTag>;
/// V.
using Voltage = Quantity<struct VoltageTag>;
/// A.
using Current = Quantity<struct CurrentTag>;
/// °C.
using Temperature = Quantity<struct TemperatureTag>;
/// An expected amount of currency. Never booked: booked amounts are Money (money.hpp), from measured energy.
using Value = Quantity<struct ValueTag>;
/// An expected amount of currency per kWh: what a plan reckons with. Contract prices are EnergyPrice (money.hpp).
using ValuePerEnergy = Quantity<struct ValuePerEnergyTag>;

[[nodiscard]] constexpr Power watts(double w) {
  return Power::from_raw(w);
}
[[nodiscard]] constexpr Power kilowatts(double kw) {
  return Power::from_raw(kw * 1000.0);
}
[[nodiscard]] constexpr double in_watts(Power p) {
  return p.raw();
}
[[nodiscard]] constexpr double in_kilowatts(Power p) {
  return p.raw() / 1000.0;
}

[[nodiscard]] constexpr Energy kilowatt_hours(double kwh) {
  return Energy::from_raw(kwh);
}
[[nodiscard]] constexpr Energy watt_hours(double wh) {
  return Energy::from_raw(wh / 1000.0);
}
[[nodiscard]] constexpr double in_kilowatt_hours(Energy e) {
  return e.raw();
}
[[nodiscard]] constexpr double in_watt_hours(Energy e) {
  return e.raw() * 1000.0;
}

[[nodiscard]] constexpr Soc percent(double p) {
  return Soc::from_raw(p);
}
[[nodiscard]] constexpr double in_percent(Soc s) {
  return s.raw();
}
[[nodiscard]] constexpr Voltage volts(double v) {
  return Voltage::from_raw(v);
}
[[nodiscard]] constexpr double in_volts(Voltage v) {
  return v.raw();
}
[[nodiscard]] constexpr Current amperes(double a) {
  return Current::from_raw(a);
}
[[nodiscard]] constexpr double in_amperes(Current a) {
  return a.raw();
}
[[nodiscard]] constexpr Temperature celsius(double c) {
  return Temperature::from_raw(c);
}
[[nodiscard]] constexpr double in_celsius(Temperature t) {
  return t.raw();
}
[[nodiscard]] constexpr Value currency(double amount) {
  return Value::from_raw(amount);
}
[[nodiscard]] constexpr double in_currency(Value v) {
  return v.raw();
}
[[nodiscard]] constexpr ValuePerEnergy per_kilowatt_hour(double amount) {
  return ValuePerEnergy::from_raw(amount);
}
[[nodiscard]] constexpr double in_per_kilowatt_hour(ValuePerEnergy v) {
  return v.raw();
}

/// A length of time for energy arithmetic; std::chrono durations convert to it.
using Hours = std::chrono::duration<double, std::ratio<3600>>;

[[nodiscard]] constexpr Energy operator*(Power p, Hours h) {
  return kilowatt_hours(in_kilowatts(p) * h.count());
}
[[nodiscard]] constexpr Energy operator*(Hours h, Power p) {
  return p * h;
}
[[nodiscard]] constexpr Power operator/(Energy e, Hours h) {
  return kilowatts(in_kilowatt_hours(e) / h.count());
}
[[nodiscard]] constexpr Hours operator/(Energy e, Power p) {
  return Hours(in_kilowatt_hours(e) / in_kilowatts(p));
}
[[nodiscard]] constexpr Value operator*(ValuePerEnergy v, Energy e) {
  return currency(v.raw() * e.raw());
}
[[nodiscard]] constexpr Value operator*(Energy e, ValuePerEnergy v) {
  return v * e;
}
[[nodiscard]] constexpr ValuePerEnergy operator/(Value v, Energy e) {
  return per_kilowatt_hour(v.raw() / e.raw());
}
[[nodiscard]] constexpr Power operator*(Voltage v, Current a) {
  return watts(v.raw() * a.raw());
}
[[nodiscard]] constexpr Power operator*(Current a, Voltage v) {
  return v * a;
}
/// Energy held at a state of charge of a battery with this capacity.
[[nodiscard]] constexpr Energy stored_at(Soc soc, Energy capacity) {
  return capacity * (in_percent(soc) / 100.0);
}
/// State of charge of a battery of this capacity that holds this energy.
[[nodiscard]] constexpr Soc soc_at(Energy stored, Energy capacity) {
  return percent(100.0 * (stored / capacity));
}

}  // namespace gridpilot
