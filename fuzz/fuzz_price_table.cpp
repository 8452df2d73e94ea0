// Any text as a table of prices or of fixings: a result or a failure with a sentence, never anything else.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gridpilot/codec/price_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gridpilot;
  using namespace std::chrono_literals;
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool autumn = (data[0] & 1U) != 0;
  const codec::PriceTableQuery query{.slots = zone.slots_of(autumn ? 2025y / 10 / 26 : 2026y / 3 / 29),
                                     .time_zone = zone,
                                     .column = {},
                                     .start_zone = (data[0] & 2U) != 0 ? &zone : nullptr,
                                     .eur_rate = Ratio{4'265'100}};
  if (const auto table = codec::read_price_table(text, query)) {
    if (static_cast<std::int64_t>(table->prices.size()) != query.slots.size()) std::abort();
  } else if (table.error().message.empty()) {
    std::abort();
  }
  if (const auto fixing = codec::read_fixing(text, 2025y / 10 / 26))
    if (fixing->fixed_on > 2025y / 10 / 26 || fixing->rate.ppm <= 0) std::abort();
  return 0;
}
