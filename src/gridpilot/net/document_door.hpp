#pragma once

#include <cstddef>
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
  std::size_t max_body_bytes = std::size_t{4} << 20U;
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
  /// A good document (2xx), or why there is none: the errors of HttpClient::get and require_success; busy where the
  /// source is left alone for now (limit of questions, breaker open), with the time in the sentence.
  [[nodiscard]] virtual Awaitable<Result<Document>> fetch(DocumentRequest request) = 0;
};

}  // namespace gridpilot::net
