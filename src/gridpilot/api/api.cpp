#include "gridpilot/api/api.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gridpilot/api/documents.hpp"
#include "gridpilot/api/page.hpp"
#include "gridpilot/api/parameters.hpp"
#include "gridpilot/core/text.hpp"

namespace gridpilot::api {
namespace {

using net::HttpQuery;
using net::HttpReply;

constexpr std::array<std::string_view, 6> documents{"/api/v1/status",   "/api/v1/plan",      "/api/v1/prices",
                                                    "/api/v1/readings", "/api/v1/decisions", "/api/v1/events"};

HttpReply document(std::string text) {
  return HttpReply{.body = std::move(text), .headers = {{.name = "Cache-Control", .value = "no-store"}}};
}

HttpReply refused(const Error& error) {
  return net::problem_reply(400, error.message);
}

/// The record could not be read; it may be able to later.
HttpReply unavailable(const Error& error) {
  HttpReply reply = net::problem_reply(503, "the record cannot be read: " + error.message);
  reply.headers.push_back({.name = "Retry-After", .value = "10"});
  return reply;
}

HttpReply not_found(std::string_view path) {
  std::string detail = "there is nothing at this path";
  if (const auto near = nearest(path, documents); !near.empty()) detail += "; did you mean " + std::string(near) + "?";
  return net::problem_reply(404, detail);
}

/// Nothing from elsewhere is loaded, shown in a foreign frame, guessed at, or told where people came from.
void secure(HttpReply& reply) {
  reply.headers.push_back({.name = "Content-Security-Policy",
                           .value = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"});
  reply.headers.push_back({.name = "X-Content-Type-Options", .value = "nosniff"});
  reply.headers.push_back({.name = "Referrer-Policy", .value = "no-referrer"});
}

/// Without port; an IPv6 address without its brackets.
std::string_view host_of(std::string_view header) {
  if (header.starts_with('[')) return header.substr(1, header.find(']') - 1);
  return header.substr(0, header.find(':'));
}

/// An address cannot be rebound: only a name can be pointed somewhere else.
bool is_address(std::string_view host) {
  if (host.contains(':')) return host.find_first_not_of("0123456789abcdefABCDEF:.%") == std::string_view::npos;
  return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// The readings that fit a page, and where the next page begins.
template <class Sample>
std::optional<Instant> cut_page(std::vector<Sample>& samples, std::size_t limit) {
  if (samples.size() <= limit) return std::nullopt;
  const Instant next = samples[limit].time;
  samples.resize(limit);
  return next;
}

/// Midnights of the local days that begin in the range, at most `most` of them, and the one that ends the last.
std::vector<Instant> midnights(const TimeZone& zone, ports::TimeRange range, std::size_t most) {
  std::vector<Instant> all;
  auto date = zone.date_of(range.from);
  if (zone.start_of_day(date) < range.from) date = plus_days(date, 1);
  for (Instant start = zone.start_of_day(date); start < range.to && all.size() < most;) {
    all.push_back(start);
    date = plus_days(date, 1);
    start = zone.start_of_day(date);
  }
  if (!all.empty()) all.push_back(zone.start_of_day(date));
  return all;
}

}  // namespace

Api::Api(const StateView& state, ports::RecordReader& record, EventHub& events, ApiOptions options)
    : state_(state),
      record_(record),
      events_(events),
      options_(std::move(options)),
      page_(std::make_unique<const Page>()) {}

Api::~Api() = default;

net::Awaitable<HttpReply> Api::answer(HttpQuery query) {
  HttpReply reply = co_await route(std::move(query));
  secure(reply);
  co_return reply;
}

bool Api::addressed_rightly(const HttpQuery& query) const {
  const auto header = query.header("host");
  if (!header) return true;  // HTTP/1.0: no browser speaks it
  const std::string_view host = host_of(*header);
  return is_address(host) || net::equal_ignoring_case(host, "localhost") ||
         std::ranges::any_of(options_.host_names,
                             [host](const std::string& name) { return net::equal_ignoring_case(host, name); });
}

net::Awaitable<HttpReply> Api::route(HttpQuery query) {
  if (!addressed_rightly(query))
    co_return net::problem_reply(421, "this program answers only when asked by IP address or as localhost");
  const bool is_metrics = query.path == "/metrics" && options_.metrics;
  const bool is_document =
      query.path == "/healthz" || is_metrics || std::ranges::find(documents, query.path) != documents.end();
  const Page::File* const file = is_document ? nullptr : page_->find(query.path);
  if (!is_document && file == nullptr) co_return not_found(query.path);
  if (query.method != net::HttpMethod::get) {
    HttpReply reply = net::problem_reply(405, "only GET and HEAD are allowed here");
    reply.headers.push_back({.name = "Allow", .value = "GET, HEAD"});
    co_return reply;
  }
  if (file != nullptr) co_return Page::reply(*file, query);
  if (query.path == "/api/v1/prices") co_return prices(query);
  if (query.path == "/api/v1/readings") co_return co_await readings(std::move(query));
  if (query.path == "/api/v1/decisions") co_return co_await decisions(std::move(query));
  const auto known = refuse_parameters(query);
  if (!known) co_return refused(known.error());
  if (query.path == "/healthz") co_return health();
  if (is_metrics) co_return metrics();
  if (query.path == "/api/v1/status") co_return status();
  if (query.path == "/api/v1/plan") co_return plan();
  co_return subscribe(query);
}

HttpReply Api::health() const {
  HttpReply reply = document(health_document(state_.snapshot()));
  if (!reasons_not_healthy(state_.snapshot()).empty()) reply.status = 503;
  return reply;
}

HttpReply Api::metrics() const {
  HttpReply reply = document(options_.metrics());
  reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return reply;
}

HttpReply Api::status() const {
  return document(status_document(state_.snapshot(), options_.zone));
}

HttpReply Api::plan() {
  const Snapshot& snapshot = state_.snapshot();
  if (!plan_document_ || documented_plan_ != snapshot.plan) {
    plan_document_ = std::make_shared<const std::string>(plan_document(snapshot));
    documented_plan_ = snapshot.plan;
  }
  HttpReply reply = document({});
  reply.body = plan_document_;
  return reply;
}

HttpReply Api::prices(const HttpQuery& query) const {
  const Snapshot& snapshot = state_.snapshot();
  const auto today = options_.zone.date_of(snapshot.time);
  // The day after tomorrow's midnight: markets publish one day ahead.
  const ports::TimeRange day{.from = options_.zone.start_of_day(today),
                             .to = options_.zone.start_of_day(plus_days(today, 2))};
  const auto wanted = parse_prices_query(query, day);
  if (!wanted) return refused(wanted.error());
  return document(prices_document(state_.prices(wanted->range), snapshot.currency));
}

net::Awaitable<HttpReply> Api::readings(HttpQuery query) {
  const auto wanted = parse_readings_query(query, state_.snapshot().time);
  if (!wanted) co_return refused(wanted.error());
  const auto [range, resolution, limit] = *wanted;
  // One more than fits the page tells whether, and where, there is a next one.
  if (resolution.step == raw_step) {
    auto raw = co_await record_.readings(range, limit + 1);
    if (!raw) co_return unavailable(raw.error());
    const auto next = cut_page(*raw, limit);
    co_return document(readings_document(resolution.name, *raw, next));
  }
  if (resolution.step == day_step) {
    auto boundaries = midnights(options_.zone, range, limit + 1);
    std::optional<Instant> next;
    if (boundaries.size() > limit + 1) {  // limit + 1 days have limit + 2 boundaries
      boundaries.pop_back();
      next = boundaries.back();
    }
    if (boundaries.empty()) co_return document(readings_document(resolution.name, std::vector<Reading>(), next));
    auto days = co_await record_.chart_between(std::move(boundaries));
    if (!days) co_return unavailable(days.error());
    co_return document(readings_document(resolution.name, *days, next));
  }
  auto points = co_await record_.chart(range, resolution.step, limit + 1);
  if (!points) co_return unavailable(points.error());
  const auto next = cut_page(*points, limit);
  co_return document(readings_document(resolution.name, *points, next));
}

net::Awaitable<HttpReply> Api::decisions(HttpQuery query) {
  const auto wanted = parse_decisions_query(query);
  if (!wanted) co_return refused(wanted.error());
  auto found = co_await record_.decisions(wanted->range, wanted->limit + 1, wanted->before_id);
  if (!found) co_return unavailable(found.error());
  std::optional<std::int64_t> next;
  if (found->size() > wanted->limit) {
    found->resize(wanted->limit);
    next = found->back().id;
  }
  co_return document(decisions_document(*found, next));
}

HttpReply Api::subscribe(const HttpQuery& query) {
  std::optional<std::uint64_t> last_seen;
  if (const auto id = parse_integer(query.header("last-event-id").value_or("")); id && *id >= 0)
    last_seen = static_cast<std::uint64_t>(*id);
  return HttpReply{.events = events_.subscribe(last_seen)};
}

}  // namespace gridpilot::api
