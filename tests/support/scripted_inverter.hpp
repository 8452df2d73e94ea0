#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "gridpilot/ports/inverter.hpp"

namespace gridpilot::testing_support {

/// An inverter that reports what the test says and remembers what it was told.
class ScriptedInverter final : public ports::Inverter {
 public:
  std::optional<Error> silence;      ///< every call fails with it
  std::function<Reading()> measure;  ///< asked at every read
  std::optional<Error> refusal;      ///< apply fails with it
  int registers_of_a_change = 6;     ///< written when the command differs from the one before
  std::vector<Command> applied;      ///< every apply
  int given_back = 0;
  int connected = 0;
  int calls = 0;                         ///< of any kind
  std::optional<Error> next_read_fails;  ///< once
  std::optional<Error> cannot_give_back;

  net::Awaitable<Result<ports::InverterIdentity>> connect() override {
    ++calls;
    ++connected;
    if (silence) co_return std::unexpected(*silence);
    co_return ports::InverterIdentity{
        .family = "ET",
        .model = "scripted",
        .serial = "9010KETU000W0001",
        .firmware = "1",
        .rating = kilowatts(10),
        .actions = {Action::self_use, Action::hold, Action::charge, Action::sell, Action::standby},
        .lapsing = {Action::charge, Action::sell}};
  }
  net::Awaitable<Result<Reading>> read() override {
    ++calls;
    if (next_read_fails) co_return std::unexpected(*std::exchange(next_read_fails, std::nullopt));
    if (silence) co_return std::unexpected(*silence);
    co_return measure();
  }
  net::Awaitable<Result<ports::CommandOutcome>> apply(Command command) override {
    ++calls;
    if (refusal) co_return std::unexpected(*refusal);
    const bool is_change =
        applied.empty() || applied.back().action != command.action || applied.back().power != command.power;
    applied.push_back(command);
    co_return ports::CommandOutcome{
        .verdict = Verdict::pending, .registers_written = is_change ? registers_of_a_change : 0, .detail = "scripted"};
  }
  net::Awaitable<Result<void>> give_back() override {
    ++calls;
    if (cannot_give_back) co_return std::unexpected(*cannot_give_back);
    ++given_back;
    co_return Result<void>{};
  }
};

}  // namespace gridpilot::testing_support
