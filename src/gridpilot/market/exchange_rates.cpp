#include "gridpilot/market/exchange_rates.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

#include "gridpilot/core/civil_time.hpp"

namespace gridpilot::market {

using std::chrono::year_month_day;

namespace {

/// What was asked for longer ago than this is forgotten, and so are fixings: prices of past weeks alone still need
/// them.
constexpr int kept_days = 60;
/// A bank that did not answer is left alone for so long: those who waited for its answer must not all ask again.
constexpr Seconds after_failure{60};

}  // namespace

ExchangeRates::ExchangeRates(net::DocumentDoor& door, const os::Clock& clock, ExchangeRateOptions options)
    : door_(door), clock_(clock), options_(std::move(options)), state_{.name = options_.kind->name} {
  if (options_.url.empty()) options_.url = options_.kind->url;
}

bool ExchangeRates::is_due(year_month_day day, Currency from) const {
  const auto asked = asked_.find({day, from});
  if (asked == asked_.end()) return true;
  // Banks fix during the day, in their own time zone: from the day after next on nothing can be added.
  const bool is_over = asked->second >= Instant(std::chrono::sys_days(day)) + std::chrono::days(2);
  return !is_over && clock_.now() - asked->second >= options_.ask_again_after;
}

net::Awaitable<Result<CurrencyFixing>> ExchangeRates::in_force_on(year_month_day day, Currency from, Currency to) {
  // Tomorrow has no fixing yet: today's, in UTC, is the newest that can be asked for.
  const year_month_day today(std::chrono::floor<std::chrono::days>(clock_.now()));
  const year_month_day newest = std::min(day, today);
  Result<void> asked = co_await ask_if_due(newest, from);
  auto fixing = book_.in_force_on(day, from, to);
  if (!fixing && !asked) co_return std::move(asked).failed();
  if (fixing) fixing->source = name();
  co_return fixing;
}

net::Awaitable<Result<void>> ExchangeRates::ask_if_due(year_month_day day, Currency from) {
  // Many sources want the same fixing at the same time: one asks, the others wait for its answer.
  while (asking_) {
    const auto ends = asking_;
    boost::system::error_code ignored;
    co_await ends->async_wait(net::asio::redirect_error(net::asio::use_awaitable, ignored));
    if ((co_await net::asio::this_coro::cancellation_state).cancelled() != net::asio::cancellation_type::none)
      co_return failure(ErrorCode::cancelled, "cancelled");
  }
  if (!is_due(day, from)) co_return Result<void>{};
  if (state_.last_error && clock_.now() - last_failed_ < after_failure) co_return std::unexpected(*state_.last_error);
  asking_ = std::make_shared<net::asio::steady_timer>(co_await net::asio::this_coro::executor,
                                                      net::asio::steady_timer::time_point::max());
  struct End {
    std::shared_ptr<net::asio::steady_timer>& asking;
    ~End() {
      asking->cancel();
      asking.reset();
    }
  } const end{.asking = asking_};
  co_return co_await ask(day, from);
}

net::Awaitable<Result<void>> ExchangeRates::ask(year_month_day day, Currency from) {
  const codec::FixingKind& kind = *options_.kind;
  const std::string code(from.text());
  net::DocumentRequest request{.key = "fixing-" + code + "-" + to_iso(day),
                               .url = kind.address({.url = options_.url, .from = from, .day = day}),
                               .accept = std::string(kind.accept),
                               .max_body_bytes = std::size_t{1} << 20U};
  request.check = [&kind](std::string_view body) -> Result<void> {
    auto tables = kind.read(body);
    if (!tables) return std::move(tables).failed();
    return {};
  };
  const auto document = co_await door_.fetch(std::move(request));
  auto tables = document ? kind.read(document->body) : document.failed();
  if (!tables) {
    Error error = std::move(tables.error()).in("fixing of " + code + " by " + std::string(kind.name));
    if (error.code != ErrorCode::cancelled) {
      state_.last_error = error;
      ++state_.failures;
      last_failed_ = clock_.now();
    }
    co_return std::unexpected(std::move(error));
  }
  state_.last_error.reset();
  state_.last_good = document->confirmed_at;
  asked_[{day, from}] = clock_.now();
  for (FixingTable& table : *tables) {
    table.fetched_at = document->confirmed_at;
    book_.merge(std::move(table));
  }
  const year_month_day oldest = plus_days(day, -kept_days);
  std::erase_if(asked_, [oldest](const auto& entry) { return entry.first.first < oldest; });
  co_return Result<void>{};
}

ExchangeRateState ExchangeRates::state() const {
  ExchangeRateState state = state_;
  if (!book_.tables().empty()) state.newest = book_.tables().rbegin()->first;
  return state;
}

}  // namespace gridpilot::market
