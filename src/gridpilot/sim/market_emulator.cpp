#include "gridpilot/sim/market_emulator.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include "gridpilot/core/text.hpp"

namespace gridpilot::sim {
namespace {

namespace asio = net::asio;

constexpr std::int64_t megabyte = std::int64_t{1} << 20U;
constexpr std::int64_t most_megabytes = 1024;
constexpr std::int64_t longest_latency_ms = 3'600'000;

/// Faults may keep a client waiting as long as they like.
net::HttpServerLimits limits_for_faults() {
  net::HttpServerLimits limits;
  limits.reply_within = std::chrono::hours(24);
  limits.drain = std::chrono::milliseconds(200);
  return limits;
}

/// Lets a body out drop by drop: the stream's events are taken as they are.
class Drip : public std::enable_shared_from_this<Drip> {
 public:
  Drip(const asio::any_io_executor& executor, std::string body, std::int64_t bytes_per_s)
      : stream_(std::make_shared<net::EventStream>(executor)),
        timer_(executor),
        body_(std::move(body)),
        drop_(static_cast<std::size_t>(std::max<std::int64_t>(1, bytes_per_s / 10))) {}

  [[nodiscard]] const std::shared_ptr<net::EventStream>& stream() const { return stream_; }

  void fall() {
    if (stream_->closed()) return;
    if (at_ >= body_.size()) return stream_->close();
    if (!stream_->push(std::make_shared<const std::string>(body_.substr(at_, drop_)))) return;
    at_ += drop_;
    timer_.expires_after(std::chrono::milliseconds(100));
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ended) {
      if (!ended) self->fall();
    });
  }

 private:
  std::shared_ptr<net::EventStream> stream_;
  asio::steady_timer timer_;
  std::string body_;
  std::size_t drop_;
  std::size_t at_ = 0;
};

std::optional<PriceSeries> series_of(std::string_view path) {
  constexpr std::string_view prefix = "/api/";
  if (!path.starts_with(prefix)) return std::nullopt;
  for (const PriceSeries series : {PriceSeries::sdac_15min, PriceSeries::rce_15min})
    if (path.substr(prefix.size()) == name_of(series)) return series;
  return std::nullopt;
}

/// A page of the day-ahead price as one of `price-fcst`: the field and the further pages have other names.
std::string as_outlook(std::string page) {
  for (const auto& [from, to] : {std::pair<std::string_view, std::string_view>{"\"csdac_pln\":", "\"cen_fcst\":"},
                                 std::pair<std::string_view, std::string_view>{"/api/csdac-pln?", "/api/price-fcst?"}})
    for (auto at = page.find(from); at != std::string::npos; at = page.find(from, at + to.size()))
      page.replace(at, from.size(), to);
  return page;
}

/// False where the value is out of the fault's range.
bool set_market_fault(MarketFaults& faults, std::string_view name, double value) {
  const auto whole = static_cast<std::int64_t>(std::clamp(value, -1.0, 1e12));
  if (whole < 0) return false;
  if (name == "latency_ms") {
    faults.latency = std::chrono::milliseconds(whole);
    return whole <= longest_latency_ms;
  }
  if (name == "status") {
    faults.status = static_cast<int>(std::min<std::int64_t>(whole, 1000));
    return whole == 0 || (whole >= 200 && whole <= 599);
  }
  if (name == "drip_bytes_per_s") {
    faults.drip_bytes_per_s = whole;
    return true;
  }
  if (name == "big_body_mb") {
    faults.big_body_mb = whole;
    return whole <= most_megabytes;
  }
  bool MarketFaults::* const flag = name == "html"   ? &MarketFaults::html
                                    : name == "torn" ? &MarketFaults::torn
                                    : name == "loop" ? &MarketFaults::loop
                                                     : &MarketFaults::silence;
  faults.*flag = whole == 1;
  return whole <= 1;
}

}  // namespace

Result<MarketFaults> parse_market_faults(std::string_view text) {
  MarketFaults faults;
  while (!text.empty()) {
    const std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    if (item.empty()) continue;
    const std::string_view name = item.substr(0, item.find('='));
    if (std::find(market_fault_names.begin(), market_fault_names.end(), name) == market_fault_names.end()) {
      std::string sentence = "fault '" + std::string(name) + "' is not known; allowed: " + joined(market_fault_names);
      if (const auto near = nearest(name, market_fault_names); !near.empty())
        sentence += "; did you mean '" + std::string(near) + "'?";
      return failure(ErrorCode::bad_input, std::move(sentence));
    }
    const auto value = name.size() < item.size() ? parse_number(item.substr(name.size() + 1)) : std::nullopt;
    if (!value || !set_market_fault(faults, name, *value))
      return failure(ErrorCode::bad_input, "fault '" + std::string(item) +
                                               "': expected NAME=NUMBER within its range, as in latency_ms=300, "
                                               "status=503, torn=1");
  }
  return faults;
}

