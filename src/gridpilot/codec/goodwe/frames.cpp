#include "gridpilot/codec/goodwe/frames.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace gridpilot::goodwe {
namespace {

/// tables[0] advances the CRC by one byte; tables[k] by one byte followed by k zero bytes, so that eight bytes are
/// taken in one step ("slicing by 8"): a 250-byte block is checked in a fraction of a microsecond.
constexpr auto make_crc_tables() {
  std::array<std::array<std::uint16_t, 256>, 8> tables{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1U) ^ 0xA001U : crc >> 1U;
    tables[0][byte] = static_cast<std::uint16_t>(crc);
  }
  for (std::size_t k = 1; k < tables.size(); ++k)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const unsigned before = tables[k - 1][byte];
      tables[k][byte] = static_cast<std::uint16_t>((before >> 8U) ^ tables[0][before & 0xFFU]);
    }
  return tables;
}
constexpr auto crc_tables = make_crc_tables();

constexpr std::uint8_t exception_flag = 0x80;
constexpr std::size_t mbap_size = 7;        // transaction, protocol 0, length, unit
constexpr std::size_t prefix_size = 2;      // AA 55 before every RTU answer over UDP
constexpr std::size_t aa55_overhead = 9;    // header 4, control, function, length, sum 2
constexpr std::size_t smallest_answer = 5;  // "length greater than 4, otherwise invalid"
constexpr std::array<std::uint8_t, 4> aa55_from_client{0xAA, 0x55, 0xC0, 0x7F};
constexpr std::array<std::uint8_t, 4> aa55_from_inverter{0xAA, 0x55, 0x7F, 0xC0};

[[nodiscard]] bool crc_holds(Bytes frame_with_crc) noexcept {
  const std::size_t n = frame_with_crc.size() - 2;
  const unsigned low_first = frame_with_crc[n] | (static_cast<unsigned>(frame_with_crc[n + 1]) << 8U);
  return crc16(frame_with_crc.first(n)) == low_first;
}

void append_crc(FrameBuffer& frame, std::size_t from) {
  const std::uint16_t crc = crc16(frame.bytes().subspan(from));
  frame.append(static_cast<std::uint8_t>(crc & 0xFFU));
  frame.append(static_cast<std::uint8_t>(crc >> 8U));
}

[[nodiscard]] Answer state(AnswerState s) noexcept {
  return {.state = s, .data = {}, .frame_size = 0, .exception = 0};
}

/// Address, function and what follows, without CRC: the same in both framings.
void append_body(FrameBuffer& frame, const ModbusRequest& request) {
  frame.append(request.unit);
  frame.append(static_cast<std::uint8_t>(request.function));
  frame.append_u16(request.first);
  if (request.function == Function::write_one) {
    frame.append_u16(request.values[0]);
    return;
  }
  frame.append_u16(request.count);
  if (request.function == Function::write_many) {
    frame.append(static_cast<std::uint8_t>(2 * request.count));
    for (const std::uint16_t value : request.values.span()) frame.append_u16(value);
  }
}

/// The MBAP header up to the length field, which counts unit, function and what follows.
void append_mbap(FrameBuffer& frame, std::uint16_t transaction, std::size_t body_size) {
  frame.append_u16(transaction);
  frame.append_u16(0);
  frame.append_u16(static_cast<std::uint16_t>(body_size));
}

[[nodiscard]] bool echoes(const ModbusRequest& request, std::uint16_t reg, std::uint16_t second_word) noexcept {
  // Modulo 65536 by construction: both sides are raw words.
  const std::uint16_t expected = request.function == Function::write_one ? request.values[0] : request.count;
  return reg == request.first && second_word == expected;
}

