#include "gridpilot/net/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>

namespace gridpilot::net {

namespace {

bool is_cancellation(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace

std::string describe(const std::exception_ptr& thrown) {
  if (!thrown) return "nothing";
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

struct TaskGroup::State {
  struct Task {
    std::string name;
    asio::cancellation_signal cancellation;
  };
  /// Takes its task out when the completion handler is called, or destroyed uncalled with the io_context.
  class Place {
   public:
    Place(std::shared_ptr<State> state, std::list<Task>::iterator task) : state_(std::move(state)), task_(task) {}
    Place(Place&& other) noexcept : state_(std::move(other.state_)), task_(other.task_) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (!state_) return;
      state_->tasks.erase(task_);
      if (!state_->tasks.empty()) return;
      for (asio::steady_timer* const waiting : state_->joining) waiting->cancel();
    }
    [[nodiscard]] State& state() const { return *state_; }
    [[nodiscard]] const std::string& name() const { return task_->name; }

   private:
    std::shared_ptr<State> state_;
    std::list<Task>::iterator task_;
  };

  State(const asio::any_io_executor& loop, Escalate handler) : executor(loop), escalate(std::move(handler)) {}

  asio::any_io_executor executor;
  Escalate escalate;
  std::list<Task> tasks;
  /// Of those who wait in join(), in their frames: the group itself may outlive its loop and so holds nothing of it.
  std::list<asio::steady_timer*> joining;
  bool cancelled = false;
};

TaskGroup::TaskGroup(const asio::any_io_executor& executor, Escalate escalate)
    : state_(std::make_shared<State>(executor, std::move(escalate))) {}

TaskGroup::~TaskGroup() {
  GRIDPILOT_VERIFY(state_->tasks.empty());
}

void TaskGroup::spawn(std::string name, Awaitable<void> task) {
  if (state_->cancelled) return;
  const auto place = state_->tasks.emplace(state_->tasks.end());
  place->name = std::move(name);
  auto ended = [entry = State::Place(state_, place)](const std::exception_ptr& thrown) {
    State& state = entry.state();
    if (thrown && !(state.cancelled && is_cancellation(thrown))) state.escalate(entry.name(), thrown);
  };
  asio::co_spawn(state_->executor, std::move(task),
                 asio::bind_cancellation_slot(place->cancellation.slot(), std::move(ended)));
}

void TaskGroup::cancel() {
  state_->cancelled = true;
  // A task may end while its neighbour is being told, so the next one is looked up before.
  for (auto task = state_->tasks.begin(); task != state_->tasks.end();) {
    auto& cancellation = task->cancellation;
    ++task;
    cancellation.emit(asio::cancellation_type::terminal);
  }
}

Awaitable<void> TaskGroup::join() {
  const auto state = state_;
  // Never expires; cancelled when the last task has ended.
  asio::steady_timer ended(state->executor, asio::steady_timer::time_point::max());
  struct Joining {
    std::list<asio::steady_timer*>& all;
    std::list<asio::steady_timer*>::iterator place;
    ~Joining() { all.erase(place); }
  };
  const Joining joining{.all = state->joining, .place = state->joining.insert(state->joining.end(), &ended)};
  while (!state->tasks.empty()) {
    boost::system::error_code woken;
    co_await ended.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
}

std::vector<std::string> TaskGroup::running() const {
  std::vector<std::string> names;
  names.reserve(state_->tasks.size());
  for (const auto& task : state_->tasks) names.push_back(task.name);
  return names;
}

bool TaskGroup::is_cancelled() const {
  return state_->cancelled;
}

}  // namespace gridpilot::net
