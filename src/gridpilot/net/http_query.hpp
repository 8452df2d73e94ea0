#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/result.hpp"

namespace gridpilot::net {

/// HEAD never reaches a handler: the server asks it for GET and keeps the body to itself.
enum class HttpMethod { get, post, put, patch, remove, options, other };

struct HttpParameter {
  std::string name;
  std::string value;
};

struct HttpHeader {
  std::string name;  ///< as sent; header() compares without regard to case
  std::string value;
};

/// A request as a handler sees it: decoded, complete, within the server's limits.
struct HttpQuery {
  HttpMethod method = HttpMethod::get;
  std::string path;  ///< percent-decoded, begins with '/'
  std::vector<HttpParameter> parameters;
  std::vector<HttpHeader> headers;
  std::string body;
  std::string remote;  ///< the peer's address, without port

  /// The first parameter of that name; absent where the query has none.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
  /// The first header of that name, whatever its case; absent where the request has none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpTarget {
  std::string path;
  std::vector<HttpParameter> parameters;
};

/// Splits and decodes a request target: "/a%20b?x=1&y=%2B", also behind "http://host" as proxies send it. '+' is a
/// blank in parameters and itself in the path. bad_input: no '/' in front, a torn or non-hexadecimal escape, a control
/// character, or more parameters than any document here takes.
[[nodiscard]] Result<HttpTarget> parse_http_target(std::string_view target);

/// Whether an Accept-Encoding header admits gzip (RFC 9110, 12.5.3).
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding);

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace gridpilot::net
