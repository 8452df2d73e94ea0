#pragma once

#include <condition_variable>
#include <memory>
#include <optional>
#include <thread>

#include "gridpilot/store/sqlite/batch.hpp"
#include "gridpilot/store/sqlite/guarded.hpp"

namespace gridpilot::store {

/// The thread that owns the writing connection. Rows are handed to it without waiting; it commits as soon as somebody
/// waits for one, else when there are enough of them or the oldest is old enough. After a failure it keeps the rows
/// and tries again, at growing intervals and whenever somebody waits.
class Writer {
 public:
  using Clock = std::chrono::steady_clock;
  struct Settings {
    Seconds flush_after{60};
    std::size_t flush_rows = 512;
    std::size_t buffer_rows = 30'240;
    std::chrono::milliseconds retry_after{1'000};  ///< doubled at each failure, to at most 30 s
  };

  Writer(Database database, Inserts inserts, Settings settings);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Adds rows by `add(Batch&)`; false after finish(), and then `add` is not called.
  template <class Add>
  bool enqueue(Add add) {
    auto queue = queue_.lock();
    if (queue->closing) return false;
    const bool idle = queue->pending.empty();
    add(queue->pending);
    if (idle) queue->oldest = Clock::now();
    queue->dropped += queue->pending.limit_to(settings_.buffer_rows);
    if (idle || queue->pending.urgent() || queue->pending.buffered() == settings_.flush_rows) due_.notify_one();
    return true;
  }

  /// Writes everything, synced, closes the file and ends the thread; then tells `done` how that went.
  void finish(Outcome<void>::Deliver done);

  /// Rows of any kind wait for a commit.
  [[nodiscard]] bool has_uncommitted() const;
  [[nodiscard]] std::optional<Error> health() const;

 private:
  struct Connection {
    Database database;
    Inserts inserts;
  };
  struct Queue {
    Batch pending;
    Clock::time_point oldest{};
    bool in_work = false;  ///< a batch has been taken and not yet committed
    std::optional<Error> health;
    std::size_t dropped = 0;
    bool closing = false;
    Outcome<void>::Deliver closed;
  };
  void run();
  /// Blocks until there is something to do, and takes it; false when this was the last time.
  [[nodiscard]] bool take();
  void write();
  void succeeded(const Result<void>& on_disk);
  void failed(const Error& why);
  void close_file();

  const Settings settings_;
  mutable Guarded<Queue> queue_;
  std::condition_variable due_;

  // The thread's own.
  std::unique_ptr<Connection> connection_;  ///< until it is closed
  Batch batch_;
  bool full_sync_ = false;  ///< how `PRAGMA synchronous` stands
  bool sick_ = false;
  Clock::time_point retry_at_{};
  std::chrono::milliseconds retry_after_;
  std::optional<Error> last_failure_;

  std::thread thread_;
};

}  // namespace gridpilot::store
