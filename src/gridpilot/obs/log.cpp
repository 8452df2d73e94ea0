#include "gridpilot/obs/log.hpp"

#include <fmt/format.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace gridpilot::obs {
namespace {

constexpr std::size_t waiting_events = 512;

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// sd-daemon(3): the priorities of syslog.
class JournalPriority final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const char priority = message.level >= spdlog::level::err    ? '3'
                          : message.level == spdlog::level::warn ? '4'
                          : message.level == spdlog::level::info ? '6'
                                                                 : '7';
    out.push_back('<');
    out.push_back(priority);
    out.push_back('>');
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JournalPriority>();
  }
};

std::unique_ptr<spdlog::formatter> formatter_of(Format format, bool with_time) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(format == Format::text ? spdlog::pattern_time_type::local
                                                                                      : spdlog::pattern_time_type::utc);
  formatter->add_flag<JournalPriority>('*');
  switch (format) {
    case Format::text: formatter->set_pattern(with_time ? "%H:%M:%S %^%-7l%$ %v" : "%l %v"); break;
    case Format::journal: formatter->set_pattern("%*%v"); break;
    case Format::json:
      formatter->set_pattern(with_time ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                       : R"({"level":"%l",%v})");
      break;
  }
  return formatter;
}

class TakingSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit TakingSink(std::function<void(std::string_view)> take) : take_(std::move(take)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    take_(std::string_view(line.data(), line.size() - 1));  // without the end of line
  }
  void flush_() override {}
  std::function<void(std::string_view)> take_;
};

bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '=' && c != '\\' && c != '\x7f';
  });
}

/// In quotes, as JSON has it; control characters cannot begin a line of their own.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f')
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  out += '"';
}

}  // namespace

std::string_view name_of(Level level) noexcept {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "";
}

struct Log::Sink {
  std::shared_ptr<spdlog::details::thread_pool> writer;  // ends last, when it has written what waits
  std::shared_ptr<spdlog::logger> logger;
};

Format Log::format_of_standard_error() {
  // "device:inode" of the stream; standard error may have been redirected since.
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status{};
  if (stream == nullptr || fstat(STDERR_FILENO, &status) != 0) return Format::text;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream ? Format::journal : Format::text;
}

Log::Log(Options options) : options_(options), sink_(std::make_unique<Sink>()) {
  const auto mode = std::getenv("NO_COLOR") != nullptr ? spdlog::color_mode::never : spdlog::color_mode::automatic;
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(mode);
  sink->set_formatter(formatter_of(options_.format, true));
  sink_->writer = std::make_shared<spdlog::details::thread_pool>(waiting_events, 1);
  sink_->logger = std::make_shared<spdlog::async_logger>("gridpilot", std::move(sink), sink_->writer,
                                                         spdlog::async_overflow_policy::overrun_oldest);
  sink_->logger->set_level(spdlog::level::trace);  // write() has the say
}

Log::Log(Options options, std::function<void(std::string_view line)> take)
    : options_(options), sink_(std::make_unique<Sink>()) {
  auto sink = std::make_shared<TakingSink>(std::move(take));
  sink->set_formatter(formatter_of(options_.format, false));
  sink_->logger = std::make_shared<spdlog::logger>("gridpilot", std::move(sink));
  sink_->logger->set_level(spdlog::level::trace);
}

Log::~Log() = default;

void Log::write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (!wanted(level)) return;
  begin(event);
  for (const Field& field : fields) add(field);
  end(level);
}

void Log::failure(Level level, std::string_view event, const Error& error, std::initializer_list<Field> fields) {
  if (!wanted(level) || error.code == ErrorCode::cancelled) return;
  begin(event);
  for (const Field& field : fields) add(field);
  add({"error", gridpilot::name_of(error.code)});
  add({"message", error.message});
  end(level);
}

void Log::begin(std::string_view event) {
  line_.clear();
  if (options_.format == Format::json)
    append_quoted(line_ += "\"event\":", event);
  else
    line_ += event;
}

void Log::add(const Field& field) {
  const bool json = options_.format == Format::json;
  if (json) {
    append_quoted(line_ += ',', field.key());
    line_ += ':';
  } else {
    line_ += ' ';
    line_ += field.key();
    line_ += '=';
  }
  if (const auto* text = std::get_if<std::string_view>(&field.value())) {
    // Masked before it is quoted, which could change how the secret looks.
    const std::string masked = redactor_.masked(*text);
    if (!json && is_plain(masked))
      line_ += masked;
    else
      append_quoted(line_, masked);
  } else if (const auto* integer = std::get_if<std::int64_t>(&field.value())) {
    fmt::format_to(std::back_inserter(line_), "{}", *integer);
  } else if (const auto* number = std::get_if<double>(&field.value())) {
    if (json && !std::isfinite(*number))
      line_ += "null";
    else
      fmt::format_to(std::back_inserter(line_), "{}", *number);
  } else {
    line_ += std::get<bool>(field.value()) ? "true" : "false";
  }
}

void Log::end(Level level) {
  sink_->logger->log(level_of(level), spdlog::string_view_t(line_.data(), line_.size()));
}

}  // namespace gridpilot::obs
