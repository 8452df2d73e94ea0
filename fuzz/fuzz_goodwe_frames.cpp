#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gridpilot/codec/goodwe/frames.hpp"

/// Both ends of every framing over arbitrary bytes. What is accepted must lie inside the bytes and mean the same when
/// it is built again. The first byte chooses the request that is waited for; the rest is what was received.
namespace {

namespace goodwe = gridpilot::goodwe;

void require(bool holds) {
  if (!holds) std::abort();
}

bool inside(goodwe::Bytes part, goodwe::Bytes whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void judge(const goodwe::ModbusRequest& request, goodwe::Bytes received, goodwe::Framing framing) {
  const goodwe::Answer answer = examine(request, received, framing);
  require(inside(answer.data, received) && answer.frame_size <= received.size());
  (void)result_of(answer);
  if (answer.state != goodwe::AnswerState::complete) return;
  if (request.function == goodwe::Function::read) require(answer.data.size() == 2U * request.count);
  // Bytes behind the frame's end change nothing.
  const goodwe::Answer alone = examine(request, received.first(answer.frame_size), framing);
  require(alone.state == goodwe::AnswerState::complete && alone.data.size() == answer.data.size());
}

void serve(goodwe::Bytes received, goodwe::Framing framing) {
  const auto request = parse_request(received, framing);
  if (!request) return;
  require(request->frame_size <= received.size());
  const goodwe::FrameBuffer again = encode(request->request, framing, request->transaction);
  const auto reparsed = parse_request(again, framing);
  require(reparsed.has_value() && reparsed->request == request->request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const goodwe::Bytes received(data + 1, size - 1);
  constexpr std::uint16_t ems[] = {1, 0};
  const goodwe::ModbusRequest requests[] = {goodwe::read_registers(goodwe::et_unit, 35100, 125),
                                            goodwe::read_registers(goodwe::et_unit, 47511, 2),
                                            goodwe::write_registers(goodwe::et_unit, 47512, goodwe::Words{2500}.span()),
                                            goodwe::write_registers(goodwe::et_unit, 47511, ems)};
  const goodwe::Aa55Command commands[] = {goodwe::aa55_device_info,
                                          goodwe::aa55_runtime,
                                          goodwe::aa55_settings,
                                          {.control = 3, .function = 0x35, .data = {}}};
  for (const goodwe::Framing framing : {goodwe::Framing::rtu_over_udp, goodwe::Framing::tcp}) {
    judge(requests[data[0] % 4U], received, framing);
    serve(received, framing);
  }
  const goodwe::Answer answer = examine(commands[data[0] % 4U], received);
  require(inside(answer.data, received) && answer.frame_size <= received.size());
  if (const auto command = goodwe::parse_aa55_request(received)) {
    require(inside(command->data, received));
    require(goodwe::parse_aa55_request(goodwe::encode(*command)).has_value());
  }
  return 0;
}
