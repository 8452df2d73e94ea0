#include "gridpilot/codec/goodwe/decode.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>

#include "gridpilot/codec/goodwe/values.hpp"

namespace gridpilot::goodwe {
namespace {

/// One row while its block is decoded.
struct Cell {
  bool covered = false;  ///< its bytes, or its operands, lie in the window
  Bytes raw;             ///< empty for computed values
  Bytes raw_low;         ///< bitmap_u16x2 only
  Datum value;
};

/// Everything the steps share: the rows, their cells and the bytes they come from.
class Decoder {
 public:
  Decoder(const BlockTable& block, const ReadWindow& window, const DeviceInfo* info)
      : block_(block), window_(window), info_(info), cells_(block.rows.size()) {}

  [[nodiscard]] std::vector<DecodedValue> run() {
    for (std::size_t i = 0; i < cells_.size(); ++i) locate(i);
    for (std::size_t i = 0; i < cells_.size(); ++i)
      if (cells_[i].covered && row(i).formula == Formula::none) cells_[i].value = stored(i);
    for (std::size_t i = 0; i < cells_.size(); ++i)
      if (row(i).formula != Formula::none) compute(i);

    std::vector<DecodedValue> out;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!cells_[i].covered || (info_ != nullptr && !shown_on(row(i), *info_))) continue;
      out.push_back({.block = block_.name, .id = row(i).id, .value = std::move(cells_[i].value)});
    }
    return out;
  }

 private:
  [[nodiscard]] const RegisterRow& row(std::size_t i) const { return block_.rows[i]; }

  /// The bytes of a register (or payload offset); empty where the window does not hold all of them.
  [[nodiscard]] Bytes bytes_at(std::uint16_t address, std::size_t size) const {
    if (address == no_address || address < window_.first || size == 0) return {};
    const std::size_t unit = block_.addressing == Addressing::aa55_payload ? 1 : 2;
    const std::size_t offset = (address - window_.first) * unit;
    if (offset + size > window_.data.size()) return {};
    return window_.data.subspan(offset, size);
  }

  void locate(std::size_t i) {
    const RegisterRow& r = row(i);
    Cell& cell = cells_[i];
    if (r.type == ValueType::bitmap_u16x2) {
      cell.raw = bytes_at(r.address, 2);
      cell.raw_low = bytes_at(r.low_address, 2);
      cell.covered = !cell.raw.empty() && !cell.raw_low.empty();
      return;
    }
    cell.raw = bytes_at(r.address, r.bytes);
    cell.covered = !cell.raw.empty() && r.formula == Formula::none;
  }

  /// The number as it stands in the bytes, sign-extended for signed types.
  [[nodiscard]] static std::int64_t signed_of(Bytes raw) {
    switch (raw.size()) {
      case 1: return static_cast<std::int8_t>(raw[0]);
      case 2: return static_cast<std::int16_t>(u16_at(raw, 0));
      default: return static_cast<std::int32_t>(u32_at(raw, 0));
    }
  }
  [[nodiscard]] static std::uint64_t unsigned_of(Bytes raw) {
    std::uint64_t out = 0;
    for (const std::uint8_t byte : raw) out = (out << 8U) | byte;
    return out;
  }

  /// protocol.md 7.3a: -1 is a reading too, so it is a filler only together with the rest of its phase or group, or
  /// while the mode says that there is no battery.
  [[nodiscard]] bool lacking_together(const RegisterRow& r) const {
    if (r.without_battery != no_row) {
      const Bytes mode = cells_[r.without_battery].raw;
      if (mode.size() == 2 && u16_at(mode, 0) == 0) return true;
    }
    return std::ranges::all_of(r.together.span(), [this](std::uint16_t other) { return all_ones(cells_[other].raw); });
  }

  [[nodiscard]] bool is_filler(const RegisterRow& r, Bytes raw) const {
    switch (r.not_available) {
      case NotAvailable::never:
      case NotAvailable::not_finite:
      case NotAvailable::impossible_date: return false;
      case NotAvailable::ones: return all_ones(raw);
      case NotAvailable::ones_or_7fff: return all_ones(raw) || u16_at(raw, 0) == 0x7FFF;
      case NotAvailable::ones_together: return all_ones(raw) && lacking_together(r);
    }
    return false;
  }

