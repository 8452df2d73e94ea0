#pragma once

#include <boost/asio/steady_timer.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "gridpilot/codec/fixings.hpp"
#include "gridpilot/domain/currency.hpp"
#include "gridpilot/net/document_door.hpp"
#include "gridpilot/os/clock.hpp"

namespace gridpilot::market {

/// Which bank is asked; `url` empty: the kind's own.
struct ExchangeRateOptions {
  const codec::FixingKind* kind = nullptr;
  std::string url = {};
  /// A day's fixings are asked for again after so long; a day that is over once more and then never.
  Seconds ask_again_after{2 * 3600};
};

/// A bank as status shows it.
struct ExchangeRateState {
  std::string_view name;
  std::optional<std::chrono::year_month_day> newest;  ///< the day of the newest fixing known
  std::optional<Instant> last_good;
  std::optional<Error> last_error;  ///< of the last question; absent where it was answered
  int failures = 0;
};

/// The fixings of one bank. No price is converted without one.
class ExchangeRates {
 public:
  /// Door, clock and kind must outlive it.
  ExchangeRates(net::DocumentDoor& door, const os::Clock& clock, ExchangeRateOptions options);

  /// The fixing in force on a local day: the last on or before it, at most ten days old. Asks the bank where what is
  /// known may not be the last one; where it does not answer, what is known and still in force. Otherwise why not: the
  /// door's or the decoder's error, or not_found naming the pair.
  [[nodiscard]] net::Awaitable<Result<CurrencyFixing>> in_force_on(std::chrono::year_month_day day, Currency from,
                                                                   Currency to);
  [[nodiscard]] std::string_view name() const { return options_.kind->name; }
  [[nodiscard]] const FixingBook& book() const { return book_; }
  [[nodiscard]] ExchangeRateState state() const;

 private:
  [[nodiscard]] bool is_due(std::chrono::year_month_day day, Currency from) const;
  [[nodiscard]] net::Awaitable<Result<void>> ask_if_due(std::chrono::year_month_day day, Currency from);
  [[nodiscard]] net::Awaitable<Result<void>> ask(std::chrono::year_month_day day, Currency from);

  net::DocumentDoor& door_;
  const os::Clock& clock_;
  ExchangeRateOptions options_;
  FixingBook book_;
  std::map<std::pair<std::chrono::year_month_day, Currency>, Instant> asked_;
  ExchangeRateState state_;
  Instant last_failed_{};
  std::shared_ptr<net::asio::steady_timer> asking_;  ///< while a question is under way: its end cancels the timer
};

}  // namespace gridpilot::market
