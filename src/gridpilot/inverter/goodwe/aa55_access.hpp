#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/net/exchange.hpp"

namespace gridpilot::goodwe {

/// AA55 commands of one unit over one exchange of datagrams. There are no exceptions in this protocol: what a unit does
/// not know or not take stays without answer, and is a timeout here. After some requests in a row that stayed without
/// answer, requests are no longer repeated until one is answered.
class Aa55Access {
 public:
  static constexpr int silence_before_patience_ends = 3;

  /// The exchange must outlive it.
  explicit Aa55Access(net::Exchange& exchange) : exchange_(exchange) {}

  /// The answer's data. Every command of control.md may be repeated.
  [[nodiscard]] net::Awaitable<Result<std::vector<std::uint8_t>>> ask(std::uint8_t control, std::uint8_t function,
                                                                      std::vector<std::uint8_t> data);
  /// The same where only the acknowledgement counts; wrong_answer where it is none.
  [[nodiscard]] net::Awaitable<Result<void>> order(std::uint8_t control, std::uint8_t function,
                                                   std::vector<std::uint8_t> data);
  [[nodiscard]] net::Awaitable<Result<Words>> read_registers(std::uint16_t first, std::uint8_t count);
  /// One value, or the four of a whole eco group: other lengths do not exist.
  [[nodiscard]] net::Awaitable<Result<void>> write_registers(std::uint16_t first, Words values);

 private:
  net::Exchange& exchange_;
  int unanswered_ = 0;
};

}  // namespace gridpilot::goodwe
