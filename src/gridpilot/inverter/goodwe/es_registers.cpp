#include "gridpilot/inverter/goodwe/es_registers.hpp"

#include <algorithm>
#include <chrono>

#include "gridpilot/inverter/goodwe/inverter_clock.hpp"

namespace gridpilot::goodwe {
namespace {

// AA55 registers.
constexpr std::uint16_t aa55_groups = 0x0701;
constexpr std::uint16_t aa55_clear_eco = 0x0700;
constexpr std::uint16_t group_registers_v1 = 16;
constexpr std::uint16_t group_registers_v2 = 24;
// Offsets into the settings payload.
constexpr std::size_t export_switch_at = 18;
constexpr std::size_t lowest_soc_at = 32;
constexpr std::size_t export_limit_at = 52;
constexpr std::size_t work_mode_at = 66;

constexpr std::uint16_t work_mode_off_grid = 1;
constexpr std::uint16_t work_mode_backup = 2;
constexpr int arm_with_groups = 7;  ///< older firmware has charge and discharge windows instead

[[nodiscard]] bool lies_in(std::uint16_t first, std::uint16_t count, std::uint16_t area, std::uint16_t length) {
  return first >= area && first + count <= area + length;
}

[[nodiscard]] std::unexpected<Error> unknown(std::uint16_t number) {
  return failure(ErrorCode::unsupported, "an ES has nothing in place of register " + std::to_string(number));
}

/// h1 m1 h2 m2 percent.
[[nodiscard]] std::vector<std::uint8_t> window(std::uint8_t end_hour, std::uint8_t end_minute, std::uint8_t percent) {
  return {0, 0, end_hour, end_minute, percent};
}

}  // namespace

net::Awaitable<Result<Words>> EsRegisters::read(std::uint16_t first, std::uint16_t count) {
  if (lies_in(first, count, eco_v2_register, group_registers_v2) && has_groups_v2())
    co_return co_await modbus_.read(first, count);
  if (lies_in(first, count, eco_v1_register, group_registers_v1) && !has_groups_v2())
    co_return co_await read_groups_v1(first, count);
  if (first == clock_register && count == 3) co_return shown_clock();
  Words words;
  for (std::uint16_t number = first; number < first + count; ++number) {
    const std::optional<std::size_t> at = number == work_mode_register       ? std::optional(work_mode_at)
                                          : number == export_enable_register ? std::optional(export_switch_at)
                                          : number == export_limit_register  ? std::optional(export_limit_at)
                                          : number == minimum_soc_register   ? std::optional(lowest_soc_at)
                                                                             : std::nullopt;
    if (!at) co_return unknown(number);
    const Result<Words> word = co_await read_setting(*at);
    if (!word) co_return word.failed();
    words.append((*word)[0]);
  }
  co_return words;
}

net::Awaitable<Result<Words>> EsRegisters::probe(std::uint16_t first, std::uint16_t count) {
  Result<Words> words = co_await read(first, count);
  if (!words && words.error().code == ErrorCode::unsupported) co_return Words();
  co_return words;
}

net::Awaitable<Result<Words>> EsRegisters::read_setting(std::size_t payload_offset) {
  const Result<std::vector<std::uint8_t>> payload = co_await aa55_.ask(0x01, 0x09, {});
  if (!payload) co_return payload.failed();
  if (payload->size() < payload_offset + 2)
    co_return failure(ErrorCode::short_frame, "settings: " + std::to_string(payload->size()) + " bytes");
  co_return Words{u16_at(*payload, payload_offset)};
}

net::Awaitable<Result<Words>> EsRegisters::read_groups_v1(std::uint16_t first, std::uint16_t count) {
  const auto number = static_cast<std::uint16_t>(aa55_groups + (first - eco_v1_register));
  co_return co_await aa55_.read_registers(number, static_cast<std::uint8_t>(count));
}

net::Awaitable<Result<void>> EsRegisters::write(RegisterSpan span) {
  const auto count = static_cast<std::uint16_t>(span.values.size());
  if (lies_in(span.first, count, eco_v2_register, group_registers_v2) && has_groups_v2())
    co_return co_await modbus_.write(span);
  if (lies_in(span.first, count, eco_v1_register, group_registers_v1) && !has_groups_v2())
    co_return co_await write_groups_v1(span);
  if (span.first == work_mode_register && count == 1) co_return co_await write_work_mode(span.values[0]);
  if (span.first == clock_register && count == 3) co_return co_await set_clock(span.values);
  const bool limit_alone = span.first == export_limit_register && count == 1;
  if (!limit_alone) co_return unknown(span.first);
  const std::uint16_t limit = span.values[0];
  co_return co_await aa55_.order(0x03, 0x35,
                                 {static_cast<std::uint8_t>(limit >> 8U), static_cast<std::uint8_t>(limit & 0xFFU)});
}

/// Whole groups go in one command; parts of one word by word, as the protocol has no other lengths.
net::Awaitable<Result<void>> EsRegisters::write_groups_v1(RegisterSpan span) {
  constexpr std::size_t words_in_group = 4;
  for (std::size_t i = 0; i < span.values.size();) {
    const auto number = static_cast<std::uint16_t>(aa55_groups + (span.first - eco_v1_register) + i);
    const bool whole_group =
        (span.first - eco_v1_register + i) % words_in_group == 0 && i + words_in_group <= span.values.size();
    const std::size_t length = whole_group ? words_in_group : 1;
    const Result<void> written = co_await aa55_.write_registers(number, Words(span.values.span().subspan(i, length)));
    if (!written) co_return written;
    i += length;
  }
  co_return Result<void>();
}

net::Awaitable<Result<void>> EsRegisters::write_work_mode(std::uint16_t mode) {
  const bool clears = mode != work_mode_eco && device_.arm_version.value_or(0) >= arm_with_groups;
  const std::uint16_t groups = has_groups_v2() ? eco_v2_register : eco_v1_register;
  Words kept;
  if (clears) {
    const Result<Words> present = co_await read(groups, has_groups_v2() ? group_registers_v2 : group_registers_v1);
    if (!present) co_return present.failed();
    kept = *present;
  }
  const Result<void> ordered = co_await orders_of_mode(mode);
  if (!ordered || !clears) co_return ordered;
  const Result<Words> left = co_await read(groups, static_cast<std::uint16_t>(kept.size()));
  if (!left) co_return left.failed();
  if (*left == kept) co_return Result<void>();
  co_return co_await write({.first = groups, .values = kept});
}

/// control.md 5.
net::Awaitable<Result<void>> EsRegisters::orders_of_mode(std::uint16_t mode) {
  const bool has_groups = device_.arm_version.value_or(0) >= arm_with_groups;
  if (mode > work_mode_eco || mode == work_mode_off_grid)
    co_return failure(ErrorCode::unsupported, "work mode " + std::to_string(mode) + " is not switched to on an ES");
  if (mode != work_mode_eco) {
    const bool backup = mode == work_mode_backup;
    if (!has_groups || !has_groups_v2()) {
      const auto charge = backup ? window(23, 59, 10) : window(0, 0, 0);
      const Result<void> charging = co_await aa55_.order(0x03, 0x2C, charge);
      if (!charging) co_return charging;
      const Result<void> discharging = co_await aa55_.order(0x03, 0x2D, window(0, 0, 0));
      if (!discharging) co_return discharging;
    }
    if (has_groups) {
      const Result<void> cleared = co_await aa55_.write_registers(aa55_clear_eco, {1});
      if (!cleared) co_return cleared;
    }
  }
  const Result<void> on_grid = co_await aa55_.order(0x03, 0x36, {0});
  if (!on_grid) co_return on_grid;
  co_return co_await aa55_.order(0x03, 0x59, {static_cast<std::uint8_t>(mode)});
}

net::Awaitable<Result<void>> EsRegisters::set_clock(Words words) {
  std::vector<std::uint8_t> bytes;
  for (const std::uint16_t word : words.span()) {
    bytes.push_back(static_cast<std::uint8_t>(word >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(word & 0xFFU));
  }
  const Result<void> set = co_await aa55_.order(0x03, 0x02, std::move(bytes));
  if (set) clock_set_.emplace(words, clock_.now());
  co_return set;
}

/// No possible time before it was set: that has it set before the first window.
Words EsRegisters::shown_clock() const {
  if (!clock_set_) return {0, 0, 0};
  const std::optional<CivilTime> set = clock_of(clock_set_->first);
  if (!set) return {0, 0, 0};
  const TimeZone utc = TimeZone::utc();
  return clock_words(utc.civil(utc.instant_of(*set) + (clock_.now() - clock_set_->second)));
}

net::Awaitable<Result<WriteReport>> EsRegisters::write_and_read_back(RegisterSpan span) {
  // The switch beside the limit cannot be written: it stands as wanted already, or this unit has no limit to set.
  if (span.first == export_enable_register && span.values.size() == 2)
    span = {.first = export_limit_register, .values = {span.values[1]}};
  const auto count = static_cast<std::uint16_t>(span.values.size());
  for (int sent = 0; sent < 2; ++sent) {
    const Result<void> written = co_await write(span);
    if (!written && written.error().code == ErrorCode::unsupported)
      co_return WriteReport{.taken = WriteReport::Taken::no, .detail = written.error().message};
    const Result<Words> present = co_await read(span.first, count);
    if (!present) co_return present.failed();
    if (*present == span.values) co_return WriteReport{.taken = WriteReport::Taken::yes, .detail = {}};
    if (written)
      co_return WriteReport{.taken = WriteReport::Taken::no,
                            .detail = "register " + std::to_string(span.first) + ": wrote " + text_of(span.values) +
                                      ", reads " + text_of(*present)};
  }
  co_return failure(ErrorCode::timeout,
                    "register " + std::to_string(span.first) + ": the unit does not acknowledge what is written");
}

}  // namespace gridpilot::goodwe
