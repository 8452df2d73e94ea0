#include "gridpilot/inverter/goodwe/snapshot.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <system_error>

#include "gridpilot/core/json_document.hpp"
#include "gridpilot/core/json_writer.hpp"
#include "gridpilot/core/text.hpp"
#include "gridpilot/os/file.hpp"

namespace gridpilot::goodwe {
namespace {

constexpr std::int64_t format_number = 1;
constexpr std::uint16_t work_mode_off_grid = 1;

[[nodiscard]] std::optional<std::uint16_t> register_number(std::string_view text) {
  const auto number = parse_integer(text);
  if (!number || *number < 0 || *number > 0xFFFF) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

[[nodiscard]] std::optional<std::uint16_t> value_in(const Snapshot& snapshot, std::uint16_t number) {
  const auto found = snapshot.registers.find(number);
  return found == snapshot.registers.end() ? std::nullopt : std::optional(found->second);
}

/// The economic mode with a group that acts all day is how other programs force the battery for good.
[[nodiscard]] bool forced_by_group(const Snapshot& snapshot) {
  if (value_in(snapshot, work_mode_register) != work_mode_eco) return false;
  Registers registers;
  for (const auto& [number, value] : snapshot.registers) registers.set(number, value);
  for (const EcoFormat format : {EcoFormat::v1, EcoFormat::v2})
    for (int group = 0; group < eco_groups; ++group) {
      const auto found = registers.eco_group({.eco_format = format}, group);
      if (found && found->is_all_day_forced()) return true;
    }
  return false;
}

[[nodiscard]] bool is_late(std::uint16_t number) {
  return number == work_mode_register || number == ems_mode_register || number == ems_power_register;
}

/// Runs of consecutive touched registers, work mode and EMS apart.
[[nodiscard]] std::vector<RegisterSpan> touched_runs(const Snapshot& snapshot) {
  std::vector<RegisterSpan> runs;
  for (const std::uint16_t number : snapshot.touched) {
    const auto value = value_in(snapshot, number);
    if (!value || is_late(number)) continue;
    const bool follows = !runs.empty() && runs.back().first + runs.back().values.size() == number &&
                         runs.back().values.size() < max_registers_write;
    if (!follows) runs.push_back({.first = number, .values = {}});
    runs.back().values.append(*value);
  }
  return runs;
}

}  // namespace

std::string to_json(const Snapshot& snapshot) {
  std::string text;
  json::Writer writer(text, json::Style::pretty);
  writer.begin_object().member("format", format_number).member("serial", snapshot.serial);
  writer.member("taken_at", to_rfc3339(snapshot.taken_at));
  writer.key("registers").begin_object();
  for (const auto& [number, value] : snapshot.registers) writer.key_text(std::to_string(number)).value(value);
  writer.end_object().key("touched").begin_array();
  for (const std::uint16_t number : snapshot.touched) writer.value(number);
  writer.end_array().end_object();
  text.push_back('\n');
  return text;
}

Result<Snapshot> parse_snapshot(std::string_view text) {
  const auto document = json::Document::parse(std::string(text));
  if (!document) return document.failed();
  const json::Value root = document->root();
  const auto format = root.integer("format");
  if (!format) return format.failed();
  if (*format != format_number) return failure(ErrorCode::malformed, "format " + std::to_string(*format));
  const auto serial = root.string("serial");
  if (!serial) return serial.failed();
  const auto taken_at = root.string("taken_at");
  if (!taken_at) return taken_at.failed();
  const auto time = parse_rfc3339(*taken_at);
  if (!time) return failure(ErrorCode::malformed, "taken_at: no time");

  Snapshot snapshot{.serial = std::string(*serial), .taken_at = *time, .registers = {}, .touched = {}};
  const auto registers = root.object("registers");
  if (!registers) return registers.failed();
  for (const json::Value member : *registers) {
    const auto number = register_number(member.name());
    const auto value = member.integer();
    if (!number || !value || *value < 0 || *value > 0xFFFF) return member.objection("no register value");
    snapshot.registers[*number] = static_cast<std::uint16_t>(*value);
  }
  const auto touched = root.array("touched");
  if (!touched) return touched.failed();
  for (const json::Value element : *touched) {
    const auto number = element.integer();
    if (!number || *number < 0 || *number > 0xFFFF) return element.objection("no register number");
    snapshot.touched.insert(static_cast<std::uint16_t>(*number));
  }
  return snapshot;
}

std::vector<RegisterSpan> give_back_spans(const Snapshot& snapshot) {
  std::vector<RegisterSpan> spans = touched_runs(snapshot);
  const auto mode = value_in(snapshot, work_mode_register);
  const bool forced_mode = mode == work_mode_off_grid || forced_by_group(snapshot);
  if (mode && (snapshot.touched.contains(work_mode_register) || forced_mode))
    spans.push_back({.first = work_mode_register, .values = {forced_mode ? work_mode_general : *mode}});

  const auto ems_mode = value_in(snapshot, ems_mode_register);
  const auto ems_power = value_in(snapshot, ems_power_register);
  const bool ems_touched =
      snapshot.touched.contains(ems_mode_register) || snapshot.touched.contains(ems_power_register);
  if (ems_mode && ems_power && ems_touched) {
    const bool forced = *ems_mode != static_cast<std::uint16_t>(EmsMode::automatic);
    spans.push_back({.first = ems_mode_register,
                     .values = forced ? ems_words(EmsMode::automatic, Power{}) : Words{*ems_mode, *ems_power}});
  }
  return spans;
}

Snapshot self_use_snapshot() {
  constexpr auto automatic = static_cast<std::uint16_t>(EmsMode::automatic);
  return {
      .serial = {},
      .taken_at = {},
      .registers = {{work_mode_register, work_mode_general}, {ems_mode_register, automatic}, {ems_power_register, 0}},
      .touched = {work_mode_register, ems_mode_register, ems_power_register}};
}

namespace {

net::Awaitable<Result<std::optional<std::string>>> load_file(std::filesystem::path path) {
  Result<std::string> text = os::read_file(path);
  if (text) co_return std::optional(std::move(*text));
  if (text.error().code == ErrorCode::not_found) co_return std::optional<std::string>();
  co_return text.failed();
}

net::Awaitable<Result<void>> save_file(std::filesystem::path path, std::string text) {
  co_return os::write_file_atomically(path, text);
}

net::Awaitable<Result<void>> remove_file(std::filesystem::path path) {
  std::error_code problem;
  std::filesystem::remove(path, problem);
  if (problem) co_return failure(ErrorCode::io_failure, path.string() + ": " + problem.message());
  co_return Result<void>();
}

}  // namespace

net::Awaitable<Result<std::optional<std::string>>> FileSnapshotStore::load() {
  co_return co_await net::asio::co_spawn(blocking_, load_file(path_), net::asio::use_awaitable);
}

net::Awaitable<Result<void>> FileSnapshotStore::save(std::string text) {
  co_return co_await net::asio::co_spawn(blocking_, save_file(path_, std::move(text)), net::asio::use_awaitable);
}

net::Awaitable<Result<void>> FileSnapshotStore::remove() {
  co_return co_await net::asio::co_spawn(blocking_, remove_file(path_), net::asio::use_awaitable);
}

}  // namespace gridpilot::goodwe
