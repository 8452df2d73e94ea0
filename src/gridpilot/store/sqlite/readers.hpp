#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "gridpilot/store/sqlite/database.hpp"
#include "gridpilot/store/sqlite/guarded.hpp"
#include "gridpilot/store/sqlite/outcome.hpp"

namespace gridpilot::store {

/// A few threads, each with a read-only connection of its own, that answer questions in the order in which they come.
class Readers {
 public:
  /// Called with a connection on one of the threads; with none when it will not be asked any more.
  using Question = std::move_only_function<void(const Database*)>;

  explicit Readers(std::vector<Database> connections);
  ~Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;

  /// False where too many are waiting already, or after finish().
  [[nodiscard]] bool ask(Question question);

  /// Interrupts what is being asked, declines what waits, closes the connections; then tells `done`.
  void finish(Outcome<void>::Deliver done);

 private:
  static constexpr std::size_t most_waiting = 64;
  struct Queue {
    std::deque<Question> waiting;
    std::vector<const Database*> open;  ///< of the threads that have begun
    std::size_t running = 0;            ///< threads that have not ended
    bool closing = false;
    Outcome<void>::Deliver closed;
  };
  void run(Database connection);

  Guarded<Queue> queue_;
  std::condition_variable due_;
  std::vector<std::thread> threads_;
};

}  // namespace gridpilot::store
