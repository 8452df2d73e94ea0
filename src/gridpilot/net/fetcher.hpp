#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gridpilot/net/breaker.hpp"
#include "gridpilot/net/document_cache.hpp"
#include "gridpilot/net/document_door.hpp"
#include "gridpilot/net/http_client.hpp"
#include "gridpilot/net/rate_limit.hpp"
#include "gridpilot/net/retry.hpp"
#include "gridpilot/net/shared_documents.hpp"
#include "gridpilot/net/timeline.hpp"

namespace gridpilot::net {

/// How one source is asked.
struct FetcherOptions {
  std::string source;                          ///< its name in caches, log and metrics: letters, digits, '-', '.'
  HttpLimits limits = {};                      ///< of one attempt; the body's limit is the request's
  std::chrono::milliseconds deadline{30'000};  ///< all attempts and pauses of one fetch together
  RetryPolicy retry{
      .first = std::chrono::milliseconds(1000), .cap = std::chrono::milliseconds(10'000), .max_attempts = 3};
  BreakerPolicy breaker = {};
  std::optional<RateLimitPolicy> rate = std::nullopt;
  /// A document that was confirmed no longer ago, by this process or another that shares its cache, is the answer
  /// without asking.
  Seconds fresh_for{0};
};

/// What happened at a door, for log and metrics.
struct FetchEvent {
  enum class Kind {
    answered,    ///< the source sent a document
    confirmed,   ///< the source said that the known one is current
    remembered,  ///< the known one is fresh enough
    shared,      ///< another process's is fresh enough
    failed,      ///< one attempt; `error` says why
    left_alone,  ///< limit of questions, breaker: the source was not asked
  };
  Kind kind = Kind::answered;
  std::string_view source;
  std::string_view key;
  SteadyDuration took{};         ///< of an attempt: answered, confirmed, failed
  std::size_t body_bytes = 0;    ///< of what was sent: answered
  const Error* error = nullptr;  ///< failed, left_alone
};
[[nodiscard]] std::string_view name_of(FetchEvent::Kind kind) noexcept;

/// A door as status and metrics show it.
struct FetcherState {
  Breaker::State breaker = Breaker::State::closed;
  std::optional<Instant> left_alone_until;           ///< it will not be asked before
  std::optional<Instant> last_good;                  ///< when the source last gave or confirmed a document
  std::map<FetchEvent::Kind, std::uint64_t> events;  ///< since the start
  std::map<ErrorCode, std::uint64_t> failures;       ///< attempts that failed since the start, by kind
  std::optional<Error> last_error;                   ///< while it has not been overcome
};

/// The door to one source over HTTP: asks with a deadline, retries with growing pauses, leaves a source alone that
/// fails again and again or has been asked often enough, asks whether anything is new instead of fetching it again,
/// and remembers good documents on disk and, where there is one, in the shared cache.
///
/// Several fetches may be under way, each in its own task. Pauses wait on the timeline, so the task that fetches is a
/// participant there in simulated time, as it is for its own waits; attempts have their limits on the steady clock.
/// Cancelling ends a fetch with ErrorCode::cancelled or operation_aborted.
class Fetcher final : public DocumentDoor {
 public:
  struct Parts {
    HttpClient& http;
    Timeline& timeline;
    const DocumentCache* cache = nullptr;  ///< nothing is remembered and no conditional question put without
    SharedDocuments* shared = nullptr;
    RandomSource random = {};
    std::function<void(const FetchEvent& event)> on_event = {};
  };
  /// Parts must outlive it, and it its fetches.
  Fetcher(Parts parts, FetcherOptions options);

  [[nodiscard]] Awaitable<Result<Document>> fetch(DocumentRequest request) override;
  [[nodiscard]] Awaitable<Result<Document>> remembered(DocumentRequest request) override;
  [[nodiscard]] FetcherState state() const;
  [[nodiscard]] const std::string& source() const { return options_.source; }

 private:
  /// One fetch. Coroutines are lent it by the frame that awaits them.
  struct Call;
  [[nodiscard]] Awaitable<std::optional<Document>> fresh_document(const Call* call);
  [[nodiscard]] Awaitable<Result<Document>> ask(Call* call);
  [[nodiscard]] Awaitable<Result<Document>> attempt(Call* call, std::chrono::milliseconds limit);
  [[nodiscard]] Awaitable<Result<Document>> take(Call* call, HttpResponse response, SteadyDuration took);
  [[nodiscard]] Awaitable<Result<Document>> take_confirmation(Call* call, SteadyDuration took);
  [[nodiscard]] Awaitable<std::optional<StoredDocument>> recall(std::string key, std::string asked_as) const;
  [[nodiscard]] Awaitable<void> take_over_questions();
  [[nodiscard]] Result<void> leave_to_ask();
  void note_question();
  [[nodiscard]] std::unexpected<Error> failed(const Call& call, Error error, SteadyDuration took);
  void succeeded();
  void keep(const Call& call, StoredDocument stored);
  void tell(FetchEvent event);
  [[nodiscard]] Instant now() const { return parts_.timeline.clock().now(); }

  Parts parts_;
  FetcherOptions options_;
  Breaker breaker_;
  RateLimit rate_;
  bool questions_taken_over_ = false;
  FetcherState state_;
};

}  // namespace gridpilot::net
