#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "gridpilot/net/async.hpp"

namespace gridpilot::net {

/// What the bytes received so far are to the request that waits for them.
enum class Examined {
  complete,   ///< the answer, perhaps with bytes to be ignored behind it
  need_more,  ///< the beginning of the answer: the device sends it in pieces
  not_mine,   ///< a whole other thing, such as the late answer to an earlier request
  invalid,    ///< should be the answer but is damaged (checksum, form)
};

enum class Repeatable {
  no,   ///< sent once: doing it twice is not the same as doing it once
  yes,  ///< may be sent again after silence or a damaged answer
};

using Examine = std::function<Examined(std::span<const std::uint8_t>)>;

/// One question to a device.
struct ExchangeRequest {
  std::vector<std::uint8_t> bytes;
  Examine examine;  ///< called on the loop with everything received for this attempt, joined in order
  Repeatable repeatable = Repeatable::no;
};

/// Request and answer with one device: what a driver needs of a transport, and what a test scripts.
class Exchange {
 public:
  virtual ~Exchange() = default;
  /// Sends and completes with the bytes that `examine` called complete. Requests are carried out one after the other in
  /// the order of asking. timeout where nothing came, unreachable where the device's machine refuses, checksum where
  /// only damaged answers came, io_failure where this machine could not send. Ends within attempts × timeout plus the
  /// time in the queue. Cancelling ends it with ErrorCode::cancelled or operation_aborted; the device may have got the
  /// request by then.
  [[nodiscard]] virtual Awaitable<Result<std::vector<std::uint8_t>>> request(ExchangeRequest request) = 0;
};

}  // namespace gridpilot::net
