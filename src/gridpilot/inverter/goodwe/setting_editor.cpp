#include "gridpilot/inverter/goodwe/setting_editor.hpp"

#include <algorithm>
#include <ranges>

#include "gridpilot/codec/goodwe/encode.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::goodwe {
namespace {

[[nodiscard]] FrameBuffer bytes_of(const Words& words) {
  FrameBuffer bytes;
  for (const std::uint16_t word : words.span()) bytes.append_u16(word);
  return bytes;
}

[[nodiscard]] Words words_of(const std::vector<std::uint8_t>& data) {
  Words words;
  for (std::size_t i = 0; i + 1 < data.size(); i += 2) words.append(u16_at(data, i));
  return words;
}

[[nodiscard]] SettingValue value_of(SettingId setting, Words present, const DeviceInfo& device) {
  const DecodedBlock decoded = decode_block(
      device.family, *setting.block,
      {.addressing = setting.block->addressing, .first = setting.row->address, .data = bytes_of(present)}, &device);
  const Datum* const found = decoded.find(setting.row->id);
  SettingValue value{.setting = setting, .present = present, .text = {}, .value = found ? *found : Datum()};
  value.text = setting_text(*setting.row, value.value, present);
  return value;
}

/// Whether the unit has no such setting. AA55 has no word for that: what is not known is not answered.
[[nodiscard]] bool is_unknown(SettingId setting, const Error& error) {
  const bool silence_tells = setting.block->addressing == Addressing::aa55_registers;
  return error.code == ErrorCode::unsupported || (silence_tells && error.code == ErrorCode::timeout);
}

[[nodiscard]] std::uint16_t registers_of(SettingId setting) {
  return static_cast<std::uint16_t>((setting.row->bytes + 1) / 2);
}

[[nodiscard]] std::uint16_t end_of(SettingId setting) {
  return static_cast<std::uint16_t>(setting.row->address + registers_of(setting));
}

/// Settings that may be read in one go: Modbus, in ascending order, with little between them.
[[nodiscard]] std::vector<std::vector<SettingId>> runs_of(std::vector<SettingId> settings) {
  constexpr int widest_gap = 4;
  constexpr int longest_run = 60;
  std::ranges::sort(settings, std::ranges::less(), [](const SettingId& setting) { return setting.row->address; });
  std::vector<std::vector<SettingId>> runs;
  for (const SettingId& setting : settings) {
    const bool modbus = setting.block->addressing == Addressing::modbus;
    const SettingId* const last = runs.empty() ? nullptr : &runs.back().back();
    const bool follows = last != nullptr && modbus && last->block->addressing == Addressing::modbus &&
                         setting.row->address <= end_of(*last) + widest_gap &&
                         end_of(setting) - runs.back().front().row->address <= longest_run;
    if (!follows) runs.emplace_back();
    runs.back().push_back(setting);
  }
  return runs;
}

/// Of an id that several firmware generations have, the newest that the unit answers: its block comes later.
[[nodiscard]] std::vector<SettingValue> without_older_firmwares(const std::vector<SettingValue>& values) {
  std::vector<SettingValue> kept;
  for (const SettingValue& value : values) {
    const bool has_newer = std::ranges::any_of(values, [&value](const SettingValue& other) {
      return other.setting.row->id == value.setting.row->id && other.setting.block > value.setting.block;
    });
    if (!has_newer) kept.push_back(value);
  }
  return kept;
}

[[nodiscard]] std::unexpected<Error> no_such(const std::string& id, std::span<const SettingId> settings) {
  std::vector<std::string_view> known;
  known.reserve(settings.size());
  for (const SettingId& setting : settings) known.push_back(setting.row->id);
  const std::string_view near = nearest(id, known);
  return failure(ErrorCode::not_found, "no setting '" + id + "'" +
                                           (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?") +
                                           " `gridpilot inverter settings` lists them all");
}

}  // namespace

/// Those with registers of their own, the newest firmware's block first.
std::vector<SettingId> SettingEditor::settings() const {
  std::vector<SettingId> found;
  for (const BlockTable& block : blocks_of(device_.family) | std::views::reverse) {
    if (!block.name.starts_with("settings")) continue;
    for (const RegisterRow& row : block.rows)
      if (row.address != no_address && row.bytes > 0 && shown_on(row, device_))
        found.push_back({.block = &block, .row = &row});
  }
  return found;
}

net::Awaitable<Result<std::vector<std::uint8_t>>> SettingEditor::read_bytes(SettingId setting) {
  const RegisterRow& row = *setting.row;
  const auto count = static_cast<std::uint16_t>((row.bytes + 1) / 2);
  if (setting.block->addressing == Addressing::modbus) co_return co_await registers_.read_block(row.address, count);
  if (aa55_ == nullptr) co_return failure(ErrorCode::unsupported, "this unit has no AA55 settings");
  if (setting.block->addressing == Addressing::aa55_registers) {
    const std::vector<std::uint8_t> question{static_cast<std::uint8_t>(row.address >> 8U),
                                             static_cast<std::uint8_t>(row.address & 0xFFU),
                                             static_cast<std::uint8_t>(count)};
    co_return co_await aa55_->ask(0x01, 0x1A, question);
  }
  const Result<std::vector<std::uint8_t>> payload = co_await aa55_->ask(0x01, 0x09, {});
  if (!payload) co_return payload.failed();
  if (payload->size() < static_cast<std::size_t>(row.address) + row.bytes)
    co_return failure(ErrorCode::unsupported, "this unit's settings end before " + std::string(row.id));
  const auto begin = payload->begin() + row.address;
  co_return std::vector<std::uint8_t>(begin, begin + row.bytes);
}

net::Awaitable<Result<SettingValue>> SettingEditor::read_setting(SettingId setting) {
  const Result<std::vector<std::uint8_t>> data = co_await read_bytes(setting);
  if (!data) co_return data.failed();
  co_return value_of(setting, words_of(*data), device_);
}

/// Several settings that lie close together come in one answer; empty where the unit has not all of the stretch.
net::Awaitable<Result<std::vector<SettingValue>>> SettingEditor::read_run(std::vector<SettingId> run) {
  std::vector<SettingValue> values;
  const std::uint16_t first = run.front().row->address;
  std::uint16_t end = first;
  for (const SettingId& setting : run) end = std::max(end, end_of(setting));  // a group holds its switch
  const Result<std::vector<std::uint8_t>> data =
      co_await registers_.read_block(first, static_cast<std::uint16_t>(end - first));
  if (!data && data.error().code == ErrorCode::unsupported) co_return values;
  if (!data) co_return data.failed();
  for (const SettingId& setting : run) {
    const Bytes part =
        Bytes(*data).subspan(std::size_t{2} * (setting.row->address - first), std::size_t{2} * registers_of(setting));
    values.push_back(value_of(setting, words_of({part.begin(), part.end()}), device_));
  }
  co_return values;
}

net::Awaitable<Result<std::vector<SettingValue>>> SettingEditor::read_all() {
  std::vector<SettingValue> values;
  for (const std::vector<SettingId>& run : runs_of(settings())) {
    if (run.size() > 1) {
      Result<std::vector<SettingValue>> together = co_await read_run(run);
      if (!together) co_return std::move(together).failed();
      values.insert(values.end(), together->begin(), together->end());
      if (!together->empty()) continue;
    }
    for (const SettingId& setting : run) {
      Result<SettingValue> value = co_await read_setting(setting);
      if (value)
        values.push_back(std::move(*value));
      else if (!is_unknown(setting, value.error()))
        co_return std::move(value).failed();
    }
  }
  values = without_older_firmwares(values);
  std::ranges::sort(values, std::ranges::less(), [](const SettingValue& value) { return value.setting.row->address; });
  co_return values;
}

net::Awaitable<Result<SettingValue>> SettingEditor::read(std::string id) {
  const std::vector<SettingId> known = settings();
  Result<SettingValue> value = no_such(id, known);
  for (const SettingId& setting : known) {
    if (setting.row->id != id) continue;
    value = co_await read_setting(setting);
    if (value || !is_unknown(setting, value.error())) co_return value;
    value = failure(ErrorCode::unsupported, "this inverter has no " + id);
  }
  co_return value;
}

Result<Words> SettingEditor::encoded(const SettingValue& present, std::string_view text) const {
  const RegisterRow& row = *present.setting.row;
  if (const std::string_view reason = reason_not_to_write(device_.family, row); !reason.empty())
    return failure(ErrorCode::bad_input, std::string(row.id) + " is not written: " + std::string(reason));
  return encode_setting(row, text, present.present);
}

net::Awaitable<Result<WriteReport>> SettingEditor::write_aa55(SettingValue present, Words values) {
  const std::uint16_t number = present.setting.row->address;
  const Result<void> written = co_await aa55_->write_registers(number, values);
  if (!written) co_return written.failed();
  const Result<Words> now = co_await aa55_->read_registers(number, static_cast<std::uint8_t>(values.size()));
  if (!now) co_return now.failed();
  if (*now == values) co_return WriteReport{.taken = WriteReport::Taken::yes, .detail = {}};
  co_return WriteReport{
      .taken = WriteReport::Taken::no,
      .detail = "AA55 register " + std::to_string(number) + ": wrote " + text_of(values) + ", reads " + text_of(*now)};
}

net::Awaitable<Result<WriteReport>> SettingEditor::write(SettingValue present, Words values) {
  if (present.setting.block->addressing == Addressing::aa55_registers)
    co_return co_await write_aa55(std::move(present), values);
  co_return co_await registers_.write_and_read_back({.first = present.setting.row->address, .values = values});
}

}  // namespace gridpilot::goodwe
