#include "gridpilot/net/http_client.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <curl/curl.h>

#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "gridpilot/net/curl_loop.hpp"
#include "gridpilot/net/url.hpp"

namespace gridpilot::net {

namespace {

/// Of the whole header block: real ones are below a kilobyte.
constexpr std::size_t max_header_bytes = std::size_t{32} * 1024;

ErrorCode code_of(CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT: return ErrorCode::bad_input;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT: return ErrorCode::unreachable;
    case CURLE_OPERATION_TIMEDOUT: return ErrorCode::timeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return ErrorCode::rejected;
    case CURLE_SSL_CACERT_BADFILE: return ErrorCode::io_failure;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR: return ErrorCode::connection_lost;
    case CURLE_FILESIZE_EXCEEDED: return ErrorCode::too_large;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING: return ErrorCode::malformed;
    default: return ErrorCode::io_failure;
  }
}

bool equal_ignoring_case(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] - 'A' + 'a') : a[i];
    if (c != lower[i]) return false;
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// A name of the characters that RFC 9110 allows, a value of one line.
bool is_header(std::string_view name, std::string_view value) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  for (const char c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_plain && marks.find(c) == std::string_view::npos) return false;
  }
  for (const char c : value)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return !name.empty() && !value.empty();
}

void set_text(CURL* easy, CURLoption option, const std::string& text) {
  curl_easy_setopt(easy, option, text.c_str());
}

void set_long(CURL* easy, CURLoption option, long value) {
  curl_easy_setopt(easy, option, value);
}

}  // namespace

/// One request, in its coroutine's frame.
class HttpClient::Transfer {
 public:
  Transfer(const asio::any_io_executor& executor, HttpRequest request, std::string host)
      : ended(executor), request_(std::move(request)), host_(std::move(host)), easy_(curl_easy_init()) {}
  ~Transfer() {
    curl_easy_cleanup(easy_);
    curl_slist_free_all(headers_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] CURL* easy() const { return easy_; }
  void prepare(const HttpClientOptions& options, const std::string& ca_folder);
  void finish(CURLcode code) {
    code_ = code;
    done = true;
    ended.cancel();
  }
  [[nodiscard]] Result<HttpResponse> result();

  asio::steady_timer ended;  ///< cancelled when done
  bool done = false;

 private:
  void set_limits();
  void add_header(const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); }
  void take_header(std::string_view line);

  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static int on_progress(void* self, curl_off_t total, curl_off_t received, curl_off_t, curl_off_t);

  HttpRequest request_;
  std::string host_;
  CURL* easy_;
  curl_slist* headers_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  HttpResponse response_;
  std::size_t header_bytes_ = 0;
  bool too_large_ = false;
  bool is_https_ = false;
  bool tells_length_ = false;  ///< by number or by chunks
  CURLcode code_ = CURLE_OK;
};

void HttpClient::Transfer::prepare(const HttpClientOptions& options, const std::string& ca_folder) {
  set_text(easy_, CURLOPT_URL, request_.url);
  // No proxy of the environment can reach what listens on this machine's own loopback.
  if (const auto origin = origin_of(request_.url)) {
    is_https_ = origin->scheme == "https";
    if (is_loopback(origin->host)) set_text(easy_, CURLOPT_NOPROXY, "*");
  }
  set_text(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set_text(easy_, CURLOPT_USERAGENT, options.user_agent);
  set_text(easy_, CURLOPT_ACCEPT_ENCODING, "gzip, br");
  set_long(easy_, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  set_long(easy_, CURLOPT_FOLLOWLOCATION, 0);
  set_long(easy_, CURLOPT_NOSIGNAL, 1);
  // A look-up that is given up leaves its thread to end by itself; without this, curl would wait for it right here, on
  // the loop, for as long as a dead name server takes.
  set_long(easy_, CURLOPT_QUICK_EXIT, 1);
  set_long(easy_, CURLOPT_SSL_VERIFYPEER, 1);
  set_long(easy_, CURLOPT_SSL_VERIFYHOST, 2);
  set_long(easy_, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (!options.ca_file.empty()) {
    set_text(easy_, CURLOPT_CAINFO, options.ca_file);
    curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
  } else if (!ca_folder.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAINFO, nullptr);
    set_text(easy_, CURLOPT_CAPATH, ca_folder);
  }
  set_limits();
  add_header("Accept: " + request_.accept);
  for (const auto& [name, value] : request_.headers) {
    std::string line = name;
    line += ": ";
    line += value;
    add_header(line);
  }
  if (!request_.post.empty()) {
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.post.size()));
    set_text(easy_, CURLOPT_POSTFIELDS, request_.post);  // borrowed: the request outlives the transfer
    // No round of "Expect: 100-continue", which some servers never answer.
    add_header("Expect:");
  }
  if (request_.if_none_match) add_header("If-None-Match: " + *request_.if_none_match);
  if (request_.if_modified_since) add_header("If-Modified-Since: " + *request_.if_modified_since);
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_text_.data());
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(easy_, CURLOPT_XFERINFODATA, this);
  set_long(easy_, CURLOPT_NOPROGRESS, 0);
}

