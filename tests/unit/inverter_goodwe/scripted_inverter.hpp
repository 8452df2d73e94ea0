#pragma once

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/inverter/goodwe/driver.hpp"
#include "gridpilot/net/exchange.hpp"
#include "gridpilot/os/clock.hpp"

namespace gridpilot::goodwe {

inline TimeZone warsaw() {
  return TimeZone::load("Europe/Warsaw").value();
}
/// The instant of a local time in Warsaw.
inline Instant local(int year, unsigned month, unsigned day, int hour, int minute, int second = 0) {
  return warsaw().instant_of({.date = std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day),
                              .hour = hour,
                              .minute = minute,
                              .second = second});
}

/// Runs a coroutine to its end on a loop of its own.
template <class T>
T run(net::asio::io_context& io, net::Awaitable<T> operation) {
  std::optional<T> result;
  std::exception_ptr thrown;
  net::asio::co_spawn(io, std::move(operation), [&](std::exception_ptr problem, T value) {
    thrown = problem;
    result.emplace(std::move(value));
  });
  io.restart();
  io.run();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

/// What happens to one request, apart from being answered.
enum class Mishap {
  none,
  silent,       ///< lost on the way there: not carried out
  lost_answer,  ///< carried out, the answer lost
  exception_2,  ///< "illegal data address", of a register that is there
  exception_3,  ///< "illegal data value"
  exception_4,  ///< "slave device failure"
};

/// Registers of an ET at the other end of an exchange, with mishaps by script. Registers that were never set do not
/// exist. A change of the work mode resets EMS to auto, as on real units.
class ScriptedInverter {
 public:
  std::map<std::uint16_t, std::uint16_t> registers;
  std::set<std::uint16_t> stuck;                           ///< written without effect
  std::deque<Mishap> mishaps;                              ///< of the next requests, in order
  std::map<std::uint16_t, std::deque<Mishap>> mishaps_at;  ///< of the next requests that begin at a register
  bool silent = false;
  std::vector<ModbusRequest> requests;
  std::vector<ModbusRequest> writes;  ///< that were carried out
  std::function<void()> on_write;

  void set(std::uint16_t first, std::initializer_list<std::uint16_t> values) {
    for (const std::uint16_t value : values) registers[first++] = value;
  }
  [[nodiscard]] std::vector<std::uint16_t> get(std::uint16_t first, std::size_t count) const {
    std::vector<std::uint16_t> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(registers.at(static_cast<std::uint16_t>(first + i)));
    return out;
  }
  /// "47547x6 47000x1": the writes carried out, in order.
  [[nodiscard]] std::string written() const {
    std::string out;
    for (const ModbusRequest& write : writes)
      out += (out.empty() ? "" : " ") + std::to_string(write.first) + "x" + std::to_string(write.count);
    return out;
  }

  Result<std::vector<std::uint8_t>> answer(const std::vector<std::uint8_t>& frame) {
    const auto received = parse_request(frame, Framing::rtu_over_udp);
    EXPECT_TRUE(received.has_value());
    const ModbusRequest& request = received->request;
    requests.push_back(request);
    const Mishap mishap = next_mishap(request.first);
    if (silent || mishap == Mishap::silent) return failure(ErrorCode::timeout, "no answer");
    if (mishap == Mishap::exception_2) return refused(request, 2);
    if (mishap == Mishap::exception_3) return refused(request, 3);
    if (mishap == Mishap::exception_4) return refused(request, 4);
    for (std::uint16_t i = 0; i < request.count; ++i)
      if (!registers.contains(static_cast<std::uint16_t>(request.first + i))) return refused(request, 2);
    if (request.function == Function::read) return bytes(encode_read_answer(request, data_of(request), framing));
    carry_out(request);
    if (mishap == Mishap::lost_answer) return failure(ErrorCode::timeout, "no answer");
    return bytes(encode_write_answer(request, framing));
  }

 private:
  static constexpr Framing framing = Framing::rtu_over_udp;

  static std::vector<std::uint8_t> bytes(const FrameBuffer& frame) {
    return {frame.bytes().begin(), frame.bytes().end()};
  }
  static std::vector<std::uint8_t> refused(const ModbusRequest& request, std::uint8_t code) {
    return bytes(encode_exception(request.unit, static_cast<std::uint8_t>(request.function), code, framing));
  }
  Mishap next_mishap(std::uint16_t first) {
    std::deque<Mishap>& here = mishaps_at.contains(first) && !mishaps_at[first].empty() ? mishaps_at[first] : mishaps;
    if (here.empty()) return Mishap::none;
    const Mishap mishap = here.front();
    here.pop_front();
    return mishap;
  }
  std::vector<std::uint8_t> data_of(const ModbusRequest& request) const {
    std::vector<std::uint8_t> data;
    for (std::uint16_t i = 0; i < request.count; ++i) {
      const std::uint16_t value = registers.at(static_cast<std::uint16_t>(request.first + i));
      data.push_back(static_cast<std::uint8_t>(value >> 8U));
      data.push_back(static_cast<std::uint8_t>(value & 0xFFU));
    }
    return data;
  }
  void carry_out(const ModbusRequest& request) {
    if (on_write) on_write();
    writes.push_back(request);
    for (std::uint16_t i = 0; i < request.count; ++i) {
      const auto number = static_cast<std::uint16_t>(request.first + i);
      if (!stuck.contains(number)) registers[number] = request.values[i];
    }
    if (request.first == work_mode_register && registers.contains(ems_mode_register)) set(ems_mode_register, {1, 0});
  }
};

class ScriptedExchange final : public net::Exchange {
 public:
  explicit ScriptedExchange(ScriptedInverter& inverter) : inverter_(inverter) {}
  net::Awaitable<Result<std::vector<std::uint8_t>>> request(net::ExchangeRequest request) override {
    auto answer = inverter_.answer(request.bytes);
    if (answer && request.examine(*answer) != net::Examined::complete) ADD_FAILURE() << "answer not accepted";
    co_return answer;
  }

 private:
  ScriptedInverter& inverter_;
};

/// A snapshot in memory, with a disk that may fail.
class MemorySnapshotStore final : public SnapshotStore {
 public:
  std::optional<std::string> text;
  int saves = 0;
  bool broken = false;

  net::Awaitable<Result<std::optional<std::string>>> load() override { co_return text; }
  net::Awaitable<Result<void>> save(std::string content) override {
    if (broken) co_return failure(ErrorCode::io_failure, "disk full");
    ++saves;
    text = std::move(content);
    co_return Result<void>();
  }
  net::Awaitable<Result<void>> remove() override {
    text.reset();
    co_return Result<void>();
  }
};

// What the owner had set: general mode, a saved group 2 that is on in the evening.
inline constexpr std::initializer_list<std::uint16_t> unused_group{0x3000, 0x3000, 0x0000, 0x0064, 0x0064, 0x0000};
inline constexpr std::initializer_list<std::uint16_t> evening_group{0x1200, 0x1500, 0xFF7F, 0x0019, 0x0014, 0x0000};

/// A 10 kW unit with eco groups v2 and EMS, its clock right at `now`.
inline ScriptedInverter et_v2(Instant now) {
  ScriptedInverter inverter;
  inverter.set(35000, {2, 10000, 254});
  const std::string_view serial = "9010KETU000W0001";
  const std::string_view model = "GW10K-ET  ";
  const auto put_text = [&inverter](std::uint16_t first, std::string_view text) {
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
      inverter.registers[first++] =
          static_cast<std::uint16_t>((static_cast<unsigned>(text[i]) << 8U) | static_cast<unsigned>(text[i + 1]));
  };
  put_text(35003, serial);
  put_text(35011, model);
  inverter.set(35016, {10, 10, 167, 23, 237});
  put_text(35021, "04029-10-S11");
  put_text(35027, "02041-23-S00");
  for (std::uint16_t i = 0; i < 125; ++i) inverter.registers[static_cast<std::uint16_t>(35100 + i)] = 0;
  inverter.set(35184, {2});
  for (std::uint16_t i = 0; i < 24; ++i) inverter.registers[static_cast<std::uint16_t>(37000 + i)] = 0;
  inverter.set(37007, {55});
  for (std::uint16_t i = 0; i < 45; ++i) inverter.registers[static_cast<std::uint16_t>(36000 + i)] = 0;
  inverter.set(45353, {250, 0, 250, 10});
  inverter.set(47000, {0});
  inverter.set(47509, {0, 10000, 1, 0});
  inverter.set(47547, unused_group);
  inverter.set(47553, evening_group);
  inverter.set(47559, unused_group);
  inverter.set(47565, unused_group);
  const CivilTime civil = warsaw().civil(now);
  inverter.set(
      45200,
      {static_cast<std::uint16_t>(((static_cast<unsigned>(static_cast<int>(civil.date.year()) - 2000)) << 8U) |
                                  static_cast<unsigned>(civil.date.month())),
       static_cast<std::uint16_t>((static_cast<unsigned>(civil.date.day()) << 8U) | static_cast<unsigned>(civil.hour)),
       static_cast<std::uint16_t>((static_cast<unsigned>(civil.minute) << 8U) | static_cast<unsigned>(civil.second))});
  return inverter;
}

/// A driver over a scripted inverter, at a time that the test moves.
class Bench {
 public:
  explicit Bench(Instant now, ControlMode control = ControlMode::active, int written_today = 0)
      : clock(now), inverter(et_v2(now)), options{.control = control, .registers_written_today = written_today} {
    start();
  }
  /// A new run of the program: nothing is known but what is on disk.
  void start() {
    driver = std::make_unique<EtDriver>(std::make_unique<ScriptedExchange>(inverter), options, clock, warsaw(), store);
  }
  Result<ports::InverterIdentity> connect() { return run(io, driver->connect()); }
  Result<Reading> read() { return run(io, driver->read()); }
  Result<ports::CommandOutcome> apply(Action action, Power power = {}, Soc stop = percent(100)) {
    return run(
        io, driver->apply({.action = action, .power = power, .stop_soc = stop, .until = clock.now() + Seconds(7200)}));
  }
  Result<ports::CommandOutcome> apply(Command command) {
    command.until = clock.now() + Seconds(7200);
    return run(io, driver->apply(command));
  }
  Result<void> give_back() { return run(io, driver->give_back()); }
  void pass(Seconds time) { clock.advance_to(clock.now() + time); }

  net::asio::io_context io;
  os::ManualClock clock;
  ScriptedInverter inverter;
  MemorySnapshotStore store;
  DriverOptions options;
  std::unique_ptr<EtDriver> driver;
};

}  // namespace gridpilot::goodwe
