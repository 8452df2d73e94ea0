#pragma once

#include <boost/asio/steady_timer.hpp>

#include <list>
#include <memory>

#include "gridpilot/net/deadline.hpp"

namespace gridpilot::net {

/// One conversation at a time with one device address, and a pause between them: shared by everybody who talks to that
/// address, because the dongle behind it serves one request after the other and drops what comes too fast.
/// Turns are given in the order of asking.
class Pacer {
 public:
  explicit Pacer(asio::any_io_executor executor, SteadyDuration min_gap = {});
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;

  /// The right to talk, for as long as it lives. May outlive the pacer.
  class Turn {
   public:
    Turn(Turn&& other) noexcept = default;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

   private:
    friend class Pacer;
    struct Key {};
    explicit Turn(std::shared_ptr<struct PacerState> state) : state_(std::move(state)) {}
    std::shared_ptr<struct PacerState> state_;
  };

  /// Completes when it is the caller's turn and the gap since the last turn's end is over; without suspending where
  /// both hold already. Cancelling gives the place in the queue up (operation_aborted).
  [[nodiscard]] Awaitable<Turn> turn();
  /// The gap between two attempts of the same turn.
  [[nodiscard]] SteadyDuration min_gap() const;

 private:
  std::shared_ptr<PacerState> state_;
};

}  // namespace gridpilot::net