Result<std::unique_ptr<MarketEmulator>> MarketEmulator::create(asio::io_context& io, const os::Clock& clock,
                                                               TimeZone zone, MarketEmulatorOptions options) {
  auto server = net::HttpServer::create(io, options.address, options.port, limits_for_faults());
  if (!server) return std::move(server).failed();
  if (!options.prices) options.prices = std::make_shared<GeneratedPrices>(zone, options.seed);
  auto emulator = std::unique_ptr<MarketEmulator>(
      new MarketEmulator(io, clock, std::move(zone), std::move(options), std::move(*server)));
  emulator->server_->serve([self = emulator.get()](net::HttpQuery query) { return self->reply(std::move(query)); });
  return emulator;
}

MarketEmulator::MarketEmulator(asio::io_context& io, const os::Clock& clock, TimeZone zone,
                               MarketEmulatorOptions options, std::unique_ptr<net::HttpServer> server)
    : io_(io),
      clock_(clock),
      address_(std::move(options.address)),
      documents_(std::move(zone), std::move(options.prices), options.seed),
      weather_(options.house_seed),
      faults_(options.faults),
      server_(std::move(server)) {}

MarketEmulator::~MarketEmulator() = default;

std::string MarketEmulator::base_url() const {
  const bool six = address_.find(':') != std::string::npos;
  return "http://" + (six ? "[" + address_ + "]" : address_) + ":" + std::to_string(port());
}

net::HttpReply MarketEmulator::document(const net::HttpQuery& query) {
  if (query.path == OpenMeteoDocuments::path) {
    OpenMeteoAnswer answer = weather_.answer(query.parameters, clock_.now());
    return {.status = answer.status, .content_type = "application/json; charset=utf-8", .body = std::move(answer.body)};
  }
  // What PSE expects of balancing is the day-ahead price here, as far as that is out.
  const bool is_outlook = query.path == "/api/price-fcst";
  const auto series = is_outlook ? std::optional(PriceSeries::sdac_15min) : series_of(query.path);
  if (!series) return {.status = 404, .body = std::string(R"({"error":{"code":"EntityNotFound","status":404}})")};
  const PseAnswer answer = documents_.answer(
      {.series = *series, .parameters = query.parameters, .base_url = base_url(), .repeats_page = faults_.loop},
      clock_.now());
  return {.status = answer.status,
          .content_type = "application/json; charset=utf-8",
          .body = is_outlook ? as_outlook(answer.body) : answer.body};
}

net::HttpReply MarketEmulator::dripping(std::string body) const {
  const auto drip = std::make_shared<Drip>(io_.get_executor(), std::move(body), faults_.drip_bytes_per_s);
  drip->fall();
  net::HttpReply reply;
  reply.events = drip->stream();
  return reply;
}

net::Awaitable<net::HttpReply> MarketEmulator::reply(net::HttpQuery query) {
  ++requests_;
  const MarketFaults faults = faults_;
  if (faults.silence || faults.latency.count() > 0) {
    asio::steady_timer timer(io_);
    timer.expires_at(faults.silence ? asio::steady_timer::time_point::max()
                                    : asio::steady_timer::clock_type::now() + faults.latency);
    co_await timer.async_wait(asio::use_awaitable);
  }
  if (query.method != net::HttpMethod::get) co_return net::problem_reply(405, "only GET is answered here");
  if (faults.status != 0) co_return net::problem_reply(faults.status, "this answer was asked for as a fault");
  if (faults.html)
    co_return net::HttpReply{
        .content_type = "text/html",
        .body = std::string("<!DOCTYPE html><html><body><h1>Przerwa techniczna</h1></body></html>")};
  net::HttpReply whole = document(query);
  if (faults.big_body_mb > 0) {
    std::string padded(whole.body.bytes());
    // Blanks are JSON as well: only the size is wrong.
    padded.append(static_cast<std::size_t>(faults.big_body_mb * megabyte), ' ');
    whole.body = net::HttpBody(std::move(padded));
  }
  if (faults.torn) whole.body = net::HttpBody(std::string(whole.body.bytes().substr(0, whole.body.bytes().size() / 2)));
  if (faults.drip_bytes_per_s > 0) co_return dripping(std::string(whole.body.bytes()));
  co_return whole;
}

}  // namespace gridpilot::sim
