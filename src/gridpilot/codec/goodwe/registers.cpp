#include "gridpilot/codec/goodwe/registers.hpp"

#include <algorithm>
#include <array>

#include "gridpilot/codec/goodwe/generated/tables.hpp"

namespace gridpilot::goodwe {

std::string_view name_of(Family family) noexcept {
  switch (family) {
    case Family::et: return "ET";
    case Family::dt: return "DT";
    case Family::es: return "ES";
  }
  return "";
}

std::optional<Family> family_named(std::string_view name) noexcept {
  for (const Family family : {Family::et, Family::dt, Family::es})
    if (name_of(family) == name) return family;
  return std::nullopt;
}

std::span<const BlockTable> blocks_of(Family family) noexcept {
  switch (family) {
    case Family::et: return generated::et_blocks();
    case Family::dt: return generated::dt_blocks();
    case Family::es: return generated::es_blocks();
  }
  return {};
}

const BlockTable* block_named(Family family, std::string_view name) noexcept {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> aliases{
      {{"running_data", "runtime"}, {"battery_info", "battery"}, {"meter_data", "meter"}}};
  for (const auto& [alias, meant] : aliases)
    if (name == alias) name = meant;
  const auto blocks = blocks_of(family);
  const auto found = std::ranges::find(blocks, name, &BlockTable::name);
  return found == blocks.end() ? nullptr : &*found;
}

const RegisterRow* row_named(const BlockTable& block, std::string_view id) noexcept {
  const auto found = std::ranges::find(block.rows, id, &RegisterRow::id);
  return found == block.rows.end() ? nullptr : &*found;
}

std::span<const CodeLabel> codes_of(Enumeration enumeration) noexcept {
  return generated::codes_of(enumeration);
}

std::optional<std::string_view> label_of(Enumeration enumeration, std::int32_t code) noexcept {
  const auto codes = codes_of(enumeration);
  const auto found = std::ranges::lower_bound(codes, code, {}, &CodeLabel::code);
  if (found == codes.end() || found->code != code) return std::nullopt;
  return found->label;
}

std::string labels_of_bits(Enumeration enumeration, std::uint64_t bits) {
  std::string out;
  for (int bit = 0; bit < 64; ++bit) {
    if (((bits >> static_cast<unsigned>(bit)) & 1U) == 0) continue;
    const auto label = label_of(enumeration, bit);
    if (label && label->empty()) continue;
    if (!out.empty()) out += ", ";
    out += label ? std::string(*label) : "err" + std::to_string(bit);
  }
  return out;
}

std::span<const SerialTag> serial_tags() noexcept {
  return generated::serial_tags();
}

}  // namespace gridpilot::goodwe
