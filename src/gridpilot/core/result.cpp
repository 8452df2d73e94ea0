#include "gridpilot/core/result.hpp"

namespace gridpilot {

ErrorGroup group_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::timeout:
    case ErrorCode::unreachable:
    case ErrorCode::connection_lost:
    case ErrorCode::busy:
    case ErrorCode::cancelled:
    case ErrorCode::not_published: return ErrorGroup::retryable;
    case ErrorCode::stale: return ErrorGroup::stale;
    case ErrorCode::bug: return ErrorGroup::bug;
    case ErrorCode::bad_input:
    case ErrorCode::not_found:
    case ErrorCode::unsupported:
    case ErrorCode::rejected:
    case ErrorCode::infeasible:
    case ErrorCode::malformed:
    case ErrorCode::checksum:
    case ErrorCode::short_frame:
    case ErrorCode::wrong_answer:
    case ErrorCode::too_large:
    case ErrorCode::io_failure:
    case ErrorCode::corrupt: return ErrorGroup::permanent;
  }
  return ErrorGroup::bug;
}

std::string_view name_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::unreachable: return "unreachable";
    case ErrorCode::connection_lost: return "connection_lost";
    case ErrorCode::busy: return "busy";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::not_published: return "not_published";
    case ErrorCode::bad_input: return "bad_input";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::rejected: return "rejected";
    case ErrorCode::infeasible: return "infeasible";
    case ErrorCode::malformed: return "malformed";
    case ErrorCode::checksum: return "checksum";
    case ErrorCode::short_frame: return "short_frame";
    case ErrorCode::wrong_answer: return "wrong_answer";
    case ErrorCode::too_large: return "too_large";
    case ErrorCode::io_failure: return "io_failure";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::stale: return "stale";
    case ErrorCode::bug: return "bug";
  }
  return "bug";
}

}  // namespace gridpilot
