#include "gridpilot/store/sqlite/readers.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace gridpilot::store {

Readers::Readers(std::vector<Database> connections) {
  queue_.lock()->running = connections.size();  // before any of them can end
  threads_.reserve(connections.size());
  for (Database& connection : connections)
    threads_.emplace_back([this, own = std::move(connection)]() mutable { run(std::move(own)); });
}

Readers::~Readers() {
  finish({});
  for (std::thread& thread : threads_) thread.join();
}

bool Readers::ask(Question question) {
  auto queue = queue_.lock();
  if (queue->closing || queue->waiting.size() >= most_waiting) return false;
  queue->waiting.push_back(std::move(question));
  due_.notify_one();
  return true;
}

void Readers::finish(Outcome<void>::Deliver done) {
  std::deque<Question> declined;
  {
    auto queue = queue_.lock();
    // Only the first call's `done` is kept; a later one is told at once.
    if (!std::exchange(queue->closing, true)) queue->closed.swap(done);
    declined.swap(queue->waiting);
    for (const Database* connection : queue->open) connection->interrupt();
    due_.notify_all();
  }
  for (Question& question : declined) question(nullptr);
  if (done) done(failure(ErrorCode::cancelled, "the record is closed"));
}

void Readers::run(Database connection) {
  std::optional<Database> own(std::move(connection));
  queue_.lock()->open.push_back(&*own);
  for (;;) {
    Question question;
    {
      auto queue = queue_.lock();
      while (!queue->closing && queue->waiting.empty()) due_.wait(queue.mutex_lock());
      if (queue->closing) break;
      question = std::move(queue->waiting.front());
      queue->waiting.pop_front();
    }
    question(&*own);
  }
  Outcome<void>::Deliver closed;
  {
    auto queue = queue_.lock();
    std::erase(queue->open, &*own);
    own.reset();  // before the last one tells that all are closed
    if (--queue->running == 0) closed = std::move(queue->closed);
  }
  if (closed) closed({});
}

}  // namespace gridpilot::store
