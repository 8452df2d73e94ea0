#pragma once

#include <expected>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

#include "gridpilot/core/verify.hpp"

namespace gridpilot {

/// What went wrong, as something a caller can branch on. The groups: retryable, permanent, stale, bug.
enum class ErrorCode {
  // Retryable: the same call may succeed later.
  timeout,
  unreachable,
  connection_lost,
  busy,
  cancelled,
  not_published,
  // Permanent: the same call fails again.
  bad_input,
  not_found,
  unsupported,
  rejected,
  infeasible,
  malformed,
  checksum,
  short_frame,
  wrong_answer,
  too_large,
  io_failure,
  corrupt,
  // Stale: data is known but too old to be used.
  stale,
  // A fault of this program.
  bug,
};

enum class ErrorGroup { retryable, permanent, stale, bug };

[[nodiscard]] ErrorGroup group_of(ErrorCode code) noexcept;

/// The stable id of a code for logs, metrics and API clients ("timeout", "bad_input", …).
[[nodiscard]] std::string_view name_of(ErrorCode code) noexcept;

/// An expected failure: a code to branch on and a sentence for a person. The sentence names file, line or field.
struct Error {
  ErrorCode code = ErrorCode::bug;
  std::string message;
  std::source_location where = std::source_location::current();

  /// The same failure with "context: " in front of its sentence.
  [[nodiscard]] Error in(std::string_view context) && {
    message.insert(0, std::string(context) + ": ");
    return std::move(*this);
  }
};

[[nodiscard]] inline std::unexpected<Error> failure(ErrorCode code, std::string message,
                                                    std::source_location where = std::source_location::current()) {
  return std::unexpected<Error>(Error{.code = code, .message = std::move(message), .where = where});
}

/// A value or an Error. A class and not an alias, so that [[nodiscard]] holds for every function that returns one.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  using value_type = T;

  /// Passes the failure on to a caller with another value type: `if (!r) return r.failed();`
  [[nodiscard]] std::unexpected<Error> failed() && { return std::unexpected<Error>(std::move(this->error())); }
  [[nodiscard]] std::unexpected<Error> failed() const& { return std::unexpected<Error>(this->error()); }
};

}  // namespace gridpilot
