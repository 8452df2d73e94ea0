#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gridpilot/codec/goodwe/device_info.hpp"
#include "gridpilot/codec/goodwe/frames.hpp"
#include "gridpilot/codec/goodwe/registers.hpp"

/// Raw values of whole blocks by id, with the maker's signs: for people, comparisons and settings. The sample that
/// control rests on takes the short way of reading_codec.hpp.
namespace gridpilot::goodwe {

/// Absent (the raw value says "not available"), a scaled number, or a text.
using Datum = std::variant<std::monostate, double, std::string>;

struct DecodedValue {
  std::string_view block;  ///< the table it comes from; ids repeat across blocks
  std::string_view id;
  Datum value;
};

struct DecodedBlock {
  Family family = Family::et;
  std::string_view block;
  std::vector<DecodedValue> values;
  /// Null where the id was not in the bytes read.
  [[nodiscard]] const Datum* find(std::string_view id) const noexcept;
};

/// The part of a register space, or of an AA55 payload, that was read.
struct ReadWindow {
  Addressing addressing = Addressing::modbus;
  std::uint16_t first = 0;  ///< register of the first byte; 0 for AA55 payloads
  Bytes data;
};

/// Everything of the block that lies wholly in the window; values that the bytes do not reach are left out. A meter
/// block read with 58 or 125 registers yields the rows of meter_ext and meter_ext2 too (of an id that both have, the
/// longer block's). Without `info` nothing is filtered by model.
[[nodiscard]] DecodedBlock decode_block(Family family, const BlockTable& block, const ReadWindow& window,
                                        const DeviceInfo* info);

/// The block that a Modbus read belongs to: the one that begins there, or else the one that holds a row beginning
/// there. Null where no row lies in it.
[[nodiscard]] const BlockTable* block_of_read(Family family, std::uint16_t first, std::uint16_t count) noexcept;
/// The block that an AA55 command reads; null where it is none.
[[nodiscard]] const BlockTable* block_of_command(Family family, std::uint8_t control, std::uint8_t function) noexcept;

/// What `gridpilot decode` is asked.
struct DecodeQuestion {
  Family family = Family::et;
  Bytes answer;                           ///< RTU over UDP, AA55 or Modbus TCP: told from the frame
  std::optional<Bytes> request = {};      ///< of any of the three framings
  std::string_view block = {};            ///< empty: from the request, or from an AA55 answer's type
  std::optional<Bytes> device_info = {};  ///< an answer frame to the family's device-info read
};

/// checksum, short_frame, rejected ("exception N …"), wrong_answer, bad_input (no such block, nothing tells the block).
[[nodiscard]] Result<DecodedBlock> decode_answer(const DecodeQuestion& question);

}  // namespace gridpilot::goodwe
