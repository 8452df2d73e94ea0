#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gridpilot/net/async.hpp"

namespace gridpilot::net {

/// What one request may take; every one of them ends by itself.
struct HttpLimits {
  std::chrono::milliseconds connect{5000};  ///< name, TCP and TLS
  std::chrono::milliseconds total{20'000};
  int low_speed_bytes_per_s = 50;  ///< slower than this for low_speed_time: given up
  std::chrono::seconds low_speed_time{10};
  std::size_t max_body_bytes = std::size_t{4} << 20U;  ///< as sent and as unpacked
};

struct HttpRequest {
  std::string url;  ///< http or https
  std::string accept = "application/json";
  /// Further headers, such as an access key; a value with a line break is refused. They appear in no sentence.
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string post = {};                                        ///< sent as a question by POST where not empty (SOAP)
  std::optional<std::string> if_none_match = std::nullopt;      ///< an ETag of before: 304 where nothing is new
  std::optional<std::string> if_modified_since = std::nullopt;  ///< a Last-Modified of before
  HttpLimits limits = {};
};

/// Whatever the server said, also an error status; redirects are not followed.
struct HttpResponse {
  int status = 0;
  std::string body;                                                      ///< unpacked
  std::string content_type, etag, last_modified, location, retry_after;  ///< empty where not sent
};

/// Success (2xx) or what the status means: not_found (404, 410), busy (429, 503), unreachable (other 5xx), rejected
/// (everything else, redirects included). `host` names the server in the sentence.
[[nodiscard]] Result<void> require_success(const HttpResponse& response, const std::string& host);

struct HttpClientOptions {
  std::string user_agent = "gridpilot";
  /// Certificates to trust instead of the system's: a PEM file, or a folder as `openssl rehash` makes it.
  std::string ca_file = {};
  std::string ca_folder = {};
  int max_connections = 8;  ///< further requests wait for one, within their total deadline
};

/// Asynchronous HTTP and HTTPS on the loop: libcurl's multi interface, driven by the loop's sockets and timer. No
/// thread is used but curl's resolver's, one per name that is being looked up, so a dead name server holds nothing up.
/// The library is started at the first request. HTTP/1.1: the documents are few and small, and HTTP/2 costs memory.
///
/// Certificates and host names are checked; there is no way to switch that off. Proxies of the environment
/// (https_proxy, no_proxy) are used, except towards this machine itself.
///
/// Must be destroyed before its io_context; requests under way then end as cancelled.
class HttpClient {
 public:
  explicit HttpClient(asio::any_io_executor executor, HttpClientOptions options = {});
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Many may be under way. Errors name the host: bad_input (no http or https URL, a header
  /// that is none), unreachable (no such name, no
  /// connection), timeout (any of the limits), connection_lost (torn, truncated, or over
  /// HTTPS without a length by which that could be told), rejected (certificate), too_large
  /// (stopped at the limit), malformed (not HTTP, damaged encoding), cancelled.
  /// Cancelling closes the connection and ends it with ErrorCode::cancelled.
  [[nodiscard]] Awaitable<Result<HttpResponse>> get(HttpRequest request);

  /// Requests under way.
  [[nodiscard]] int in_flight() const;

 private:
  class Engine;
  class Transfer;
  std::shared_ptr<Engine> engine_;
};

}  // namespace gridpilot::net
