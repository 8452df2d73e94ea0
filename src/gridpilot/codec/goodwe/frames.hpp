#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "gridpilot/core/result.hpp"
#include "gridpilot/core/verify.hpp"

/// Frames that GoodWe inverters and their dongles speak: Modbus RTU over UDP 8899 (answers prefixed AA 55), Modbus TCP
/// 502, and the older AA55 frames. Both sides are here: the driver builds requests and judges answers, the emulator
/// parses requests and builds answers. Nothing allocates; no length field is believed before it is checked.
namespace gridpilot::goodwe {

using Bytes = std::span<const std::uint8_t>;

inline constexpr std::uint8_t et_unit = 0xF7;  ///< factory address of ET, and of the Modbus settings of ES
inline constexpr std::uint8_t dt_unit = 0x7F;  ///< factory address of DT

inline constexpr std::size_t max_registers_read = 125;   ///< in one request
inline constexpr std::size_t max_registers_write = 123;  ///< in one request

/// A frame being built. The longest there is has 264 bytes (an AA55 answer with 255 of data).
class FrameBuffer {
 public:
  static constexpr std::size_t capacity = 272;

  constexpr void append(std::uint8_t byte) {
    GRIDPILOT_VERIFY(size_ < capacity);
    bytes_[size_++] = byte;
  }
  constexpr void append_u16(std::uint16_t word) {
    append(static_cast<std::uint8_t>(word >> 8U));
    append(static_cast<std::uint8_t>(word & 0xFFU));
  }
  constexpr void append(Bytes bytes) {
    for (const std::uint8_t byte : bytes) append(byte);
  }
  [[nodiscard]] constexpr Bytes bytes() const { return {bytes_.data(), size_}; }
  [[nodiscard]] constexpr operator Bytes() const { return bytes(); }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }

 private:
  std::array<std::uint8_t, capacity> bytes_{};
  std::size_t size_ = 0;
};

