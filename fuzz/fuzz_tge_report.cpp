// Any bytes as a packed report of TGE: refused with a sentence, or whole days of believable
// prices or refused.
#include <cstdint>
#include <string_view>

#include "gridpilot/codec/tge_report.hpp"
#include "whole_days.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gridpilot;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const codec::tge::Price price : {codec::tge::Price::sdac, codec::tge::Price::fixing_1})
    fuzz::demand_whole_days_or_reason(codec::tge::parse_report(bytes, price));
  return 0;
}
