#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gridpilot/core/result.hpp"
#include "gridpilot/core/time.hpp"
#include "gridpilot/net/async.hpp"

namespace gridpilot::net {

/// A document that a source is asked for.
struct DocumentRequest {
  /// Names the document in the cache, the same in every process: "entsoe-a44-PL-2026-11-25". Letters, digits, '-', '.'.
  std::string key;
  std::string url;
  std::string accept = "application/json";
  /// Further headers, such as an access key. They are neither logged nor kept.
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Sent by POST where not empty, for sources that take their question so (SOAP): asking again changes nothing there.
  std::string post = {};
  std::size_t max_body_bytes = std::size_t{4} << 20U;
  /// Says what is wrong with a body, as the decoder would; a body that fails is neither kept nor confirmed, and its
  /// error is the answer. Without it every 2xx answer that is no web page counts as good.
  std::function<Result<void>(std::string_view body)> check = {};
};

/// What a source answered, or answered before.
struct Document {
  std::string body;
  std::string content_type;
  Instant received_at{};    ///< when the body came from the source
  Instant confirmed_at{};   ///< when the source last said that this is current; not before received_at
  bool from_cache = false;  ///< nobody asked the source for this answer
};

/// The door to one source: whoever wants a document asks here and need not know of retries, limits and caches.
class DocumentDoor {
 public:
  virtual ~DocumentDoor() = default;
  /// A good document (2xx), or why there is none: the errors of HttpClient::get and require_success; malformed for a
  /// web page, an empty or partial answer; wrong_answer for "nothing is new" where nothing was known; busy where the
  /// source is left alone for now (limit of questions, breaker open), with the time in the sentence.
  [[nodiscard]] virtual Awaitable<Result<Document>> fetch(DocumentRequest request) = 0;
  /// The last good answer to this question, of this process or one before, however old; the source is not asked.
  /// not_found where there is none.
  [[nodiscard]] virtual Awaitable<Result<Document>> remembered(DocumentRequest request) {
    co_return failure(ErrorCode::not_found, "nothing is remembered of '" + request.key + "'");
  }
};

}  // namespace gridpilot::net
