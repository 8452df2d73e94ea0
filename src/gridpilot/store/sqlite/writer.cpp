#include "gridpilot/store/sqlite/writer.hpp"

#include <algorithm>
#include <utility>

namespace gridpilot::store {

namespace {
constexpr std::chrono::milliseconds longest_retry{30'000};
}

Writer::Writer(Database database, Inserts inserts, Settings settings)
    : settings_(settings),
      connection_(new Connection{std::move(database), std::move(inserts)}),
      retry_after_(settings.retry_after),
      thread_([this] { run(); }) {}

Writer::~Writer() {
  finish({});
  thread_.join();
}

void Writer::finish(Outcome<void>::Deliver done) {
  {
    auto queue = queue_.lock();
    // Only the first call's `done` is kept; a later one is told at once.
    if (!std::exchange(queue->closing, true)) queue->closed.swap(done);
    due_.notify_one();
  }
  if (done) done(failure(ErrorCode::cancelled, "the record is closed"));
}

bool Writer::has_uncommitted() const {
  auto queue = queue_.lock();
  return queue->in_work || !queue->pending.empty();
}

std::optional<Error> Writer::health() const {
  return queue_.lock()->health;
}

void Writer::run() {
  bool more = true;
  while (more) {
    more = take();
    write();
  }
  close_file();
  Outcome<void>::Deliver closed = std::move(queue_.lock()->closed);
  if (closed) closed(last_failure_ ? Result<void>(std::unexpected(*last_failure_)) : Result<void>());
}

bool Writer::take() {
  auto queue = queue_.lock();
  const Batch& pending = queue->pending;
  while (!queue->closing && !pending.urgent()) {
    if (!sick_ && pending.buffered() >= settings_.flush_rows) break;
    if (!sick_ && pending.empty()) {
      due_.wait(queue.mutex_lock());
      continue;
    }
    const Clock::time_point due_at = sick_ ? retry_at_ : queue->oldest + settings_.flush_after;
    if (Clock::now() >= due_at) break;
    due_.wait_until(queue.mutex_lock(), due_at);
  }
  batch_.append(queue->pending);
  queue->dropped += batch_.limit_to(settings_.buffer_rows);
  queue->in_work = true;
  return !queue->closing;
}

void Writer::write() {
  if (batch_.durable() != full_sync_) {
    // Cannot fail: it sets a field of the connection.
    static_cast<void>(
        connection_->database.execute(full_sync_ ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL"));
    full_sync_ = !full_sync_;
  }
  if (Result<void> written = batch_.write(connection_->database, connection_->inserts); !written)
    return failed(written.error());
  Result<void> on_disk;
  // A commit without rows syncs nothing, and earlier ones were committed without: a checkpoint syncs the log first.
  if (!batch_.synced.empty()) on_disk = connection_->database.execute("PRAGMA wal_checkpoint(PASSIVE)");
  succeeded(on_disk);
}

void Writer::succeeded(const Result<void>& on_disk) {
  sick_ = false;
  retry_after_ = settings_.retry_after;
  last_failure_.reset();
  if (!on_disk)
    last_failure_ = on_disk.error();
  else if (batch_.refused)
    last_failure_ = batch_.refused;
  {
    auto queue = queue_.lock();
    queue->in_work = false;
    queue->health = last_failure_;
    queue->dropped = 0;
  }
  batch_.succeed(on_disk);
}

void Writer::failed(const Error& why) {
  sick_ = true;
  retry_at_ = Clock::now() + retry_after_;
  retry_after_ = std::min(retry_after_ * 2, longest_retry);
  Error told = why;
  {
    auto queue = queue_.lock();
    queue->in_work = false;
    if (queue->dropped > 0) told.message += "; " + std::to_string(queue->dropped) + " of the oldest rows are lost";
    queue->health = told;
  }
  last_failure_ = std::move(told);
  batch_.fail(why);
}

void Writer::close_file() {
  // A log that is left makes the next start examine the file.
  if (last_failure_ && last_failure_->code == ErrorCode::corrupt) connection_->database.keep_log_when_closed();
  connection_.reset();
}

}  // namespace gridpilot::store
