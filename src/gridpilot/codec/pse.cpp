#include "gridpilot/codec/pse.hpp"

#include "gridpilot/codec/pse_row.hpp"

namespace gridpilot::codec::pse {

namespace {

constexpr std::chrono::minutes quarter{15};

constexpr json::Fields csdac_fields{"dtime",      "period",        "csdac_pln",      "dtime_utc",
                                    "period_utc", "business_date", "publication_ts", "publication_ts_utc",
                                    "udtczas",    "udtczas_oreb",  "doba",           "source_datetime"};
constexpr json::Fields rce_fields{"dtime",      "period",        "rce_pln",        "dtime_utc",
                                  "period_utc", "business_date", "publication_ts", "publication_ts_utc",
                                  "udtczas",    "udtczas_oreb",  "doba",           "source_datetime"};

/// A net price; what is wrong with it is said to the reader.
NetPrice read_price(json::Reader& in) {
  const NetPrice price = NetPrice::from_nanos_per_kwh(in.fixed(6));
  if (!is_believable(price)) in.fail("a price beyond ±100 000 per MWh is not believed");
  return price;
}

/// One page of {"value": [rows], "nextLink": …}.
template <class OnRows>
std::string read_envelope(json::Reader& in, OnRows on_rows) {
  static constexpr json::Fields envelope{"value", "nextLink"};
  std::string next_link;
  const json::Seen seen = in.record(
      envelope,
      [&](std::size_t field) {
        if (field == 0) {
          on_rows();
        } else if (!in.null()) {
          next_link = in.string();
        }
      },
      json::Unknown::skip);
  in.require(envelope, seen, 0, 1);
  return next_link;
}

template <std::size_t N>
void read_price_rows(json::Reader& in, const json::Fields<N>& fields, std::vector<PricePoint>& points) {
  RowMemory memory;
  in.array([&] {
    RowTimes times(in, memory, PeriodEdge::end, quarter);
    PricePoint& point = points.emplace_back();
    bool has_price = false;
    static_cast<void>(in.record(
        fields,
        [&](std::size_t field) {
          if (field != value) return times.read(field);
          if (in.null()) return;
          point.price = read_price(in);
          has_price = true;
        },
        json::Unknown::skip));
    if (!has_price && !in.failed()) in.fail("the row has no price");
    times.finish(point);
  });
}

}  // namespace

std::string_view name_of(PriceReport report) noexcept {
  switch (report) {
    case PriceReport::csdac_pln: return "csdac-pln";
    case PriceReport::rce_pln: return "rce-pln";
    case PriceReport::energy_prices: return "energy-prices";
  }
  return "";
}

Result<PriceDocument> parse_price_page(std::string_view text, PriceReport report) {
  return json::decode(text, [report](json::Reader& in) {
    PriceDocument page{.currency = Currency::pln(), .edge = PeriodEdge::end, .other_days = OtherDays::refuse};
    page.points.reserve(100);  // what a full page holds
    page.next_link = read_envelope(in, [&] {
      if (report == PriceReport::rce_pln) {
        read_price_rows(in, rce_fields, page.points);
      } else {
        read_price_rows(in, csdac_fields, page.points);
      }
    });
    return page;
  });
}

Result<BalancingPage> parse_balancing_page(std::string_view text) {
  static constexpr json::Fields fields{"dtime",       "period",        "csdac_pln",      "dtime_utc",
                                       "period_utc",  "business_date", "publication_ts", "publication_ts_utc",
                                       "udtczas",     "udtczas_oreb",  "doba",           "source_datetime",
                                       "cen_cost",    "cen_fcst",      "cor_cost",       "cor_fcst",
                                       "ceb_sr_cost", "ceb_sr_fcst",   "ceb_pp_cost",    "ceb_pp_fcst",
                                       "ckoeb_cost",  "ckoeb_fcst",    "sk_cost",        "sk_fcst"};
  static constexpr std::optional<NetPrice> BalancingRow::* members[] = {
      &BalancingRow::balancing_energy, &BalancingRow::reserve_surcharge,    &BalancingRow::imbalance_short,
      &BalancingRow::imbalance_own,    &BalancingRow::imbalance_difference, &BalancingRow::cost_component};
  return json::decode(text, [](json::Reader& in) {
    BalancingPage page;
    RowMemory memory;
    const auto read_row = [&] {
      RowTimes times(in, memory, PeriodEdge::end, quarter);
      BalancingRow& row = page.rows.emplace_back();
      const auto read_into = [&in](std::optional<NetPrice>& into) {
        if (in.null()) return;
        const NetPrice price = read_price(in);
        if (into && *into != price) in.fail("contradicts another field of the row");
        into = price;
      };
      static_cast<void>(in.record(
          fields,
          [&](std::size_t field) {
            if (field == value) return read_into(row.day_ahead);
            if (field < further) return times.read(field);
            read_into(row.*members[(field - further) / 2]);
          },
          json::Unknown::skip));
      times.finish(row.time);
    };
    page.next_link = read_envelope(in, [&] { in.array(read_row); });
    return page;
  });
}

}  // namespace gridpilot::codec::pse