void HttpClient::Transfer::set_limits() {
  const HttpLimits& limits = request_.limits;
  set_long(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  set_long(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
  set_long(easy_, CURLOPT_LOW_SPEED_LIMIT, limits.low_speed_bytes_per_s);
  set_long(easy_, CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.low_speed_time.count()));
  curl_easy_setopt(easy_, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits.max_body_bytes));
}

std::size_t HttpClient::Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  if (transfer.response_.body.size() + bytes > transfer.request_.limits.max_body_bytes) {
    transfer.too_large_ = true;
    return 0;
  }
  transfer.response_.body.append(data, bytes);
  return bytes;
}

std::size_t HttpClient::Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const std::size_t bytes = size * count;
  transfer.header_bytes_ += bytes;
  if (transfer.header_bytes_ > max_header_bytes) {
    transfer.too_large_ = true;
    return 0;
  }
  transfer.take_header({data, bytes});
  return bytes;
}

void HttpClient::Transfer::take_header(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (equal_ignoring_case(name, "content-length") || equal_ignoring_case(name, "transfer-encoding"))
    tells_length_ = true;
  if (equal_ignoring_case(name, "content-type")) response_.content_type = value;
  if (equal_ignoring_case(name, "etag")) response_.etag = value;
  if (equal_ignoring_case(name, "last-modified")) response_.last_modified = value;
  if (equal_ignoring_case(name, "location")) response_.location = value;
  if (equal_ignoring_case(name, "retry-after")) response_.retry_after = value;
}

/// Stops a packed body that is too long before it is unpacked; the unpacked one is on_body's.
int HttpClient::Transfer::on_progress(void* self, curl_off_t, curl_off_t received, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (std::cmp_less_equal(received, transfer.request_.limits.max_body_bytes)) return 0;
  transfer.too_large_ = true;
  return 1;
}

Result<HttpResponse> HttpClient::Transfer::result() {
  if (too_large_ || code_ == CURLE_FILESIZE_EXCEEDED) {
    return failure(ErrorCode::too_large,
                   host_ + ": the answer is larger than " + std::to_string(request_.limits.max_body_bytes) + " bytes");
  }
  if (code_ != CURLE_OK) {
    const std::string reason = error_text_[0] != '\0' ? error_text_.data() : curl_easy_strerror(code_);
    return failure(code_of(code_), host_ + ": " + reason);
  }
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  // curl 7.88 takes the end of a TLS connection for the end of the answer also where the farewell is lacking, so
  // anybody on the way could cut it.
  if (is_https_ && !tells_length_ && !response_.body.empty())
    return failure(ErrorCode::connection_lost,
                   host_ + ": the answer tells no length, so a torn one cannot be told from a whole one");
  return std::move(response_);
}

/// The multi handle with its loop, started at the first request, and the transfers under way.
class HttpClient::Engine {
 public:
  Engine(asio::any_io_executor executor, HttpClientOptions chosen)
      : options(std::move(chosen)), executor_(std::move(executor)) {}

  [[nodiscard]] Result<void> start();
  void add(Transfer& transfer) {
    transfers_.insert(&transfer);
    curl_multi_add_handle(loop_->multi(), transfer.easy());
  }
  void remove(Transfer& transfer) {
    if (transfers_.erase(&transfer) == 0) return;
    curl_multi_remove_handle(loop_->multi(), transfer.easy());
  }
  /// A coroutine's frame is destroyed with its transfer under way only when the io_context goes.
  void abandon(Transfer& transfer) {
    if (loop_) loop_->stop();
    remove(transfer);
  }
  void close();
  [[nodiscard]] int in_flight() const { return static_cast<int>(transfers_.size()); }