  /// protocol.md 7.2: a 32-bit power whose low word alone is the value, except on units above 30 kW that extend the
  /// sign into the high word.
  [[nodiscard]] std::int64_t power_with_high_word(const RegisterRow& r, Bytes raw) const {
    const std::int64_t low = signed_of(raw);
    if (info_ == nullptr || !info_->rating || *info_->rating <= kilowatts(30)) return low;
    const Bytes high = bytes_at(static_cast<std::uint16_t>(r.address - 1), 2);
    if (high.empty() || (u16_at(high, 0) != 0 && u16_at(high, 0) != 0xFFFF)) return low;
    return static_cast<std::int32_t>((static_cast<std::uint32_t>(u16_at(high, 0)) << 16U) | u16_at(raw, 0));
  }

  [[nodiscard]] static Datum scaled(double raw, int decimals) {
    constexpr std::array<double, 4> divisors{1.0, 10.0, 100.0, 1000.0};
    return raw / divisors[static_cast<std::size_t>(decimals)] + 0.0;
  }

  [[nodiscard]] Datum label(const RegisterRow& r, std::int64_t code) const {
    const auto found = label_of(r.enumeration, static_cast<std::int32_t>(code));
    return found ? Datum(std::string(*found)) : Datum();
  }

  [[nodiscard]] static Datum text_or_absent(std::optional<std::string> text) {
    return text ? Datum(std::move(*text)) : Datum();
  }

  [[nodiscard]] Datum bits_of_two_registers(const RegisterRow& r, const Cell& cell) const {
    if (all_ones(cell.raw) && all_ones(cell.raw_low)) return {};
    // A half that reads "not available" reports nothing; the other half still does.
    const std::uint64_t high = all_ones(cell.raw) ? 0 : u16_at(cell.raw, 0);
    const std::uint64_t low = all_ones(cell.raw_low) ? 0 : u16_at(cell.raw_low, 0);
    return labels_of_bits(r.enumeration, (high << 16U) | low);
  }

  /// A value that stands in the bytes, by its type (protocol.md 7.3).
  [[nodiscard]] Datum stored(std::size_t i) const {
    const RegisterRow& r = row(i);
    const Bytes raw = cells_[i].raw;
    if (r.type == ValueType::bitmap_u16x2) return bits_of_two_registers(r, cells_[i]);
    const bool high_byte = r.type == ValueType::int8_hi || r.type == ValueType::enum_s8_hi;
    const bool low_byte = r.type == ValueType::int8_lo || r.type == ValueType::enum_s8_lo;
    const Bytes part = high_byte ? raw.first(1) : low_byte ? raw.last(1) : raw;
    if (is_filler(r, part)) return {};

    switch (r.type) {
      case ValueType::int8:
      case ValueType::int8_hi:
      case ValueType::int8_lo: return static_cast<double>(signed_of(part));
      case ValueType::current_s16:
      case ValueType::current_ma_s16:
      case ValueType::freq_s16:
      case ValueType::power_s16:
      case ValueType::power_s32:
      case ValueType::apparent_s16:
      case ValueType::apparent_s32:
      case ValueType::reactive_s16:
      case ValueType::reactive_s32:
      case ValueType::temp_s16:
      case ValueType::decimal_s16:
        return scaled(static_cast<double>(r.high_word_before ? power_with_high_word(r, raw) : signed_of(raw)),
                      r.decimals);
      case ValueType::float32: {
        const double value = static_cast<double>(std::bit_cast<float>(u32_at(raw, 0))) / 1000.0;
        return std::isfinite(value) ? Datum(rounded(value, r.decimals)) : Datum();
      }
      case ValueType::string: return text_or_absent(device_text(raw));
      case ValueType::timestamp6: return text_or_absent(timestamp_text(raw));
      case ValueType::enum_u16: return label(r, static_cast<std::int64_t>(unsigned_of(raw)));
      case ValueType::enum_s8:
      case ValueType::enum_s8_hi:
      case ValueType::enum_s8_lo: return label(r, signed_of(part));
      case ValueType::bitmap_u32: return labels_of_bits(r.enumeration, unsigned_of(raw));
      case ValueType::ecomode_v1:
      case ValueType::schedule_v2: return lower_hex(raw);
      default: return scaled(static_cast<double>(unsigned_of(raw)), r.decimals);  // every unsigned number
    }
  }

