#include "gridpilot/net/fetcher.hpp"

#include <algorithm>
#include <utility>

#include "gridpilot/net/url.hpp"

namespace gridpilot::net {

namespace {

using std::chrono::milliseconds;

/// Under this key the cache keeps when the source was asked: a limit of ten a day must survive a restart.
const std::string questions_key = "questions";
/// Limits of shorter windows are over before a restart is.
constexpr Seconds least_window_to_keep{600};
/// Less is not worth an attempt.
constexpr milliseconds least_attempt{100};

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

/// Whether a body is a page for people although something else was asked for: what captive portals, proxies and
/// sources out of order send with status 200.
bool is_web_page(std::string_view body, std::string_view accept) {
  const auto first = body.find_first_not_of("\xef\xbb\xbf \t\r\n");
  if (first == std::string_view::npos || body[first] != '<' || accept.contains("html")) return false;
  body.remove_prefix(first);
  if (!accept.contains("xml") && !accept.contains("*/*")) return true;
  return equal_ignoring_case(body.substr(0, 5), "<html") || equal_ignoring_case(body.substr(0, 14), "<!doctype html");
}

Result<void> judge(const HttpResponse& response, const DocumentRequest& request, const std::string& host) {
  if (auto success = require_success(response, host); !success) return success;
  if (response.status == 206) return failure(ErrorCode::malformed, host + " sent a part of the document");
  if (response.body.empty()) return failure(ErrorCode::malformed, host + " sent an empty document");
  if (is_web_page(response.body, request.accept))
    return failure(ErrorCode::malformed, host + " sent a web page instead of a document");
  if (!request.check) return {};
  auto good = request.check(response.body);
  if (!good) return std::unexpected(std::move(good.error()).in(host));
  return {};
}

/// Whether a failure says that the source is out of order. A document that does not exist, and a question that cannot
/// be put, do not.
bool is_of_the_source(ErrorCode code) {
  return code != ErrorCode::not_found && code != ErrorCode::not_published && code != ErrorCode::bad_input;
}

std::string clock_sentence(Instant until) {
  return " until " + to_rfc3339(until);
}

}  // namespace

std::string_view name_of(FetchEvent::Kind kind) noexcept {
  switch (kind) {
    case FetchEvent::Kind::answered: return "answered";
    case FetchEvent::Kind::confirmed: return "confirmed";
    case FetchEvent::Kind::remembered: return "remembered";
    case FetchEvent::Kind::shared: return "shared";
    case FetchEvent::Kind::failed: return "failed";
    case FetchEvent::Kind::left_alone: return "left_alone";
  }
  return "";
}

/// One fetch, in its coroutine's frame.
struct Fetcher::Call {
  DocumentRequest request;
  std::string asked_as;
  std::string host;
  SteadyClock::time_point end;
  /// The known answer, for a conditional question; its body too.
  std::optional<StoredDocument> known = std::nullopt;