/// Rules 2 to 6 of the field for a frame that begins with the unit. `checked` tells whether a CRC follows.
[[nodiscard]] Answer examine_rtu(const ModbusRequest& request, Bytes frame) noexcept {
  // 1. Address, function and one more byte are needed to tell anything.
  const auto function = static_cast<std::uint8_t>(request.function);
  if (frame[1] == (function | exception_flag)) {
    // 6. The CRC of the fixed frame, or of a longer datagram with its CRC at the end.
    if (frame.size() < 5) return state(AnswerState::need_more);
    const bool fixed = crc_holds(frame.first(5));
    if (!fixed && !crc_holds(frame)) return state(AnswerState::checksum);
    // 5. Only now is the code looked at.
    return {.state = AnswerState::exception,
            .data = {},
            .frame_size = prefix_size + (fixed ? 5 : frame.size()),
            .exception = frame[2]};
  }
  if (frame[1] != function) return state(AnswerState::not_mine);
  if (request.function == Function::read) {
    // 2. Another byte count is the answer to another request.
    const std::size_t data_size = 2 * static_cast<std::size_t>(request.count);
    if (frame[2] != data_size) return state(AnswerState::not_mine);
    if (frame.size() < data_size + 5) return state(AnswerState::need_more);
    if (!crc_holds(frame.first(data_size + 5))) return state(AnswerState::checksum);
    return {.state = AnswerState::complete,
            .data = frame.subspan(3, data_size),
            .frame_size = prefix_size + data_size + 5,
            .exception = 0};
  }
  // 4. A write echoes register and value, or register and count.
  if (frame.size() < 8) return state(AnswerState::need_more);
  if (!crc_holds(frame.first(8))) return state(AnswerState::checksum);
  if (!echoes(request, u16_at(frame, 2), u16_at(frame, 4))) return state(AnswerState::not_mine);
  return {.state = AnswerState::complete, .data = {}, .frame_size = prefix_size + 8, .exception = 0};
}

/// The frame's length comes from function and byte count: the length field of the header can be wrong.
[[nodiscard]] Answer examine_tcp(const ModbusRequest& request, Bytes received) noexcept {
  if (received.size() >= 4 && u16_at(received, 2) != 0) return state(AnswerState::not_mine);
  if (received.size() < mbap_size + 2) return state(AnswerState::need_more);
  const auto function = static_cast<std::uint8_t>(request.function);
  if (received[7] == (function | exception_flag))
    return {.state = AnswerState::exception, .data = {}, .frame_size = mbap_size + 2, .exception = received[8]};
  if (received[7] != function) return state(AnswerState::not_mine);
  if (request.function == Function::read) {
    const std::size_t data_size = 2 * static_cast<std::size_t>(request.count);
    if (received[8] != data_size) return state(AnswerState::not_mine);
    if (received.size() < mbap_size + 2 + data_size) return state(AnswerState::need_more);
    return {.state = AnswerState::complete,
            .data = received.subspan(mbap_size + 2, data_size),
            .frame_size = mbap_size + 2 + data_size,
            .exception = 0};
  }
  if (received.size() < 12) return state(AnswerState::need_more);
  if (!echoes(request, u16_at(received, 8), u16_at(received, 10))) return state(AnswerState::not_mine);
  return {.state = AnswerState::complete, .data = {}, .frame_size = 12, .exception = 0};
}

/// A request's body (unit, function, …) without CRC or MBAP; `body` may have more bytes behind it.
struct Body {
  ModbusRequest request;
  std::size_t size = 0;
};

[[nodiscard]] Result<Body> parse_body(Bytes body) {
  if (body.size() < 2) return failure(ErrorCode::short_frame, "short frame");
  const std::uint8_t function = body[1];
  if (function != static_cast<std::uint8_t>(Function::read) &&
      function != static_cast<std::uint8_t>(Function::write_one) &&
      function != static_cast<std::uint8_t>(Function::write_many))
    return failure(ErrorCode::unsupported, "function " + std::to_string(function) + " is not known");
  if (body.size() < 6) return failure(ErrorCode::short_frame, "short frame");

  Body out{
      .request = {.unit = body[0], .function = Function{function}, .first = u16_at(body, 2), .count = 1, .values = {}},
      .size = 6};
  if (out.request.function == Function::write_one) {
    out.request.values.append(u16_at(body, 4));
    return out;
  }
  out.request.count = u16_at(body, 4);
  const std::size_t limit = out.request.function == Function::read ? max_registers_read : max_registers_write;
  if (out.request.count == 0 || out.request.count > limit)
    return failure(ErrorCode::malformed, "register count " + std::to_string(out.request.count));
  if (out.request.function == Function::read) return out;

  if (body.size() < 7) return failure(ErrorCode::short_frame, "short frame");
  const std::size_t data_size = body[6];
  if (data_size != 2 * static_cast<std::size_t>(out.request.count))
    return failure(ErrorCode::malformed, "byte count contradicts register count");
  if (body.size() < 7 + data_size) return failure(ErrorCode::short_frame, "short frame");
  for (std::size_t i = 0; i < data_size; i += 2) out.request.values.append(u16_at(body, 7 + i));
  out.size = 7 + data_size;
  return out;
}

/// Puts a body that begins with the unit into its framing.
[[nodiscard]] FrameBuffer framed_answer(Bytes body, Framing framing, std::uint16_t transaction) {
  FrameBuffer frame;
  if (framing == Framing::tcp) {
    append_mbap(frame, transaction, body.size());
    frame.append(body);
    return frame;
  }
  frame.append(0xAA);
  frame.append(0x55);
  frame.append(body);
  append_crc(frame, prefix_size);
  return frame;
}

}  // namespace