  // ---- computed values ----

  [[nodiscard]] bool all_covered(RowList list) const {
    return std::ranges::all_of(list.span(), [this](std::uint16_t i) { return cells_[i].covered; });
  }
  [[nodiscard]] std::optional<double> number(std::uint16_t i) const {
    const double* value = std::get_if<double>(&cells_[i].value);
    return value == nullptr ? std::nullopt : std::optional(*value);
  }
  [[nodiscard]] std::optional<double> operand(const RegisterRow& r, std::size_t k) const {
    return number(r.operands.span()[k]);
  }

  [[nodiscard]] std::optional<double> sum_of_present(const RegisterRow& r) const {
    std::optional<double> sum;
    for (const std::uint16_t i : r.operands.span())
      if (const auto value = number(i)) sum = sum.value_or(0.0) + *value;
    return sum;
  }

  /// The unsigned word at a payload offset, "not available" as absent (ES).
  [[nodiscard]] std::optional<double> payload_word(std::uint16_t offset) const {
    const Bytes raw = bytes_at(offset, 2);
    if (raw.empty() || all_ones(raw)) return std::nullopt;
    return u16_at(raw, 0);
  }
  [[nodiscard]] std::optional<std::int64_t> payload_byte(std::uint16_t offset) const {
    const Bytes raw = bytes_at(offset, 1);
    if (raw.empty()) return std::nullopt;
    return signed_of(raw);
  }

  struct Computed {
    bool covered = false;
    Datum value;
  };
  [[nodiscard]] static Datum datum(std::optional<double> value) { return value ? Datum(*value + 0.0) : Datum(); }

  void compute(std::size_t i) {
    const RegisterRow& r = row(i);
    Computed out = block_.addressing == Addressing::aa55_payload && r.operands.count == 0 ? computed_of_payload(r)
                                                                                          : computed_of_rows(r);
    cells_[i].covered = out.covered;
    cells_[i].value = std::move(out.value);
  }

  [[nodiscard]] Computed computed_of_rows(const RegisterRow& r) const {
    if (r.operands.count == 0 || !all_covered(r.operands)) return {};
    const std::optional<double> a = operand(r, 0);
    const std::optional<double> b = r.operands.count > 1 ? operand(r, 1) : std::nullopt;
    const std::optional<double> c = r.operands.count > 2 ? operand(r, 2) : std::nullopt;
    switch (r.formula) {
      case Formula::sum_of_present: return {true, datum(sum_of_present(r))};
      case Formula::sum: return {true, a && b ? datum(*a + *b) : Datum()};
      case Formula::rounded_product: return {true, a && b ? datum(std::nearbyint(*a * *b)) : Datum()};
      case Formula::quotient: return {true, a && b && *b != 0.0 ? Datum(rounded(*a / *b, r.decimals)) : Datum()};
      case Formula::grid_direction: {
        if (!a) return {true, {}};
        return {true, Datum(*a < -90.0 ? 2.0 : *a >= 90.0 ? 1.0 : 0.0)};
      }
      case Formula::label_of: return {true, a ? label(r, static_cast<std::int64_t>(*a)) : Datum()};
      case Formula::generation_less_export: return {true, a && b && c ? datum(*a + *b - *c) : Datum()};
      case Formula::dt_firmware: return {true, a && b && c ? dt_firmware(*a, *b, *c) : Datum()};
      case Formula::es_battery_power: {
        const auto current = es_battery_current();
        if (!current) return {true, {}};
        return {true, a ? datum(std::copysign(std::abs(std::nearbyint(*a * std::abs(*current))), *current)) : Datum()};
      }
      default: return {};
    }
  }

