#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gridpilot/net/retry.hpp"
#include "gridpilot/net/shared_documents.hpp"

namespace gridpilot::net {

struct RedisOptions {
  std::string address;  ///< numeric: no name is looked up
  std::uint16_t port = 6379;
  std::string user;      ///< empty: the default user
  std::string password;  ///< a secret; empty: none is sent
  /// What a question may take; beyond it the source is asked instead.
  std::chrono::milliseconds answer_within{10};
  std::chrono::milliseconds connect_within{1000};  ///< TCP, and the first words
  RetryPolicy reconnect{.first = std::chrono::milliseconds(1000), .cap = std::chrono::milliseconds(60'000)};
  std::size_t max_bytes = std::size_t{8} << 20U;  ///< of an answer, and of what waits to be sent
};

/// A Redis in which several gridpilots share their documents (GET, SET with expiry; Redis 2.6 or later). A connection
/// is made and kept by run(); while there is none, nothing is found and nothing kept, at once. Where answers come too
/// late three times in a row the connection is dropped. Whatever it says is checked before it is believed, and never
/// waited for longer than `answer_within`.
class RedisDocuments final : public SharedDocuments {
 public:
  explicit RedisDocuments(const asio::any_io_executor& executor, RedisOptions options, RandomSource random = {});
  ~RedisDocuments() override;
  RedisDocuments(const RedisDocuments&) = delete;
  RedisDocuments& operator=(const RedisDocuments&) = delete;

  /// Connects, and connects again with growing pauses, until it is cancelled.
  [[nodiscard]] Awaitable<void> run();

  [[nodiscard]] Awaitable<std::optional<StoredDocument>> find(std::string source, std::string key) override;
  void keep(const std::string& source, const std::string& key, const StoredDocument& stored,
            Seconds for_so_long) override;

  struct State {
    bool connected = false;
    std::uint64_t connections = 0;  ///< that came about, since the start
    std::uint64_t found = 0, not_found = 0;
    std::uint64_t late = 0;           ///< questions that were not answered in time
    std::uint64_t failures = 0;       ///< connections that failed or broke
    std::optional<Error> last_error;  ///< why there is no connection
  };
  [[nodiscard]] const State& state() const { return state_; }

 private:
  class Session;
  [[nodiscard]] Awaitable<Result<void>> serve();
  [[nodiscard]] Awaitable<Result<void>> greet(std::shared_ptr<Session> session);

  asio::any_io_executor executor_;
  RedisOptions options_;
  RandomSource random_;
  State state_;
  std::shared_ptr<Session> session_;  ///< null while there is none to talk to
  int late_in_a_row_ = 0;
  /// The first attempt to connect is worth waiting for within answer_within: a program that begins asks at once.
  asio::steady_timer first_attempt_;
  bool first_attempt_ended_ = false;
};

}  // namespace gridpilot::net