  [[nodiscard]] milliseconds left() const { return std::chrono::duration_cast<milliseconds>(end - SteadyClock::now()); }
};

Fetcher::Fetcher(Parts parts, FetcherOptions options)
    : parts_(std::move(parts)), options_(std::move(options)), breaker_(options_.breaker), rate_(options_.rate) {
  GRIDPILOT_VERIFY(is_cache_name(options_.source));
}

Awaitable<Result<Document>> Fetcher::fetch(DocumentRequest request) {
  if (!is_cache_name(request.key))
    co_return failure(ErrorCode::bad_input, "'" + request.key + "' cannot name a document");
  const auto origin = origin_of(request.url);
  if (!origin) co_return origin.failed();
  Call call{.request = std::move(request),
            .asked_as = {},
            .host = origin->host,
            .end = SteadyClock::now() + options_.deadline};
  call.asked_as = fingerprint_of(call.request);
  co_await take_over_questions();
  call.known = co_await recall(call.request.key, call.asked_as);
  if (auto fresh = co_await fresh_document(&call)) co_return std::move(*fresh);
  co_return co_await ask(&call);
}

Awaitable<Result<Document>> Fetcher::remembered(DocumentRequest request) {
  const std::string asked_as = fingerprint_of(request);
  auto known = co_await recall(request.key, asked_as);
  if (!known) co_return failure(ErrorCode::not_found, "nothing is remembered of '" + request.key + "'");
  known->document.from_cache = true;
  co_return std::move(known->document);
}

Awaitable<std::optional<StoredDocument>> Fetcher::recall(std::string key, std::string asked_as) const {
  if (parts_.cache == nullptr) co_return std::nullopt;
  auto found = co_await parts_.cache->find(options_.source, std::move(key));
  if (!found || found->asked_as != asked_as) co_return std::nullopt;
  co_return std::move(*found);
}

Awaitable<std::optional<Document>> Fetcher::fresh_document(const Call* call) {
  if (options_.fresh_for <= Seconds(0)) co_return std::nullopt;
  // What lies in the future was kept under a wrong clock.
  const auto is_fresh = [this](const StoredDocument& stored) {
    const Seconds age = now() - stored.document.confirmed_at;
    return age >= Seconds(0) && age < options_.fresh_for;
  };
  if (call->known && is_fresh(*call->known)) {
    tell({.kind = FetchEvent::Kind::remembered, .key = call->request.key});
    Document document = call->known->document;
    document.from_cache = true;
    co_return document;
  }
  if (parts_.shared == nullptr) co_return std::nullopt;
  auto theirs = co_await parts_.shared->find(options_.source, call->request.key);
  if (!theirs || theirs->asked_as != call->asked_as || !is_fresh(*theirs)) co_return std::nullopt;
  if (theirs->document.body.size() > call->request.max_body_bytes ||
      (call->request.check && !call->request.check(theirs->document.body)))
    co_return std::nullopt;
  Document document = theirs->document;
  document.from_cache = true;
  if (parts_.cache != nullptr) parts_.cache->keep(options_.source, call->request.key, std::move(*theirs));
  tell({.kind = FetchEvent::Kind::shared, .key = call->request.key});
  co_return document;
}

Awaitable<Result<Document>> Fetcher::ask(Call* call) {
  Retry retry(options_.retry, parts_.random);
  while (true) {
    if (auto leave = leave_to_ask(); !leave) {
      tell({.kind = FetchEvent::Kind::left_alone, .key = call->request.key, .error = &leave.error()});
      co_return std::move(leave).failed();
    }
    auto answer = co_await attempt(call, std::min(options_.limits.total, std::max(call->left(), least_attempt)));
    if (answer) co_return answer;
    // The source said when: the next fetch comes no earlier.
    if (answer.error().code == ErrorCode::busy) co_return answer;
    const auto pause = retry.after(answer.error());
    if (!pause || *pause + least_attempt > call->left()) co_return answer;
    co_await parts_.timeline.wait_until(now() + std::chrono::ceil<Seconds>(*pause));
    if (rate_.refuse_until(now()) || breaker_.state(now()) == Breaker::State::open) co_return answer;
  }
}

Awaitable<Result<Document>> Fetcher::attempt(Call* call, milliseconds limit) {
  HttpRequest question{.url = call->request.url,
                       .accept = call->request.accept,
                       .headers = call->request.headers,
                       .post = call->request.post,
                       .limits = options_.limits};
  question.limits.total = limit;
  question.limits.connect = std::min(question.limits.connect, limit);
  question.limits.max_body_bytes = call->request.max_body_bytes;
  if (call->known && !call->known->etag.empty()) question.if_none_match = call->known->etag;
  if (call->known && !call->known->last_modified.empty()) question.if_modified_since = call->known->last_modified;
  note_question();
  // A trial of the breaker must end whatever becomes of this coroutine.
  struct Trial {
    Breaker& breaker;
    bool ended = false;
    ~Trial() {
      if (!ended) breaker.abandoned();
    }
  } trial{.breaker = breaker_};
  const auto begun = SteadyClock::now();
  auto response = co_await parts_.http.get(std::move(question));
  const SteadyDuration took = SteadyClock::now() - begun;
  if (!response && response.error().code == ErrorCode::cancelled) co_return std::move(response).failed();
  trial.ended = true;
  if (!response) co_return failed(*call, std::move(response.error()), took);
  co_return co_await take(call, std::move(*response), took);
}

Awaitable<Result<Document>> Fetcher::take(Call* call, HttpResponse response, SteadyDuration took) {
  if (response.status == 304) co_return co_await take_confirmation(call, took);
  if (response.status == 429 || response.status == 503) {
    if (const auto pause = parse_retry_after(response.retry_after, now())) rate_.wait_for(*pause, now());
  }
  if (auto good = judge(response, call->request, call->host); !good)
    co_return failed(*call, std::move(good.error()), took);
  succeeded();
  tell(
      {.kind = FetchEvent::Kind::answered, .key = call->request.key, .took = took, .body_bytes = response.body.size()});
  StoredDocument stored{.document = {.body = std::move(response.body),
                                     .content_type = std::move(response.content_type),
                                     .received_at = now(),
                                     .confirmed_at = now()},
                        .etag = std::move(response.etag),
                        .last_modified = std::move(response.last_modified),
                        .asked_as = call->asked_as};
  keep(*call, stored);
  co_return std::move(stored.document);
}

Awaitable<Result<Document>> Fetcher::take_confirmation(Call* call, SteadyDuration took) {
  if (!call->known || (call->known->etag.empty() && call->known->last_modified.empty())) {
    co_return failed(
        *call,
        {.code = ErrorCode::wrong_answer,
         .message = call->host + " says that nothing is new, but nothing was known of '" + call->request.key + "'"},
        took);
  }
  succeeded();
  tell({.kind = FetchEvent::Kind::confirmed, .key = call->request.key, .took = took});
  call->known->document.confirmed_at = std::max(now(), call->known->document.received_at);
  keep(*call, *call->known);
  co_return std::move(call->known->document);
}

Result<void> Fetcher::leave_to_ask() {
  if (const auto until = rate_.refuse_until(now()))
    return failure(ErrorCode::busy,
                   options_.source + " has been asked often enough and is left alone" + clock_sentence(*until));
  if (const auto until = breaker_.refuse_until(now())) {
    std::string sentence = options_.source + " failed " + std::to_string(breaker_.failures()) +
                           " times in a row and is left alone" + clock_sentence(*until);
    if (state_.last_error) sentence += " (last: " + state_.last_error->message + ")";
    return failure(ErrorCode::busy, std::move(sentence));
  }
  return {};
}

std::unexpected<Error> Fetcher::failed(const Call& call, Error error, SteadyDuration took) {
  if (is_of_the_source(error.code))
    breaker_.failed(now());
  else
    breaker_.succeeded();
  ++state_.failures[error.code];
  state_.last_error = error;
  tell({.kind = FetchEvent::Kind::failed, .key = call.request.key, .took = took, .error = &error});
  return std::unexpected(std::move(error));
}

void Fetcher::succeeded() {
  breaker_.succeeded();
  state_.last_error.reset();
  state_.last_good = now();
}

void Fetcher::keep(const Call& call, StoredDocument stored) {
  if (parts_.shared != nullptr && options_.fresh_for > Seconds(0))
    parts_.shared->keep(options_.source, call.request.key, stored, options_.fresh_for);
  if (parts_.cache != nullptr) parts_.cache->keep(options_.source, call.request.key, std::move(stored));
}

void Fetcher::tell(FetchEvent event) {
  ++state_.events[event.kind];
  event.source = options_.source;
  if (parts_.on_event) parts_.on_event(event);
}

Awaitable<void> Fetcher::take_over_questions() {
  if (questions_taken_over_) co_return;
  questions_taken_over_ = true;
  if (!options_.rate || options_.rate->window < least_window_to_keep) co_return;
  const auto kept = co_await recall(questions_key, questions_key);
  if (!kept) co_return;
  std::vector<Instant> asked;
  std::string_view rest = kept->document.body;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    if (const auto time = parse_rfc3339(rest.substr(0, end))) asked.push_back(*time);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  rate_.take_over(asked, now());
}

void Fetcher::note_question() {
  rate_.note(now());
  if (parts_.cache == nullptr || !options_.rate || options_.rate->window < least_window_to_keep) return;
  StoredDocument kept{.document = {.body = {}, .content_type = {}, .received_at = now(), .confirmed_at = now()},
                      .etag = {},
                      .last_modified = {},
                      .asked_as = questions_key};
  for (const Instant asked : rate_.counted()) kept.document.body += to_rfc3339(asked) + "\n";
  parts_.cache->keep(options_.source, questions_key, std::move(kept));
}

FetcherState Fetcher::state() const {
  FetcherState state = state_;
  state.breaker = breaker_.state(now());
  RateLimit rate = rate_;
  state.left_alone_until = rate.refuse_until(now());
  if (state.breaker == Breaker::State::open) {
    Breaker breaker = breaker_;
    const auto until = breaker.refuse_until(now());
    state.left_alone_until = std::max(state.left_alone_until, until);
  }
  return state;
}

}  // namespace gridpilot::net
