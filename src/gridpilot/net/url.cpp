#include "gridpilot/net/url.hpp"

#include <curl/curl.h>

#include <memory>

namespace gridpilot::net {

namespace {

struct CloseUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};
using UrlHandle = std::unique_ptr<CURLU, CloseUrl>;

Result<std::string> part(const UrlHandle& url, CURLUPart which, unsigned flags = 0) {
  char* raw = nullptr;
  const CURLUcode code = curl_url_get(url.get(), which, &raw, flags);
  const std::unique_ptr<char, FreeText> text(raw);
  if (code != CURLUE_OK) return failure(ErrorCode::bad_input, std::string("not a URL: ") + curl_url_strerror(code));
  return std::string(text.get());
}

Result<UrlHandle> parse(std::string_view text) {
  UrlHandle url(curl_url());
  if (!url) return failure(ErrorCode::io_failure, "no memory for a URL");
  const CURLUcode code = curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), 0);
  if (code != CURLUE_OK) return failure(ErrorCode::bad_input, std::string("not a URL: ") + curl_url_strerror(code));
  return url;
}

}  // namespace

Result<Origin> origin_of(std::string_view url) {
  const auto parsed = parse(url);
  if (!parsed) return parsed.failed();
  auto scheme = part(*parsed, CURLUPART_SCHEME);
  if (!scheme) return std::move(scheme).failed();
  if (*scheme != "http" && *scheme != "https")
    return failure(ErrorCode::bad_input, "a URL begins with http:// or https://, not with " + *scheme + "://");
  auto host = part(*parsed, CURLUPART_HOST);
  if (!host) return std::move(host).failed();
  auto port = part(*parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (!port) return std::move(port).failed();
  return Origin{.scheme = std::move(*scheme), .host = std::move(*host), .port = std::move(*port)};
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

Result<std::string> resolve_link(std::string_view base, std::string_view link) {
  const auto parsed = parse(base);
  if (!parsed) return parsed.failed();
  const CURLUcode code = curl_url_set(parsed->get(), CURLUPART_URL, std::string(link).c_str(), 0);
  if (code != CURLUE_OK) return failure(ErrorCode::bad_input, std::string("not a link: ") + curl_url_strerror(code));
  auto whole = part(*parsed, CURLUPART_URL);
  if (!whole) return whole;
  if (auto origin = origin_of(*whole); !origin) return std::move(origin).failed();
  return whole;
}

}  // namespace gridpilot::net