  [[nodiscard]] static Datum dt_firmware(double dsp1, double dsp2, double arm) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.0f.%.0f.%02x", dsp1, dsp2, static_cast<unsigned>(arm));
    return std::string(text.data());
  }

  // ES keeps magnitudes and, elsewhere in the payload, which way they flow.
  static constexpr std::uint16_t es_current_offset = 18;
  static constexpr std::uint16_t es_battery_mode_offset = 30;
  static constexpr std::int64_t es_charging = 3;
  static constexpr std::uint16_t es_grid_power_offset = 38;
  static constexpr std::uint16_t es_grid_direction_offset = 80;
  static constexpr std::int64_t es_importing = 2;
  static constexpr std::uint16_t es_minimum_soc_offset = 32;

  /// Discharge positive; its sign is told even when it is 0.
  [[nodiscard]] std::optional<double> es_battery_current() const {
    const auto magnitude = payload_word(es_current_offset);
    const auto mode = payload_byte(es_battery_mode_offset);
    if (!magnitude || !mode) return std::nullopt;
    return *mode == es_charging ? -*magnitude / 10.0 : *magnitude / 10.0;
  }

  [[nodiscard]] Computed computed_of_payload(const RegisterRow& r) const {
    switch (r.formula) {
      case Formula::es_battery_current:
        return {!bytes_at(es_battery_mode_offset, 1).empty(), datum(es_battery_current())};
      case Formula::es_grid_power: {
        const Bytes raw = bytes_at(es_grid_power_offset, 2);
        const auto direction = payload_byte(es_grid_direction_offset);
        if (raw.empty() || !direction) return {};
        const double magnitude = static_cast<double>(std::abs(signed_of(raw)));
        return {true, datum(*direction == es_importing ? -magnitude : magnitude)};
      }
      case Formula::es_depth_of_discharge: {
        if (bytes_at(es_minimum_soc_offset, 2).empty()) return {};
        const auto minimum = payload_word(es_minimum_soc_offset);
        return {true, minimum ? datum(100.0 - *minimum) : Datum()};
      }
      case Formula::es_dsp1_version:
      case Formula::es_dsp2_version:
      case Formula::es_arm_version: return es_version(r.formula);
      default: return {};
    }
  }

  [[nodiscard]] Computed es_version(Formula which) const {
    const auto parsed = parse_device_info(Family::es, window_.data);
    if (!parsed) return {};
    const std::optional<int> version = which == Formula::es_dsp1_version   ? parsed->dsp1_version
                                       : which == Formula::es_dsp2_version ? parsed->dsp2_version
                                                                           : parsed->arm_version;
    return {true, version ? Datum(static_cast<double>(*version)) : Datum()};
  }

  const BlockTable& block_;
  const ReadWindow& window_;
  const DeviceInfo* info_;
  std::vector<Cell> cells_;
};

[[nodiscard]] bool is_settings(std::string_view block) {
  return block.starts_with("settings");
}

/// Blocks whose rows lie in the same read: the meter's three lengths, and all settings.
[[nodiscard]] bool read_together(const BlockTable& asked, const BlockTable& other) {
  if (asked.addressing != other.addressing) return false;
  if (asked.name.starts_with("meter") && other.name.starts_with("meter")) return asked.first == other.first;
  return is_settings(asked.name) && is_settings(other.name) && asked.addressing != Addressing::aa55_payload;
}

[[nodiscard]] std::size_t bytes_of(Family family, const DecodedValue& value) {
  const BlockTable* block = block_named(family, value.block);
  const RegisterRow* found = block == nullptr ? nullptr : row_named(*block, value.id);
  return found == nullptr ? 0 : found->bytes;
}

/// Of an id that two blocks have, the wider row is the one that was meant.
void merge(Family family, std::vector<DecodedValue>& values, std::vector<DecodedValue> more) {
  for (DecodedValue& value : more) {
    const auto same = std::ranges::find(values, value.id, &DecodedValue::id);
    if (same == values.end())
      values.push_back(std::move(value));
    else if (bytes_of(family, value) > bytes_of(family, *same))
      *same = std::move(value);
  }
}

}  // namespace

const Datum* DecodedBlock::find(std::string_view id) const noexcept {
  const auto found = std::ranges::find(values, id, &DecodedValue::id);
  return found == values.end() ? nullptr : &found->value;
}

DecodedBlock decode_block(Family family, const BlockTable& block, const ReadWindow& window, const DeviceInfo* info) {
  DecodedBlock out{.family = family, .block = block.name, .values = Decoder(block, window, info).run()};
  for (const BlockTable& other : blocks_of(family))
    if (&other != &block && read_together(block, other)) merge(family, out.values, Decoder(other, window, info).run());
  return out;
}

}  // namespace gridpilot::goodwe
