#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/domain/prices.hpp"
#include "gridpilot/market/price_cache.hpp"
#include "gridpilot/market/publication_schedule.hpp"
#include "gridpilot/net/timeline.hpp"
#include "gridpilot/ports/price_source.hpp"

namespace gridpilot::market {

enum class SourceCondition {
  starting,  ///< nothing is known yet, and nothing has failed
  fresh,     ///< everything that is published is known
  waiting,   ///< tomorrow is due and not published yet
  failing,   ///< the last question failed; what is known ages
};
[[nodiscard]] std::string_view name_of(SourceCondition condition) noexcept;

/// A source as status shows it.
struct SourceState {
  std::string_view name;  ///< static text
  SourceCondition condition = SourceCondition::starting;
  /// Since the source last gave a good answer ("not published yet" is one), or, after a restart, since what is known
  /// from disk was fetched. Absent where it never did.
  std::optional<Seconds> age;
  std::map<ErrorCode, int> failures;  ///< since the start, by kind
  std::optional<Error> last_error;    ///< the last failure, also when it is over
  Instant next_ask{};

  [[nodiscard]] int failure_count() const;
};

/// What happened, for log and metrics.
struct SourceEvent {
  enum class Kind {
    fetched,        ///< a whole day from the source
    remembered,     ///< a whole day from disk
    not_published,  ///< the source has no such day yet
    failed,         ///< the source; `error` says why
    cache_failed,   ///< the disk: a file is corrupt (and will be fetched anew) or could not be written
  };
  Kind kind = Kind::fetched;
  std::string_view source;
  std::chrono::year_month_day day;
  std::optional<Error> error = std::nullopt;
  int failures_in_a_row = 0;
};
[[nodiscard]] std::string_view name_of(SourceEvent::Kind kind) noexcept;

struct PriceKeeperHooks {
  /// A whole day of one source has been merged into the book; `changed` counts the slots whose price in force is new or
  /// another than before, which need not be this source's price.
  std::function<void(PriceSeries series, const std::vector<MarketPrice>& prices, int changed)> on_prices;
  std::function<void(const SourceEvent& event)> on_event;
};

/// The task that keeps a price book fresh from one source: what it remembers on disk first, then by its schedule.
/// Never lets the loop wait: each question has its own deadline, and its failure only puts the next one off.
/// Several keepers run beside each other, one for each source, on one book.
class PriceKeeper {
 public:
  struct Parts {
    ports::PriceSource& source;
    net::Timeline& timeline;
    PriceBook& book;
    const PriceCache* cache = nullptr;  ///< nothing is kept on disk without
  };
  /// Parts must outlive it. The hooks are called on the loop.
  PriceKeeper(Parts parts, PublicationSchedule schedule, PriceKeeperHooks hooks = {});

  /// Runs until it is cancelled. In simulated time a participant.
  [[nodiscard]] net::Awaitable<void> run();
  [[nodiscard]] SourceState state() const;

 private:
  [[nodiscard]] net::Awaitable<void> remember();
  [[nodiscard]] net::Awaitable<void> ask(std::chrono::year_month_day day);
  void failed(std::chrono::year_month_day day, Error error);
  void merge(const std::vector<MarketPrice>& prices);
  [[nodiscard]] CachedSeries cached() const {
    return {.source = parts_.source.name(), .series = parts_.source.series(), .currency = parts_.source.currency()};
  }
  void tell(SourceEvent::Kind kind, std::chrono::year_month_day day, std::optional<Error> error = std::nullopt) const;
  [[nodiscard]] Instant now() const { return parts_.timeline.clock().now(); }

  Parts parts_;
  PublicationSchedule schedule_;
  PriceKeeperHooks hooks_;
  std::optional<Instant> last_good_;
  std::optional<Error> last_error_;
  std::map<ErrorCode, int> failures_;
  int failures_in_a_row_ = 0;
  Instant next_ask_{};
};

}  // namespace gridpilot::market
