#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <variant>

#include "gridpilot/codec/goodwe/decode.hpp"
#include "gridpilot/codec/goodwe/eco_group.hpp"
#include "gridpilot/codec/goodwe/reading_codec.hpp"

/// Arbitrary bytes as the content of every block of every family, as a whole answer, as a reading and as eco groups.
/// The first byte chooses family and block.
namespace {

namespace goodwe = gridpilot::goodwe;

void require(bool holds) {
  if (!holds) std::abort();
}

void decode_as_block(goodwe::Family family, const goodwe::BlockTable& block, goodwe::Bytes bytes) {
  const bool payload = block.addressing == goodwe::Addressing::aa55_payload;
  const std::uint16_t first = payload ? std::uint16_t{0} : block.count > 0 ? block.first : block.rows.front().address;
  const goodwe::ReadWindow window{.addressing = block.addressing, .first = first, .data = bytes};
  const auto info = parse_device_info(family, bytes);
  for (const goodwe::DeviceInfo* known : {static_cast<const goodwe::DeviceInfo*>(nullptr), info ? &*info : nullptr})
    for (const goodwe::DecodedValue& value : decode_block(family, block, window, known).values)
      if (const double* number = std::get_if<double>(&value.value)) require(std::isfinite(*number));
}

void decode_as_eco_group(goodwe::Bytes bytes) {
  for (const goodwe::EcoFormat format : {goodwe::EcoFormat::v1, goodwe::EcoFormat::v2}) {
    const auto group = goodwe::decode_eco_group(format, bytes);
    if (!group) continue;
    const goodwe::Words words = encode_eco_group(*group);
    for (std::size_t i = 0; i < words.size(); ++i) require(words[i] == goodwe::u16_at(bytes, 2 * i));
    (void)group->is_all_day_forced();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const goodwe::Bytes bytes(data + 1, size - 1);
  const auto family = goodwe::Family{static_cast<std::uint8_t>(data[0] % 3U)};
  const auto blocks = goodwe::blocks_of(family);
  const goodwe::BlockTable& block = blocks[(data[0] / 3U) % blocks.size()];
  decode_as_block(family, block, bytes);
  (void)goodwe::decode_answer({.family = family, .answer = bytes});
  (void)goodwe::decode_answer({.family = family, .answer = bytes, .block = block.name, .device_info = bytes});
  const std::size_t half = bytes.size() / 2;
  (void)goodwe::decode_answer({.family = family, .answer = bytes.subspan(half), .request = bytes.first(half)});
  decode_as_eco_group(bytes);
  const auto info = parse_device_info(family, bytes).value_or(goodwe::DeviceInfo{.family = family});
  (void)goodwe::rated_power(info);
  (void)goodwe::obeys_es_groups(info);
  for (const auto& reading :
       {goodwe::decode_et_reading({.runtime = bytes,
                                   .battery = bytes,
                                   .meter = bytes,
                                   .battery2 = bytes,
                                   .battery2_power = bytes,
                                   .trackers = bytes},
                                  info, {}),
        goodwe::decode_dt_reading(bytes, bytes, info, {}), goodwe::decode_es_reading(bytes, info, {})})
    if (reading) require(!reading->load || *reading->load >= gridpilot::Power{});
  return 0;
}
