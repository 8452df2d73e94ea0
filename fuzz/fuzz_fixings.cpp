// Any text as a bank's fixings: refused with a sentence, or rates that are above zero and dated.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gridpilot/codec/fixings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gridpilot;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const codec::FixingKind& kind : codec::fixing_kinds()) {
    auto tables = kind.read(text);
    if (!tables) {
      if (tables.error().message.empty()) std::abort();
      continue;
    }
    FixingBook book;
    for (FixingTable& table : *tables) {
      if (!table.fixed_on.ok()) std::abort();
      for (const auto& [currency, rate] : table.rates)
        if (rate.amount.ppm <= 0 || rate.worth.ppm <= 0) std::abort();
      const auto day = table.fixed_on;
      book.merge(std::move(table));
      const auto fixing = book.in_force_on(day, Currency::eur(), Currency::pln());
      if (fixing && (fixing->fixed_on > day || fixing->rate.ppm < 0)) std::abort();
    }
  }
  return 0;
}