std::uint16_t crc16(Bytes bytes) noexcept {
  unsigned crc = 0xFFFF;
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8)
    crc = crc_tables[7][(crc & 0xFFU) ^ at[0]] ^ crc_tables[6][(crc >> 8U) ^ at[1]] ^ crc_tables[5][at[2]] ^
          crc_tables[4][at[3]] ^ crc_tables[3][at[4]] ^ crc_tables[2][at[5]] ^ crc_tables[1][at[6]] ^
          crc_tables[0][at[7]];
  for (; left > 0; --left, ++at) crc = (crc >> 8U) ^ crc_tables[0][(crc & 0xFFU) ^ *at];
  return static_cast<std::uint16_t>(crc);
}

std::uint16_t aa55_sum(Bytes bytes) noexcept {
  unsigned sum = 0;
  for (const std::uint8_t byte : bytes) sum += byte;
  return static_cast<std::uint16_t>(sum & 0xFFFFU);
}

std::string_view exception_name(std::uint8_t code) noexcept {
  constexpr std::array<std::string_view, 12> names{"unknown",
                                                   "ILLEGAL FUNCTION",
                                                   "ILLEGAL DATA ADDRESS",
                                                   "ILLEGAL DATA VALUE",
                                                   "SLAVE DEVICE FAILURE",
                                                   "ACKNOWLEDGE",
                                                   "SLAVE DEVICE BUSY",
                                                   "NEGATIVE ACKNOWLEDGEMENT",
                                                   "MEMORY PARITY ERROR",
                                                   "unknown",
                                                   "GATEWAY PATH UNAVAILABLE",
                                                   "GATEWAY TARGET DEVICE FAILED TO RESPOND"};
  return code < names.size() ? names[code] : names[0];
}

ModbusRequest read_registers(std::uint8_t unit, std::uint16_t first, std::uint16_t count) {
  GRIDPILOT_VERIFY(count >= 1 && count <= max_registers_read);
  return {.unit = unit, .function = Function::read, .first = first, .count = count, .values = {}};
}

ModbusRequest write_registers(std::uint8_t unit, std::uint16_t first, std::span<const std::uint16_t> values) {
  GRIDPILOT_VERIFY(!values.empty() && values.size() <= max_registers_write);
  return {.unit = unit,
          .function = values.size() == 1 ? Function::write_one : Function::write_many,
          .first = first,
          .count = static_cast<std::uint16_t>(values.size()),
          .values = Words(values)};
}

FrameBuffer encode(const ModbusRequest& request, Framing framing, std::uint16_t transaction) {
  FrameBuffer frame;
  if (framing == Framing::tcp) {
    const std::size_t body_size = request.function == Function::write_many ? 7U + 2U * request.count : 6U;
    append_mbap(frame, transaction, body_size);
    append_body(frame, request);
    return frame;
  }
  append_body(frame, request);
  append_crc(frame, 0);
  return frame;
}

Answer examine(const ModbusRequest& request, Bytes received, Framing framing) noexcept {
  if (framing == Framing::tcp) return examine_tcp(request, received);
  if (!received.empty() && received[0] != 0xAA) return state(AnswerState::not_mine);
  if (received.size() >= 2 && received[1] != 0x55) return state(AnswerState::not_mine);
  if (received.size() < smallest_answer) return state(AnswerState::need_more);
  return examine_rtu(request, received.subspan(prefix_size));
}

Result<Bytes> result_of(const Answer& answer) {
  switch (answer.state) {
    case AnswerState::complete: return answer.data;
    case AnswerState::exception:
      return failure(ErrorCode::rejected, "exception " + std::to_string(answer.exception) + " (" +
                                              std::string(exception_name(answer.exception)) + ")");
    case AnswerState::need_more: return failure(ErrorCode::short_frame, "short frame");
    case AnswerState::checksum: return failure(ErrorCode::checksum, "checksum");
    case AnswerState::not_mine: break;
  }
  return failure(ErrorCode::wrong_answer, "answer does not belong to the request");
}