/// Up to 125 register values, in place.
class Words {
 public:
  constexpr Words() = default;
  constexpr Words(std::initializer_list<std::uint16_t> values) : Words(std::span(values.begin(), values.size())) {}
  constexpr explicit Words(std::span<const std::uint16_t> values) {
    for (const std::uint16_t value : values) append(value);
  }
  constexpr void append(std::uint16_t value) {
    GRIDPILOT_VERIFY(size_ < max_registers_read);
    values_[size_++] = value;
  }
  [[nodiscard]] constexpr std::span<const std::uint16_t> span() const { return {values_.data(), size_}; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr std::uint16_t operator[](std::size_t i) const {
    GRIDPILOT_VERIFY(i < size_);
    return values_[i];
  }
  [[nodiscard]] friend constexpr bool operator==(const Words& a, const Words& b) {
    return std::equal(a.span().begin(), a.span().end(), b.span().begin(), b.span().end());
  }

 private:
  std::array<std::uint16_t, max_registers_read> values_{};
  std::size_t size_ = 0;
};

/// Modbus CRC16: reflected polynomial 0xA001, initial 0xFFFF. On the wire its low byte comes first.
[[nodiscard]] std::uint16_t crc16(Bytes bytes) noexcept;
/// Unsigned sum of all bytes, 16 bit; on the wire high byte first.
[[nodiscard]] std::uint16_t aa55_sum(Bytes bytes) noexcept;

/// Big-endian number at a byte offset; the caller has checked the length.
[[nodiscard]] constexpr std::uint16_t u16_at(Bytes bytes, std::size_t offset) {
  return static_cast<std::uint16_t>((static_cast<unsigned>(bytes[offset]) << 8U) | bytes[offset + 1]);
}
[[nodiscard]] constexpr std::uint32_t u32_at(Bytes bytes, std::size_t offset) {
  return (static_cast<std::uint32_t>(u16_at(bytes, offset)) << 16U) | u16_at(bytes, offset + 2);
}

// ---- Modbus ----

enum class Framing {
  rtu_over_udp,  ///< request: RTU with CRC; answer: AA 55 + RTU with CRC
  tcp,           ///< MBAP header, no CRC
};

/// Other values occur in what a server is asked; a function that is none of these is answered with exception 1.
enum class Function : std::uint8_t { read = 0x03, write_one = 0x06, write_many = 0x10 };

/// Modbus exception codes that mean something to a caller; others occur (enumeration MODBUS_EXCEPTION).
inline constexpr std::uint8_t illegal_function = 1;
inline constexpr std::uint8_t illegal_address = 2;  ///< this register or block does not exist on this unit
inline constexpr std::uint8_t illegal_value = 3;
inline constexpr std::uint8_t device_failure = 4;
/// "ILLEGAL DATA ADDRESS" and so on; "unknown" for codes that no document names.
[[nodiscard]] std::string_view exception_name(std::uint8_t code) noexcept;

struct ModbusRequest {
  std::uint8_t unit = et_unit;
  Function function = Function::read;
  std::uint16_t first = 0;  ///< number of the first register, as on the wire
  std::uint16_t count = 0;  ///< registers read or written
  Words values;             ///< to be written; empty for read
  [[nodiscard]] friend constexpr bool operator==(const ModbusRequest&, const ModbusRequest&) = default;
};

/// `count` in 1 .. 125.
[[nodiscard]] ModbusRequest read_registers(std::uint8_t unit, std::uint16_t first, std::uint16_t count);
/// Function 6 for one value, function 16 for 2 .. 123 values, as the inverter expects them.
[[nodiscard]] ModbusRequest write_registers(std::uint8_t unit, std::uint16_t first,
                                            std::span<const std::uint16_t> values);

/// The request as bytes. `transaction` is for TCP only.
[[nodiscard]] FrameBuffer encode(const ModbusRequest& request, Framing framing, std::uint16_t transaction = 0);

/// What the bytes received so far are with regard to one request.
enum class AnswerState {
  complete,   ///< the answer; `data` holds the registers' bytes (empty for writes)
  exception,  ///< the device refused; `exception` holds its code
  need_more,  ///< the beginning of the answer: append what comes and ask again; alone it is a short frame
  not_mine,   ///< belongs to another request (a late answer), or is no frame at all: discard
  checksum,   ///< the right shape with a wrong checksum: discard
};

struct Answer {
  AnswerState state = AnswerState::not_mine;
  Bytes data;                  ///< view into the examined bytes
  std::size_t frame_size = 0;  ///< complete, exception: where the frame ends; what follows is garbage of the dongle
  std::uint8_t exception = 0;
};

/// Judges bytes by the rules of the field: the byte count must be twice the registers asked for (otherwise it is a late
/// answer), register and value of a write must echo, bytes after the frame's end are ignored (dongles append garbage or
/// repeat the frame), an exception counts only with a right checksum. The unit is not compared (some gateways answer
/// with another one), nor is the transaction of TCP, nor TCP's length field, which is known to be wrong at times.
[[nodiscard]] Answer examine(const ModbusRequest& request, Bytes received, Framing framing) noexcept;

/// The same as a Result: checksum, short_frame, wrong_answer ("answer does not belong to the request"), rejected
/// ("exception 2 (ILLEGAL DATA ADDRESS)").
[[nodiscard]] Result<Bytes> result_of(const Answer& answer);

/// A request that a server has received.
struct ReceivedRequest {
  ModbusRequest request;
  std::uint16_t transaction = 0;  ///< TCP: to be echoed
  std::size_t frame_size = 0;     ///< TCP: where the next request begins
};

/// short_frame where more is needed, checksum, malformed (count 0 or above the limit, byte count that contradicts it),
/// unsupported for another function code (answer it with encode_exception(…, illegal_function, …)).
[[nodiscard]] Result<ReceivedRequest> parse_request(Bytes received, Framing framing);

/// `data` is 2 × count bytes, big-endian.
[[nodiscard]] FrameBuffer encode_read_answer(const ModbusRequest& request, Bytes data, Framing framing,
                                             std::uint16_t transaction = 0);
/// The echo of a write.
[[nodiscard]] FrameBuffer encode_write_answer(const ModbusRequest& request, Framing framing,
                                              std::uint16_t transaction = 0);
[[nodiscard]] FrameBuffer encode_exception(std::uint8_t unit, std::uint8_t function, std::uint8_t code, Framing framing,
                                           std::uint16_t transaction = 0);

// ---- AA55 (ES family, and the identification that every family answers) ----

/// Control code, function code and data; the answer carries the same control code and function + 0x80.
struct Aa55Command {
  std::uint8_t control = 0x01;  ///< 01 read, 02 registers, 03 execute
  std::uint8_t function = 0x02;
  Bytes data;  ///< borrowed
};

inline constexpr Aa55Command aa55_device_info{.control = 0x01, .function = 0x02, .data = {}};
inline constexpr Aa55Command aa55_runtime{.control = 0x01, .function = 0x06, .data = {}};
inline constexpr Aa55Command aa55_settings{.control = 0x01, .function = 0x09, .data = {}};

[[nodiscard]] FrameBuffer encode(const Aa55Command& command);
/// As for Modbus; there are no exceptions.
[[nodiscard]] Answer examine(const Aa55Command& command, Bytes received) noexcept;

/// Server side: short_frame, checksum, malformed (no AA55 request). `data` is a view into `received`.
[[nodiscard]] Result<Aa55Command> parse_aa55_request(Bytes received);
/// At most 255 bytes of data.
[[nodiscard]] FrameBuffer encode_aa55_answer(const Aa55Command& command, Bytes data);

/// "F703 …" as upper-case hex without blanks; for logs and tests.
[[nodiscard]] std::string to_hex(Bytes bytes);

}  // namespace gridpilot::goodwe
