#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "gridpilot/core/result.hpp"
#include "gridpilot/obs/redactor.hpp"

namespace gridpilot::obs {

enum class Level { debug, info, warning, error };
[[nodiscard]] std::string_view name_of(Level level) noexcept;

/// One `key=value` of an event. A number's key ends in its unit ("power_w", "age_s"). Text is borrowed for the call.
class Field {
 public:
  using Value = std::variant<std::string_view, std::int64_t, double, bool>;

  Field(std::string_view key, std::string_view text) : key_(key), value_(text) {}
  Field(std::string_view key, const char* text) : key_(key), value_(std::string_view(text)) {}
  Field(std::string_view key, const std::string& text) : key_(key), value_(std::string_view(text)) {}
  Field(std::string_view key, bool flag) : key_(key), value_(flag) {}
  Field(std::string_view key, std::floating_point auto number) : key_(key), value_(static_cast<double>(number)) {}
  Field(std::string_view key, std::integral auto number) : key_(key), value_(static_cast<std::int64_t>(number)) {}

  [[nodiscard]] std::string_view key() const { return key_; }
  [[nodiscard]] const Value& value() const { return value_; }

 private:
  std::string_view key_;
  Value value_;
};

enum class Format {
  text,     ///< `01:30:00 info  plan.made slots=140 cost=3.2`, coloured on a terminal
  journal,  ///< `<6>plan.made slots=140 cost=3.2`: the service manager adds the time and reads the priority
  json,     ///< one object a line: time, level, event, and the fields
};

/// Events with fields, written to standard error by a thread of its own: the loop never waits for whoever reads them.
/// Where that thread falls behind by 512 events the oldest are dropped. One thread calls it: the loop's.
class Log {
 public:
  struct Options {
    Level level = Level::info;
    Format format = Format::text;
  };
  /// The journal's format under systemd (JOURNAL_STREAM names the stream that standard error is), else text.
  [[nodiscard]] static Format format_of_standard_error();

  explicit Log(Options options);
  /// For tests: `take` gets each finished line at once, on the calling thread. Text has no time and no colour here.
  Log(Options options, std::function<void(std::string_view line)> take);
  /// Writes what is waiting.
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void write(Level level, std::string_view event, std::initializer_list<Field> fields);
  void debug(std::string_view event, std::initializer_list<Field> fields = {}) { write(Level::debug, event, fields); }
  void info(std::string_view event, std::initializer_list<Field> fields = {}) { write(Level::info, event, fields); }
  void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
    write(Level::warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<Field> fields = {}) { write(Level::error, event, fields); }
  /// Code and sentence of an error behind the fields. A cancellation is no failure: it is left out.
  void failure(Level level, std::string_view event, const Error& error, std::initializer_list<Field> fields = {});

  /// Register secrets here when they are read.
  [[nodiscard]] Redactor& redactor() { return redactor_; }

 private:
  struct Sink;
  [[nodiscard]] bool wanted(Level level) const { return level >= options_.level; }
  void begin(std::string_view event);
  void add(const Field& field);
  void end(Level level);

  Options options_;
  Redactor redactor_;
  std::string line_;  ///< kept for its memory
  std::unique_ptr<Sink> sink_;
};

}  // namespace gridpilot::obs
