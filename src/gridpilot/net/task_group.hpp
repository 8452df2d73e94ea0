#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/net/async.hpp"

namespace gridpilot::net {

/// What an exception says, for a person: the one translator of all catch points.
[[nodiscard]] std::string describe(const std::exception_ptr& thrown);

/// Owns coroutines that run beside each other: nothing of them outlives the group. Whoever has a group cancels it and
/// awaits join() before it goes; destroying it while a task runs is a fault of this program and ends the process
/// (unless the io_context has been destroyed before, and the tasks with it).
class TaskGroup {
 public:
  /// Called on the loop when a task ended with an exception; what happens then (log, shut down) is the owner's word.
  using Escalate = std::function<void(std::string_view task, const std::exception_ptr& thrown)>;

  TaskGroup(const asio::any_io_executor& executor, Escalate escalate);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts a task: its first step runs on the loop, not in here. In a cancelled group nothing starts any more.
  void spawn(std::string name, Awaitable<void> task);
  /// Cancels every task, for good. A task that ends with operation_aborted thereafter is not escalated.
  void cancel();
  /// Completes when no task runs. Cancelling ends the waiting (operation_aborted), not the tasks.
  [[nodiscard]] Awaitable<void> join();

  /// The tasks that run, oldest first: at shut-down, those that hold it up.
  [[nodiscard]] std::vector<std::string> running() const;
  [[nodiscard]] bool is_cancelled() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gridpilot::net
