#include <algorithm>

#include "gridpilot/codec/goodwe/decode.hpp"

/// From a captured frame to its values: which framing, which request it answers, which block it holds.
namespace gridpilot::goodwe {
namespace {

[[nodiscard]] bool starts_with(Bytes bytes, std::initializer_list<std::uint8_t> head) {
  return bytes.size() >= head.size() && std::equal(head.begin(), head.end(), bytes.begin());
}

[[nodiscard]] bool is_aa55_answer(Bytes bytes) {
  return starts_with(bytes, {0xAA, 0x55, 0x7F, 0xC0});
}
[[nodiscard]] bool is_aa55_request(Bytes bytes) {
  return starts_with(bytes, {0xAA, 0x55, 0xC0, 0x7F});
}
/// Over UDP the answer is prefixed with AA 55; a TCP answer has the protocol number 0 instead.
[[nodiscard]] Framing framing_of_answer(Bytes answer) {
  return starts_with(answer, {0xAA, 0x55}) || answer.size() < 4 || u16_at(answer, 2) != 0 ? Framing::rtu_over_udp
                                                                                          : Framing::tcp;
}
/// A TCP request has protocol 0 and a length that is 6 or 7 + data; RTU has a function code in its second byte.
[[nodiscard]] Framing framing_of_request(Bytes request) {
  const bool mbap = request.size() >= 12 && u16_at(request, 2) == 0 && u16_at(request, 4) + 6U == request.size();
  return mbap ? Framing::tcp : Framing::rtu_over_udp;
}

[[nodiscard]] Error bad_input(std::string message) {
  return {.code = ErrorCode::bad_input, .message = std::move(message)};
}

[[nodiscard]] Result<const BlockTable*> named_block(const DecodeQuestion& question) {
  const BlockTable* block = block_named(question.family, question.block);
  if (block != nullptr) return block;
  std::string names;
  for (const BlockTable& known : blocks_of(question.family))
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  return std::unexpected(bad_input("block " + std::string(question.block) + ": one of " + names));
}

[[nodiscard]] DecodedBlock decoded(const DecodeQuestion& question, const BlockTable& block, const ReadWindow& window,
                                   const std::optional<DeviceInfo>& info) {
  return decode_block(question.family, block, window, info ? &*info : nullptr);
}

/// The data bytes of a device-info answer in whatever framing, accepted by itself.
[[nodiscard]] Result<Bytes> data_of_device_info(Bytes answer) {
  if (is_aa55_answer(answer)) return result_of(examine(aa55_device_info, answer));
  const Framing framing = framing_of_answer(answer);
  const std::size_t at = framing == Framing::tcp ? 8 : 4;
  if (answer.size() <= at) return failure(ErrorCode::short_frame, "short frame");
  const auto count = static_cast<std::uint16_t>(std::clamp(answer[at] / 2, 1, 125));
  return result_of(examine(read_registers(0, 0, count), answer, framing));
}

[[nodiscard]] Result<std::optional<DeviceInfo>> parsed_device_info(const DecodeQuestion& question) {
  if (!question.device_info) return std::optional<DeviceInfo>();
  const auto data = data_of_device_info(*question.device_info);
  if (!data) return data.failed();
  auto info = parse_device_info(question.family, *data);
  if (!info) return info.failed();
  return std::optional(std::move(*info));
}

[[nodiscard]] Result<DecodedBlock> decode_aa55(const DecodeQuestion& question, const std::optional<DeviceInfo>& info) {
  if (question.answer.size() < 7) return failure(ErrorCode::short_frame, "short frame");
  // The answer's own type is what was asked, unless a request says otherwise.
  Aa55Command command{
      .control = question.answer[4], .function = static_cast<std::uint8_t>(question.answer[5] - 0x80), .data = {}};
  std::uint16_t first = 0;
  if (question.request) {
    const auto request = parse_aa55_request(*question.request);
    if (!request) {
      if (is_aa55_request(*question.request)) return std::unexpected(bad_input("request: " + request.error().message));
      return failure(ErrorCode::wrong_answer, "answer does not belong to the request");
    }
    command = *request;
    if (command.function == 0x1A && command.data.size() >= 2) first = u16_at(command.data, 0);
  }
  const auto data = result_of(examine(command, question.answer));
  if (!data) return data.failed();

  const BlockTable* block = block_of_command(question.family, command.control, command.function);
  if (!question.block.empty()) {
    const auto named = named_block(question);
    if (!named) return named.failed();
    block = *named;
  }
  if (block == nullptr)
    return std::unexpected(bad_input("no block of this family is read by that command; name one with --block"));
  return decoded(question, *block, {.addressing = block->addressing, .first = first, .data = *data}, info);
}

/// The request, where one was given, as Modbus; an AA55 request cannot be what a Modbus answer answers.
[[nodiscard]] Result<ModbusRequest> given_request(Bytes bytes) {
  if (is_aa55_request(bytes)) return failure(ErrorCode::wrong_answer, "answer does not belong to the request");
  const auto received = parse_request(bytes, framing_of_request(bytes));
  if (!received) return std::unexpected(bad_input("request: " + received.error().message));
  return received->request;
}

[[nodiscard]] Result<DecodedBlock> decode_modbus(const DecodeQuestion& question,
                                                 const std::optional<DeviceInfo>& info) {
  const Framing framing = framing_of_answer(question.answer);
  const BlockTable* block = nullptr;
  if (!question.block.empty()) {
    const auto named = named_block(question);
    if (!named) return named.failed();
    block = *named;
  }
  ModbusRequest request;
  if (question.request) {
    auto given = given_request(*question.request);
    if (!given) return given.failed();
    request = *given;
  } else {
    // Without a request the byte count is taken at its word; length and checksum still have to fit.
    const std::size_t at = framing == Framing::tcp ? 8 : 4;
    const bool refused = question.answer.size() >= at && (question.answer[at - 1] & 0x80U) != 0;
    if (question.answer.size() <= at) return failure(ErrorCode::short_frame, "short frame");
    const std::size_t size = refused ? 2 : question.answer[at];
    if (size == 0 || size % 2 != 0 || size > 2 * max_registers_read)
      return failure(ErrorCode::wrong_answer,
                     "answer does not belong to the request: byte count " + std::to_string(size));
    request = read_registers(0, 0, static_cast<std::uint16_t>(size / 2));
  }

  const auto data = result_of(examine(request, question.answer, framing));
  if (!data) return data.failed();
  if (request.function != Function::read)
    return DecodedBlock{.family = question.family, .block = block == nullptr ? "" : block->name, .values = {}};
  std::uint16_t first = request.first;
  if (question.request) {
    if (block == nullptr) block = block_of_read(question.family, request.first, request.count);
    if (block == nullptr) return std::unexpected(bad_input("no known value lies in the registers that were read"));
  } else {
    if (block == nullptr) return std::unexpected(bad_input("nothing tells the block: give --request or --block"));
    if (block->addressing != Addressing::modbus || block->first == no_address)
      return std::unexpected(
          bad_input("block " + std::string(block->name) + " is read register by register: give --request"));
    first = block->first;
  }
  return decoded(question, *block, {.addressing = Addressing::modbus, .first = first, .data = *data}, info);
}

}  // namespace

const BlockTable* block_of_read(Family family, std::uint16_t first, std::uint16_t count) noexcept {
  const auto blocks = blocks_of(family);
  for (const BlockTable& block : blocks)
    if (block.addressing == Addressing::modbus && block.first == first) return &block;
  const BlockTable* inside = nullptr;
  std::uint16_t nearest = no_address;
  std::uint8_t widest = 0;
  for (const BlockTable& block : blocks) {
    if (block.addressing != Addressing::modbus) continue;
    for (const RegisterRow& row : block.rows) {
      if (row.address == no_address || row.address < first) continue;
      if (row.address * 2 + row.bytes > (first + count) * 2) continue;
      // The row nearest to the first register decides; of several there, the widest.
      if (row.address > nearest || (row.address == nearest && row.bytes <= widest)) continue;
      nearest = row.address;
      widest = row.bytes;
      inside = &block;
    }
  }
  return inside;
}

const BlockTable* block_of_command(Family family, std::uint8_t control, std::uint8_t function) noexcept {
  const auto code = static_cast<std::uint16_t>((control << 8U) | function);
  for (const BlockTable& block : blocks_of(family))
    if (block.addressing != Addressing::modbus && block.first == code) return &block;
  return nullptr;
}

Result<DecodedBlock> decode_answer(const DecodeQuestion& question) {
  auto info = parsed_device_info(question);
  if (!info) return std::unexpected(std::move(info.error()).in("device info"));
  if (is_aa55_answer(question.answer)) return decode_aa55(question, *info);
  return decode_modbus(question, *info);
}

}  // namespace gridpilot::goodwe
