#include "gridpilot/obs/repeat_guard.hpp"

namespace gridpilot::obs {

void RepeatGuard::failed(std::string_view source, const Error& error, Instant now) {
  if (error.code == ErrorCode::cancelled) return;
  auto found = rows_.find(source);
  const bool first = found == rows_.end();
  if (first) found = rows_.emplace(std::string(source), Row{.code = error.code, .since = now, .logged = now}).first;
  Row& row = found->second;
  ++row.failures;
  if (first || row.code != error.code) {
    log_.failure(Level::warning, "source.failing", error, {{"source", source}, {"failures", row.failures}});
  } else if (now - row.logged >= reminder_after_) {
    log_.failure(Level::warning, "source.still_failing", error,
                 {{"source", source}, {"failures", row.failures}, {"for_s", (now - row.since).count()}});
  } else {
    return;
  }
  row.code = error.code;
  row.logged = now;
}

void RepeatGuard::succeeded(std::string_view source, Instant now) {
  const auto found = rows_.find(source);
  if (found == rows_.end()) return;
  const Row& row = found->second;
  log_.info("source.recovered",
            {{"source", source}, {"failures", row.failures}, {"after_s", (now - row.since).count()}});
  rows_.erase(found);
}

int RepeatGuard::failures(std::string_view source) const {
  const auto found = rows_.find(source);
  return found != rows_.end() ? found->second.failures : 0;
}

}  // namespace gridpilot::obs
