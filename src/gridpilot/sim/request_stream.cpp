#include "gridpilot/sim/request_stream.hpp"

#include <algorithm>

namespace gridpilot::sim {
namespace {

constexpr std::size_t longest_frame = 260;
constexpr std::size_t up_to_function = 8;

/// Where a frame that cannot be parsed ends by its header; nullopt where that is no header. protocol.md 4: the length
/// counts from the unit on.
std::optional<std::size_t> end_by_header(goodwe::Bytes bytes) {
  if (bytes.size() < up_to_function || goodwe::u16_at(bytes, 2) != 0) return std::nullopt;
  const std::size_t end = 6U + goodwe::u16_at(bytes, 4);
  return end >= up_to_function && end <= longest_frame ? std::optional(end) : std::nullopt;
}

}  // namespace

RequestStream::Next RequestStream::next() const {
  using State = Next::State;
  if (bytes_.empty()) return {};
  auto received = goodwe::parse_request(bytes_, goodwe::Framing::tcp);
  if (!received && received.error().code == ErrorCode::short_frame) return {};
  const auto end = received ? std::optional(received->frame_size) : end_by_header(bytes_);
  if (!end) return {.state = State::no_modbus};
  if (*end > bytes_.size()) return {};
  return {.state = State::request, .received = std::move(received), .frame = goodwe::Bytes(bytes_).first(*end)};
}

void RequestStream::drop(std::size_t size) {
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(std::min(size, bytes_.size())));
}

}  // namespace gridpilot::sim
