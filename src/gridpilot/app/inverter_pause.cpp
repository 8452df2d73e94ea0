#include "gridpilot/app/inverter_pause.hpp"

#include <string>
#include <system_error>

#include "gridpilot/core/json.hpp"
#include "gridpilot/os/file.hpp"

namespace gridpilot::app {
namespace {

constexpr std::size_t largest_pause_file = 4096;

}  // namespace

std::filesystem::path pause_file(const std::filesystem::path& data_folder) {
  return data_folder / "inverter-pause.json";
}

Result<std::optional<Instant>> read_pause(const std::filesystem::path& data_folder, Instant now) {
  const std::filesystem::path path = pause_file(data_folder);
  Result<std::string> text = os::read_file(path, largest_pause_file);
  if (!text && text.error().code == ErrorCode::not_found) return std::optional<Instant>();
  if (!text) return std::move(text).failed();
  const auto not_understood = [&path](const std::string& why) {
    return failure(ErrorCode::corrupt, path.string() + ": " + why + R"(; expected {"until":"2026-05-01T12:00:00Z"})");
  };
  auto document = json::Document::parse(std::move(*text));
  if (!document) return not_understood(document.error().message);
  const auto until_text = document->root().string("until");
  if (!until_text) return not_understood(until_text.error().message);
  const auto until = parse_rfc3339(*until_text);
  if (!until) return not_understood("'until' is no time");
  if (*until <= now || *until - now > longest_pause) return std::optional<Instant>();
  return until;
}

Result<void> write_pause(const std::filesystem::path& data_folder, Instant until, Instant now) {
  if (until <= now) return failure(ErrorCode::bad_input, "the pause would have ended already");
  if (until - now > longest_pause) return failure(ErrorCode::bad_input, "a pause lasts 24 hours at most");
  std::string text;
  json::Writer(text).begin_object().member("until", to_rfc3339(until)).end_object();
  return os::write_file_atomically(pause_file(data_folder), text + "\n");
}

Result<void> clear_pause(const std::filesystem::path& data_folder) {
  std::error_code wrong;
  std::filesystem::remove(pause_file(data_folder), wrong);
  if (wrong) return failure(ErrorCode::io_failure, pause_file(data_folder).string() + ": " + wrong.message());
  return {};
}

}  // namespace gridpilot::app
