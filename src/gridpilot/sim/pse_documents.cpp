#include "gridpilot/sim/pse_documents.hpp"

#include <array>
#include <cmath>
#include <cstdio>

#include "gridpilot/core/json.hpp"
#include "gridpilot/plant/noise.hpp"
#include "gridpilot/sim/pse_query.hpp"

namespace gridpilot::sim {
namespace {

using Date = std::chrono::year_month_day;

/// "13:55:17.196" behind a date.
std::string with_milliseconds(const std::string& text, int millisecond) {
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03d", millisecond);
  return text + fraction.data();
}

std::string local_text(const TimeZone& zone, Instant t) {
  const CivilTime civil = zone.civil(t);
  std::array<char, 16> clock{};
  std::snprintf(clock.data(), clock.size(), " %02d:%02d:%02d", civil.hour, civil.minute, civil.second);
  return to_iso(civil.date) + clock.data();
}

/// Hours and minutes of a UTC time; midnight ends a day as 24:00.
std::string utc_clock(Instant t, std::string_view midnight) {
  const std::string text = to_rfc3339(t);
  const std::string clock = text.substr(11, 5);
  return clock == "00:00" ? std::string(midnight) : clock;
}

/// The price as the report prints it: RCE with five decimals, the day-ahead price with two.
void append_price(std::string& out, NetPrice price, PriceSeries series) {
  std::array<char, 40> text{};
  const double pln_per_mwh = static_cast<double>(price.nanos_per_kwh()) / 1e6;
  std::snprintf(text.data(), text.size(), series == PriceSeries::rce_15min ? "%.5f" : "%.2f", pln_per_mwh);
  out += text.data();
}

PseAnswer refusal(std::string_view sentence) {
  PseAnswer answer{.status = 400, .body = {}};
  json::Writer writer(answer.body);
  writer.begin_object().key("error").begin_object();
  writer.member("code", "BadRequest").member("message", sentence).member("status", 400);
  writer.end_object().end_object();
  return answer;
}

}  // namespace

struct PseDocuments::Query : pse::Query {};

/// The rows of a page, and whether there are more.
struct PseDocuments::Page {
  struct Row {
    Slot slot;
    Date business_date;
  };
  std::vector<Row> rows;
  bool more = false;
};

PseDocuments::PseDocuments(TimeZone zone, std::shared_ptr<const MarketPrices> prices, std::uint64_t seed)
    : zone_(std::move(zone)), prices_(std::move(prices)), seed_(seed) {}

Publication PseDocuments::publication(PriceSeries series, Date business_date) const {
  const bool rce = series == PriceSeries::rce_15min;
  const std::int64_t day = std::chrono::sys_days(business_date).time_since_epoch().count();
  const std::uint64_t own = plant::derived_seed(seed_, rce ? 51 : 52);
  // Day-ahead 13:05 to 13:40, RCE 13:40 to 14:20.
  const int first_second = (rce ? 13 * 60 + 40 : 13 * 60 + 5) * 60;
  const int length = (rce ? 40 : 35) * 60;
  const int second = first_second + static_cast<int>(plant::uniform(own, 2 * day) * length);
  const CivilTime civil{
      .date = plus_days(business_date, -1), .hour = second / 3600, .minute = second / 60 % 60, .second = second % 60};
  return {.at = zone_.instant_of(civil), .millisecond = static_cast<int>(plant::uniform(own, 2 * day + 1) * 1000.0)};
}

/// The end of a quarter is named after its start plus fifteen minutes, so that the last quarter before a change of the
/// clock ends at the hour that never comes, and the repeated hour's labels follow its own quarters.
std::string PseDocuments::clock_label(Instant quarter_end) const {
  const Instant start = quarter_end - slot_length;
  const CivilTime civil = zone_.civil(start);
  const bool repeated = zone_.offset_at(start - std::chrono::hours(1)) > zone_.offset_at(start);
  const int end = civil.minute_of_day() + 15;
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02d%s:%02d", end / 60, repeated ? "a" : "", end % 60);
  return text.data();
}

Result<PseDocuments::Query> PseDocuments::parse(const Request& request) const {
  auto query = pse::parse_query(request.series, request.parameters);
  if (!query) return std::move(query).failed();
  return Query{*query};
}

Date PseDocuments::last_published(PriceSeries series, Instant now) const {
  const Date today = zone_.date_of(now);
  const Date tomorrow = plus_days(today, 1);
  return publication(series, tomorrow).at <= now ? tomorrow : today;
}

PseDocuments::Page PseDocuments::page_of(const Query& query, Instant now) const {
  Page page;
  const std::size_t size = query.first > 0 ? query.first : rows_a_page;
  Date from = std::max(query.from.value_or(first_day), first_day);
  Date to = last_published(query.series, now);
  if (query.to) to = std::min(to, *query.to);
  // A page goes on in the day in which the one before ended.
  if (query.after && !query.descending) from = std::max(from, zone_.date_of(*query.after - slot_length));
  if (query.after && query.descending) to = std::min(to, zone_.date_of(*query.after - slot_length));
  const int step = query.descending ? -1 : 1;
  for (Date date = query.descending ? to : from; from <= date && date <= to; date = plus_days(date, step)) {
    const SlotRange day = zone_.slots_of(date);
    for (std::int64_t i = 0; i < day.size(); ++i) {
      const Slot slot = query.descending ? day.last - (i + 1) : day.first + i;
      if (query.after && (query.descending ? slot.end() >= *query.after : slot.end() <= *query.after)) continue;
      if (!prices_->price(query.series, slot)) continue;
      if (page.rows.size() == size) {
        page.more = true;
        return page;
      }
      page.rows.push_back({.slot = slot, .business_date = date});
    }
  }
  return page;
}

void PseDocuments::append_row(std::string& out, const Query& query, Slot slot, Date business_date) const {
  const Publication published = publication(query.series, business_date);
  const bool first_of_day = zone_.slots_of(business_date).first == slot;
  const std::string end_label = clock_label(slot.end());
  bool first = true;
  const auto put = [&](pse::Field field, const auto& append) {
    if (!query.selected[field]) return;
    out += first ? "{\"" : ",\"";
    first = false;
    out += pse::field_name(field, query.series);
    out += "\":";
    append();
  };
  const auto put_text = [&](pse::Field field, const auto& text) {
    put(field, [&] {
      out += '"';
      out += text();
      out += '"';
    });
  };
  put_text(pse::dtime, [&] {
    // The last row of a business day carries the next date.
    return end_label == "24:00" ? to_iso(plus_days(business_date, 1)) + " 00:00:00"
                                : to_iso(business_date) + " " + end_label + ":00";
  });
  put_text(pse::period,
           [&] { return (first_of_day ? std::string("00:00") : clock_label(slot.start())) + " - " + end_label; });
  put(pse::price, [&] { append_price(out, prices_->price(query.series, slot).value_or(NetPrice()), query.series); });
  put_text(pse::dtime_utc, [&] { return pse::utc_text(slot.end()); });
  put_text(pse::period_utc, [&] { return utc_clock(slot.start(), "00:00") + " - " + utc_clock(slot.end(), "24:00"); });
  put_text(pse::business_date, [&] { return to_iso(business_date); });
  put_text(pse::publication_ts,
           [&] { return with_milliseconds(local_text(zone_, published.at), published.millisecond); });
  put_text(pse::publication_ts_utc,
           [&] { return with_milliseconds(pse::utc_text(published.at), published.millisecond); });
  out += first ? "{}" : "}";
}

PseAnswer PseDocuments::answer(const Request& request, Instant now) const {
  const auto query = parse(request);
  if (!query) return refusal(query.error().message);
  const Page page = page_of(*query, now);
  PseAnswer answer;
  answer.body.reserve(page.rows.size() * 270 + 600);
  answer.body += "{\"value\":[";
  for (std::size_t i = 0; i < page.rows.size(); ++i) {
    if (i > 0) answer.body += ',';
    append_row(answer.body, *query, page.rows[i].slot, page.rows[i].business_date);
  }
  answer.body += ']';
  if (page.more || (request.repeats_page && !page.rows.empty())) {
    const Instant last = page.rows.back().slot.end();
    const Instant token = request.repeats_page ? query->after.value_or(page.rows.front().slot.start()) : last;
    answer.body += ",\"nextLink\":\"";
    answer.body += request.base_url;
    answer.body += "/api/" + std::string(name_of(query->series)) + "?" +
                   pse::encoded_without_after(request.parameters) + "$after=" + pse::after_token(*query, token) + "\"";
  }
  answer.body += '}';
  return answer;
}

}  // namespace gridpilot::sim