Result<ReceivedRequest> parse_request(Bytes received, Framing framing) {
  if (framing == Framing::tcp) {
    if (received.size() < mbap_size + 1) return failure(ErrorCode::short_frame, "short frame");
    if (u16_at(received, 2) != 0) return failure(ErrorCode::malformed, "no Modbus TCP header");
    auto body = parse_body(received.subspan(mbap_size - 1));
    if (!body) return body.failed();
    return ReceivedRequest{
        .request = body->request, .transaction = u16_at(received, 0), .frame_size = mbap_size - 1 + body->size};
  }
  if (received.size() < 4) return failure(ErrorCode::short_frame, "short frame");
  auto body = parse_body(received.first(received.size() - 2));
  if (!body) {
    // A frame whose checksum does not hold is noise, whatever else is wrong with it.
    if (body.error().code != ErrorCode::short_frame && !crc_holds(received))
      return failure(ErrorCode::checksum, "checksum");
    return body.failed();
  }
  if (!crc_holds(received.first(body->size + 2))) return failure(ErrorCode::checksum, "checksum");
  return ReceivedRequest{.request = body->request, .transaction = 0, .frame_size = body->size + 2};
}

FrameBuffer encode_read_answer(const ModbusRequest& request, Bytes data, Framing framing, std::uint16_t transaction) {
  GRIDPILOT_VERIFY(data.size() == 2 * static_cast<std::size_t>(request.count));
  FrameBuffer body;
  body.append(request.unit);
  body.append(static_cast<std::uint8_t>(Function::read));
  body.append(static_cast<std::uint8_t>(data.size()));
  body.append(data);
  return framed_answer(body, framing, transaction);
}

FrameBuffer encode_write_answer(const ModbusRequest& request, Framing framing, std::uint16_t transaction) {
  FrameBuffer body;
  body.append(request.unit);
  body.append(static_cast<std::uint8_t>(request.function));
  body.append_u16(request.first);
  body.append_u16(request.function == Function::write_one ? request.values[0] : request.count);
  return framed_answer(body, framing, transaction);
}

FrameBuffer encode_exception(std::uint8_t unit, std::uint8_t function, std::uint8_t code, Framing framing,
                             std::uint16_t transaction) {
  FrameBuffer body;
  body.append(unit);
  body.append(static_cast<std::uint8_t>(function | exception_flag));
  body.append(code);
  return framed_answer(body, framing, transaction);
}

FrameBuffer encode(const Aa55Command& command) {
  GRIDPILOT_VERIFY(command.data.size() <= 255);
  FrameBuffer frame;
  frame.append(aa55_from_client);
  frame.append(command.control);
  frame.append(command.function);
  frame.append(static_cast<std::uint8_t>(command.data.size()));
  frame.append(command.data);
  frame.append_u16(aa55_sum(frame.bytes()));
  return frame;
}

Answer examine(const Aa55Command& command, Bytes received) noexcept {
  const std::size_t header = std::min(received.size(), aa55_from_inverter.size());
  if (!std::equal(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(header), aa55_from_inverter.begin()))
    return state(AnswerState::not_mine);
  if (received.size() < 7) return state(AnswerState::need_more);
  if (received[4] != command.control || received[5] != ((command.function + 0x80U) & 0xFFU))
    return state(AnswerState::not_mine);
  const std::size_t size = received[6] + aa55_overhead;
  if (received.size() < size) return state(AnswerState::need_more);
  if (aa55_sum(received.first(size - 2)) != u16_at(received, size - 2)) return state(AnswerState::checksum);
  return {.state = AnswerState::complete,
          .data = received.subspan(7, size - aa55_overhead),
          .frame_size = size,
          .exception = 0};
}

Result<Aa55Command> parse_aa55_request(Bytes received) {
  if (received.size() < aa55_overhead) return failure(ErrorCode::short_frame, "short frame");
  if (!std::equal(aa55_from_client.begin(), aa55_from_client.end(), received.begin()))
    return failure(ErrorCode::malformed, "no AA55 request");
  const std::size_t size = received[6] + aa55_overhead;
  if (received.size() < size) return failure(ErrorCode::short_frame, "short frame");
  if (aa55_sum(received.first(size - 2)) != u16_at(received, size - 2)) return failure(ErrorCode::checksum, "checksum");
  return Aa55Command{
      .control = received[4], .function = received[5], .data = received.subspan(7, size - aa55_overhead)};
}

FrameBuffer encode_aa55_answer(const Aa55Command& command, Bytes data) {
  GRIDPILOT_VERIFY(data.size() <= 255);
  FrameBuffer frame;
  frame.append(aa55_from_inverter);
  frame.append(command.control);
  frame.append(static_cast<std::uint8_t>((command.function + 0x80U) & 0xFFU));
  frame.append(static_cast<std::uint8_t>(data.size()));
  frame.append(data);
  frame.append_u16(aa55_sum(frame.bytes()));
  return frame;
}

std::string to_hex(Bytes bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    out.push_back(digits[byte >> 4U]);
    out.push_back(digits[byte & 0x0FU]);
  }
  return out;
}

}  // namespace gridpilot::goodwe
