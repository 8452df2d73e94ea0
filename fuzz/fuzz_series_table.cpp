// Any text as a table of a series: slots in order with finite values, or a failure with a sentence.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gridpilot/codec/series_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gridpilot;
  static const TimeZone zone = TimeZone::load("Europe/Warsaw").value();
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool is_price = (data[0] & 1U) != 0;
  const codec::SeriesQuery query{.kind = is_price ? codec::SeriesQuery::Kind::price : codec::SeriesQuery::Kind::energy,
                                 .column = (data[0] & 2U) != 0 ? "a+b" : "",
                                 .usual = is_price ? "" : "load",
                                 .unit = (data[0] & 4U) != 0 ? std::optional(codec::SeriesUnit::watts) : std::nullopt,
                                 .time_column = (data[0] & 8U) != 0 ? "end_local" : "",
                                 .zone = (data[0] & 16U) != 0 ? &zone : nullptr};
  const auto table = codec::read_series_table(text, query);
  if (!table) {
    if (table.error().message.empty()) std::abort();
    return 0;
  }
  for (std::size_t i = 0; i < table->slots.size(); ++i) {
    if (!std::isfinite(table->slots[i].second)) std::abort();
    if (i > 0 && table->slots[i].first <= table->slots[i - 1].first) std::abort();
  }
  return 0;
}
