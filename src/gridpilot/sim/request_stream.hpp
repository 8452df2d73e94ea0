#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gridpilot/codec/goodwe/frames.hpp"

namespace gridpilot::sim {

/// Requests out of a stream of Modbus TCP, however the stream cuts them. Holds what has come and is not answered.
class RequestStream {
 public:
  /// What stands at the beginning of the stream.
  struct Next {
    enum class State {
      request,     ///< a request, or a whole frame that has to be refused
      needs_more,  ///< the beginning of one
      no_modbus,   ///< no header of Modbus: there is no telling where the next frame begins
    } state = State::needs_more;
    /// For `request`: what it asks, or why it is refused (malformed, unsupported).
    std::optional<Result<goodwe::ReceivedRequest>> received{};
    goodwe::Bytes frame{};  ///< for `request`: its bytes, until the stream changes
  };

  void append(goodwe::Bytes bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  [[nodiscard]] Next next() const;
  /// Takes away so many bytes from the beginning, at most what there is.
  void drop(std::size_t size);

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace gridpilot::sim
