#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gridpilot/codec/goodwe/generated/enumeration_ids.hpp"

/// What is known of GoodWe's registers, as data. The facts are in registers/*.csv; tools/generate_goodwe_registers.py
/// makes the tables of this header from them, and CI checks that doing so again changes nothing.
namespace gridpilot::goodwe {

enum class Family : std::uint8_t { et, dt, es };
[[nodiscard]] std::string_view name_of(Family family) noexcept;  ///< "ET"
[[nodiscard]] std::optional<Family> family_named(std::string_view name) noexcept;

/// How raw bytes become a value; all numbers are big-endian, scaled by 10^-decimals.
enum class ValueType : std::uint8_t {
  uint16,
  uint32,
  int8,
  int8_hi,  ///< signed high byte of a register
  int8_lo,  ///< signed low byte of a register
  voltage_u16,
  current_u16,
  current_s16,
  current_ma_s16,
  freq_s16,
  power_u16,
  power_u32,
  power_s16,
  power_s32,
  apparent_s16,
  apparent_s32,
  reactive_s16,
  reactive_s32,
  energy_u16,
  energy_u32,
  energy_u32_wh,
  energy_u64,
  temp_s16,
  cellvoltage_u16,
  decimal_s16,
  float32,
  string,
  timestamp6,    ///< year − 2000, month, day, hour, minute, second; the inverter's local time
  enum_u16,      ///< label of a code
  enum_s8,       ///< label of a signed byte
  enum_s8_hi,    ///< label of a signed high byte
  enum_s8_lo,    ///< label of a signed low byte
  bitmap_u32,    ///< labels of the bits that are set
  bitmap_u16x2,  ///< as bitmap_u32, of a high and a low register that lie apart
  ecomode_v1,    ///< eco group of 8 bytes (eco_group.hpp)
  schedule_v2,   ///< eco group of 12 bytes (eco_group.hpp)
  computed,
  computed_enum,
};

/// When a raw value means "not available".
enum class NotAvailable : std::uint8_t {
  never,
  ones,           ///< all bits set
  ones_or_7fff,   ///< temperatures
  ones_together,  ///< −1 is a real reading too: only when everything in `together` reads all ones as well
  not_finite,     ///< floating point
  impossible_date,
};

/// A value that no register holds.
enum class Formula : std::uint8_t {
  none,
  sum_of_present,          ///< adds what is there; absent when nothing is
  sum,                     ///< absent when an operand is
  rounded_product,         ///< voltage × current, to the watt, half to even
  quotient,                ///< a / b; absent where b is 0
  grid_direction,          ///< 1 exporting (a ≥ 90 W), 2 importing (a < −90 W), 0 idle
  label_of,                ///< label of another value's code
  generation_less_export,  ///< a + b − c
  across_blocks,           ///< needs another block: never from one alone
  not_readable,
  dt_firmware,         ///< "dsp1.dsp2.arm", arm as hexadecimal of at least two digits
  es_battery_current,  ///< discharge positive
  es_battery_power,    ///< discharge positive
  es_grid_power,       ///< export positive
  es_depth_of_discharge,
  es_dsp1_version,
  es_dsp2_version,
  es_arm_version,
};

/// On which models a row exists; without knowledge of the model every row is shown.
enum class OnlyOn : std::uint8_t {
  all,
  single_phase,
  three_phase,
  three_trackers,  ///< 3 or 4 trackers
  four_trackers,
  four_trackers_or_15_kw,
};

enum class Access : std::uint8_t {
  read,
  write,    ///< by register
  command,  ///< by a command of its own
  ems,      ///< battery data fed by an external battery manager: leave alone
};

/// Rows of the same block, by index.
struct RowList {
  const std::uint16_t* first = nullptr;
  std::uint16_t count = 0;
  [[nodiscard]] constexpr std::span<const std::uint16_t> span() const { return {first, count}; }
};

inline constexpr std::uint16_t no_row = 0xFFFF;
inline constexpr std::uint16_t no_address = 0xFFFF;

struct RegisterRow {
  std::string_view id{};
  std::string_view name{};
  std::string_view unit{};
  std::string_view kind{};  ///< PV, AC, UPS, BAT, GRID, BMS or nothing
  ValueType type = ValueType::computed;
  std::uint16_t address = no_address;      ///< register, or byte offset into an AA55 payload
  std::uint16_t low_address = no_address;  ///< bitmap_u16x2: the low half
  std::uint8_t bytes = 0;
  std::uint8_t decimals = 0;
  Access access = Access::read;
  Enumeration enumeration = Enumeration::none;
  NotAvailable not_available = NotAvailable::never;
  RowList together{};                      ///< ones_together: these rows, itself among them
  std::uint16_t without_battery = no_row;  ///< ones_together: all ones also means absent while this mode code is 0
  /// The register before holds the high word; it is used on units above 30 kW, where it is 0x0000 or 0xFFFF.
  bool high_word_before = false;
  OnlyOn only_on = OnlyOn::all;
  Formula formula = Formula::none;
  RowList operands{};
};

enum class Addressing : std::uint8_t { modbus, aa55_payload, aa55_registers };

struct BlockTable {
  std::string_view name{};
  Addressing addressing = Addressing::modbus;
  std::uint16_t first = no_address;  ///< first register of the block read; AA55: control and function code
  std::uint16_t count = 0;           ///< registers in the block read; 0: settings are read one by one
  std::span<const RegisterRow> rows{};
};

[[nodiscard]] std::span<const BlockTable> blocks_of(Family family) noexcept;
/// Also by the names that captured frames carry: running_data, battery_info, meter_data. Null where there is none.
[[nodiscard]] const BlockTable* block_named(Family family, std::string_view name) noexcept;
/// Null where the block has no such id.
[[nodiscard]] const RegisterRow* row_named(const BlockTable& block, std::string_view id) noexcept;

// ---- enumerations ----

struct CodeLabel {
  std::int32_t code = 0;
  std::string_view label;
};
[[nodiscard]] std::span<const CodeLabel> codes_of(Enumeration enumeration) noexcept;
/// nullopt for a code that the enumeration does not have.
[[nodiscard]] std::optional<std::string_view> label_of(Enumeration enumeration, std::int32_t code) noexcept;
/// Labels of the bits that are set, bit 0 first, "A, B". Bits without a label are left out; bits that the enumeration
/// does not have are shown as "err<bit>".
[[nodiscard]] std::string labels_of_bits(Enumeration enumeration, std::uint64_t bits);

// ---- what serial numbers tell ----

enum class Platform : std::uint8_t { unknown, p105, p205, p745_lv, p745_hv, p753 };

struct SerialTag {
  std::string_view tag{};
  std::optional<Family> family{};  ///< absent: the tag only tells abilities
  Platform platform = Platform::unknown;
  bool single_phase = false;  ///< the second and third phase's values are not shown; not a count of phases
  bool three_trackers = false;
  bool four_trackers = false;
  bool second_battery = false;
};
/// In the order in which they are looked for, anywhere in the serial number.
[[nodiscard]] std::span<const SerialTag> serial_tags() noexcept;

}  // namespace gridpilot::goodwe
