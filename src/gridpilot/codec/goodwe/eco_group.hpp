#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/core/units.hpp"

/// Time-windowed groups of the economic mode, byte for byte. control.md 3; worked examples are the tests.
namespace gridpilot::goodwe {

enum class EcoFormat : std::uint8_t {
  v1,  ///< 8 bytes, percent of the rating, no SoC
  v2,  ///< 12 bytes, percent (type 0) or permille (type 6) of the rating, SoC, months
};
[[nodiscard]] constexpr std::size_t registers_of(EcoFormat format) {
  return format == EcoFormat::v1 ? 4 : 6;
}

/// What a v2 group is for; enabled it is written as 255 − type.
enum class ScheduleType : std::uint8_t {
  eco = 0,  ///< power in percent
  dry_contact_load = 1,
  dry_contact_smart_load = 2,
  peak_shaving = 3,  ///< power in steps of 10 W
  backup = 4,
  smart_charge = 5,
  eco_745 = 6,     ///< power in permille
  not_set = 0x55,  ///< neither enabled nor of a type
};

inline constexpr std::uint8_t every_weekday = 0x7F;   ///< bit 0 Sunday … bit 6 Saturday
inline constexpr std::uint16_t every_month = 0x0FFF;  ///< bit 0 January … bit 11 December; 0 means the same
inline constexpr std::uint8_t unused_hour = 48;

/// One group as it stands in the registers: every field is the raw one, so that decoding and encoding again changes
/// nothing whatever was there.
struct EcoGroup {
  EcoFormat format = EcoFormat::v2;
  std::uint8_t start_hour = unused_hour;
  std::uint8_t start_minute = 0;
  std::uint8_t end_hour = unused_hour;
  std::uint8_t end_minute = 0;
  std::uint8_t on_off = 0;  ///< v1: 0xFF on, 0x00 off; v2: see ScheduleType
  std::uint8_t weekdays = 0;
  std::int16_t power = 100;  ///< negative charges, positive discharges; unit by type
  std::uint16_t soc = 100;   ///< v2: percent at which charging stops, or discharging does; v1 has none
  std::uint16_t months = 0;  ///< v2

  [[nodiscard]] bool enabled() const;
  /// v1 groups are of type eco.
  [[nodiscard]] ScheduleType type() const;
  /// Share of the inverter's rating, -1 .. 1; absent for types that do not steer the battery.
  [[nodiscard]] std::optional<double> power_share() const;
  /// Both times are times of day.
  [[nodiscard]] bool has_window() const;
  /// 00:00 to 23:59 on every day of every month, enabled, with a power: a lasting forced mode, set as such.
  [[nodiscard]] bool is_all_day_forced() const;

  [[nodiscard]] friend bool operator==(const EcoGroup&, const EcoGroup&) = default;
};

/// nullopt where the bytes are too few; never fails on content.
[[nodiscard]] std::optional<EcoGroup> decode_eco_group(EcoFormat format, Bytes bytes);
/// 4 or 6 register values.
[[nodiscard]] Words encode_eco_group(const EcoGroup& group);

/// The byte that stands for enabled, or for disabled, of a type.
[[nodiscard]] std::uint8_t on_byte(EcoFormat format, ScheduleType type);
[[nodiscard]] std::uint8_t off_byte(EcoFormat format, ScheduleType type);

/// A group that asks for nothing, as the maker writes it.
[[nodiscard]] EcoGroup unused_eco_group(EcoFormat format, ScheduleType type);

// ---- EMS: mode and power, written together at 47511 ----

enum class EmsMode : std::uint16_t {
  automatic = 1,
  charge_pv = 2,  ///< PV first, up to the power from the grid; 0: PV alone, and no discharge
  battery_standby = 8,
};
/// Mode and power in W as they go into registers 47511 and 47512; power is written also where it is 0.
[[nodiscard]] Words ems_words(EmsMode mode, Power power);

}  // namespace gridpilot::goodwe
