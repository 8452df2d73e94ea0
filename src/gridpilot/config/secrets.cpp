#include "gridpilot/config/secrets.hpp"

#include <utility>

#include "gridpilot/config/values.hpp"
#include "gridpilot/os/file.hpp"

namespace gridpilot::config {
namespace {

constexpr std::size_t largest_secret_file = 4096;

/// A secret from a file of its own: its first line.
Result<std::string> read_secret(const std::filesystem::path& file) {
  auto text = os::read_file(file, largest_secret_file);
  if (!text) return text;
  std::string secret = text->substr(0, text->find_first_of("\r\n"));
  if (secret.empty()) return failure(ErrorCode::bad_input, file.string() + " holds no secret in its first line");
  return secret;
}

}  // namespace

void read_secret_file(Section& section, const std::string& key, const PlaceOf& place_of, std::string& secret,
                      std::string& file) {
  std::string written;
  if (!section.read(key, written, parse_text)) return;
  file = place_of(written).string();
  auto read = read_secret(file);
  if (read)
    secret = std::move(*read);
  else
    section.report(key, read.error().message);
}

}  // namespace gridpilot::config
