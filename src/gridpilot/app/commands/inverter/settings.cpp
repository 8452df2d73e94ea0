// `gridpilot inverter settings | get | set`: an inverter's settings one by one, by their ids.
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "gridpilot/app/commands/inverter/hand_held.hpp"
#include "gridpilot/app/commands/inverter/options.hpp"
#include "gridpilot/codec/goodwe/encode.hpp"
#include "gridpilot/core/json_writer.hpp"

namespace gridpilot::app {
namespace {

using goodwe::SettingValue;

/// A loop and the unit at its other end.
struct Editing {
  explicit Editing(const ChosenInverter& chosen) : unit(io.get_executor(), chosen.configuration.inverter) {}
  [[nodiscard]] Result<goodwe::Detected> open() { return run_to_end(io, unit.open()); }

  net::asio::io_context io{1};
  OpenUnit unit;
};

void write_value(json::Writer& writer, const SettingValue& value) {
  writer.begin_object().member("id", value.setting.row->id).member("name", value.setting.row->name);
  writer.member("register", value.setting.row->address);
  writer.key("value");
  if (const double* number = std::get_if<double>(&value.value))
    writer.value(*number);
  else if (const std::string* text = std::get_if<std::string>(&value.value))
    writer.value(*text);
  else
    writer.null();
  writer.member("text", value.text).member("unit", value.setting.row->unit).end_object();
}

void print_table(const std::vector<SettingValue>& values, std::ostream& out) {
  std::size_t widest = 0;
  for (const SettingValue& value : values) widest = std::max(widest, value.setting.row->id.size());
  for (const SettingValue& value : values)
    out << fmt::format("{:>5}  {:<{}}  {:<34}  {}\n", value.setting.row->address, value.setting.row->id, widest,
                       value.text, value.setting.row->name);
}

}  // namespace

ExitCode list_inverter_settings(const InverterTarget& target, const Streams& streams) {
  const auto chosen = chosen_inverter(target);
  if (!chosen) return refused(chosen.error(), streams);
  Editing editing(*chosen);
  if (const auto opened = editing.open(); !opened) return refused(opened.error(), streams);
  const auto values = run_to_end(editing.io, editing.unit.settings().read_all());
  if (!values) return refused(values.error(), streams);
  if (!target.as_json) {
    print_table(*values, streams.out);
    return ExitCode::done;
  }
  std::string text;
  json::Writer writer(text);
  writer.begin_array();
  for (const SettingValue& value : *values) write_value(writer, value);
  writer.end_array();
  streams.out << text << '\n';
  return ExitCode::done;
}

ExitCode get_inverter_setting(const InverterGetOptions& options, const Streams& streams) {
  const auto chosen = chosen_inverter(options.target);
  if (!chosen) return refused(chosen.error(), streams);
  Editing editing(*chosen);
  if (const auto opened = editing.open(); !opened) return refused(opened.error(), streams);
  const auto value = run_to_end(editing.io, editing.unit.settings().read(options.id));
  if (!value) return refused(value.error(), streams);
  if (options.target.as_json) {
    std::string text;
    json::Writer writer(text);
    write_value(writer, *value);
    streams.out << text << '\n';
  } else {
    streams.out << value->text << '\n';
  }
  return ExitCode::done;
}

ExitCode set_inverter_setting(const InverterSetOptions& options, const Streams& streams) {
  const auto chosen = chosen_inverter(options.target);
  if (!chosen) return refused(chosen.error(), streams);
  if (const auto alone = nobody_else_steers(*chosen); !alone) return refused(alone.error(), streams);
  Editing editing(*chosen);
  const auto opened = editing.open();
  if (!opened) return refused(opened.error(), streams);
  goodwe::SettingEditor& settings = editing.unit.settings();
  const auto before = run_to_end(editing.io, settings.read(options.id));
  if (!before) return refused(before.error(), streams);
  const auto words = settings.encoded(*before, options.value);
  if (!words) return refused(words.error(), streams);
  if (*words == before->present) {
    streams.notices << options.id << " is " << before->text << " already: nothing was written\n";
    return ExitCode::done;
  }
  const std::string question = fmt::format("Write {} of {} {}: {} becomes {}?", options.id, opened->device.model,
                                           opened->device.serial, before->text, options.value);
  if (const auto agreed = consented(options.consent, question, streams); !agreed)
    return refused(agreed.error(), streams);
  const auto written = run_to_end(editing.io, settings.write(*before, *words));
  if (!written) return refused(written.error(), streams);
  if (written->taken == goodwe::WriteReport::Taken::no)
    return refused({.code = ErrorCode::rejected, .message = "not taken: " + written->detail}, streams);
  const auto after = run_to_end(editing.io, settings.read(options.id));
  streams.out << options.id << " is " << (after ? after->text : options.value) << '\n';
  return ExitCode::done;
}

}  // namespace gridpilot::app