  const HttpClientOptions options;
  std::string ca_folder;  ///< known once started; empty where curl's own choice stands

 private:
  asio::any_io_executor executor_;
  std::shared_ptr<CurlLoop> loop_;
  std::set<Transfer*> transfers_;
  bool closed_ = false;
};

Result<void> HttpClient::Engine::start() {
  if (closed_) return failure(ErrorCode::cancelled, "the HTTP client is closed");
  if (loop_) return {};
  auto loop = CurlLoop::create(executor_, [](CURL* easy, CURLcode code) {
    char* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    reinterpret_cast<Transfer*>(transfer)->finish(code);
  });
  if (!loop) return std::move(loop).failed();
  loop_ = std::move(*loop);
  ca_folder = options.ca_folder.empty() ? hashed_certificate_folder() : options.ca_folder;
  curl_multi_setopt(loop_->multi(), CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(options.max_connections));
  curl_multi_setopt(loop_->multi(), CURLMOPT_MAXCONNECTS, static_cast<long>(options.max_connections));
  return {};
}

void HttpClient::Engine::close() {
  closed_ = true;
  for (Transfer* transfer : transfers_) {
    curl_multi_remove_handle(loop_->multi(), transfer->easy());
    transfer->ended.cancel();
  }
  transfers_.clear();
  if (loop_) loop_->close();
}

HttpClient::HttpClient(asio::any_io_executor executor, HttpClientOptions options)
    : engine_(std::make_shared<Engine>(std::move(executor), std::move(options))) {}

HttpClient::~HttpClient() {
  engine_->close();
}

int HttpClient::in_flight() const {
  return engine_->in_flight();
}

Awaitable<Result<HttpResponse>> HttpClient::get(HttpRequest request) {
  const auto engine = engine_;
  const auto origin = origin_of(request.url);
  if (!origin) co_return origin.failed();
  for (const auto& [name, value] : request.headers)
    if (!is_header(name, value)) co_return failure(ErrorCode::bad_input, origin->host + ": a header is not valid");
  if (auto started = engine->start(); !started) co_return std::move(started).failed();
  // curl keeps the deadline itself; this one is for a curl that should fail to.
  const auto guard = request.limits.total + std::chrono::seconds(2);

  // Cancelled before it began: nothing below may throw between adding and removing the transfer.
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  if (cancellation.cancelled() != asio::cancellation_type::none)
    co_return failure(ErrorCode::cancelled, origin->host + ": the request was cancelled");

  Transfer transfer(co_await asio::this_coro::executor, std::move(request), origin->host);
  if (transfer.easy() == nullptr) co_return failure(ErrorCode::io_failure, "no memory for a request");
  transfer.prepare(engine->options, engine->ca_folder);
  struct Guard {
    Engine& engine;
    Transfer& transfer;
    bool ended = false;
    ~Guard() {
      if (!ended) engine.abandon(transfer);
    }
  };
  transfer.ended.expires_after(guard);
  engine->add(transfer);
  Guard frame{.engine = *engine, .transfer = transfer};
  boost::system::error_code woken;
  co_await transfer.ended.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  frame.ended = true;
  engine->remove(transfer);
  if (transfer.done) co_return transfer.result();
  if (!woken) co_return failure(ErrorCode::timeout, origin->host + ": no answer in time");
  co_return failure(ErrorCode::cancelled, origin->host + ": the request was cancelled");
}

Result<void> require_success(const HttpResponse& response, const std::string& host) {
  const int status = response.status;
  if (status >= 200 && status < 300) return {};
  const std::string sentence = host + " answered with status " + std::to_string(status);
  if (status >= 300 && status < 400) return failure(ErrorCode::rejected, sentence + ": redirects are not followed");
  if (status == 404 || status == 410) return failure(ErrorCode::not_found, sentence);
  if (status == 429 || status == 503) return failure(ErrorCode::busy, sentence);
  if (status >= 500) return failure(ErrorCode::unreachable, sentence);
  return failure(ErrorCode::rejected, sentence);
}

}  // namespace gridpilot::net
