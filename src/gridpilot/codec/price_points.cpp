#include "gridpilot/codec/price_points.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "gridpilot/core/money.hpp"

namespace gridpilot::codec {
namespace {

using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::year_month_day;

constexpr minutes quarter_length{15};

bool is_length(minutes length) {
  return length == quarter_length || length == 2 * quarter_length || length == 4 * quarter_length;
}

class DayBuilder {
 public:
  DayBuilder(const PriceDocument& document, const DayRequest& request, const TimeZone& zone)
      : document_(document), request_(request), zone_(zone), day_(request.day, zone) {
    quarters_.resize(static_cast<std::size_t>(day_.slots().size()));
  }

  [[nodiscard]] Result<void> add_all();
  [[nodiscard]] Result<std::vector<MarketPrice>> finish();

 private:
  struct Quarter {
    NetPrice price;
    std::optional<Instant> published_at;
    minutes length{0};  ///< of the period that it was taken from; 0: not known
  };
  /// An hour's (or half's) price that quarters stand beside.
  struct Coarse {
    Slot first;
    std::int64_t quarters = 0;
    NetPrice price;
  };

  /// nullopt for a point of another day that is skipped.
  [[nodiscard]] Result<std::optional<Slot>> slot_of(const PricePoint& point);
  [[nodiscard]] Result<std::optional<Slot>> slot_of_utc(const PricePoint& point, Instant named) const;
  [[nodiscard]] Result<std::optional<Slot>> slot_of_local(const PricePoint& point, const LocalLabel& label);
  [[nodiscard]] std::optional<Instant> published(const PricePoint& point);
  [[nodiscard]] Result<void> add(const PricePoint& point);
  [[nodiscard]] Result<void> put(Slot slot, const PricePoint& point, std::optional<Instant> published_at);
  [[nodiscard]] Result<void> check_means() const;
  [[nodiscard]] std::string what() const { return std::string(name_of(request_.series)) + " " + to_iso(request_.day); }
  [[nodiscard]] std::unexpected<Error> malformed(const std::string& sentence) const {
    return failure(ErrorCode::malformed, what() + ": " + sentence);
  }
  [[nodiscard]] Quarter& at(Slot slot) { return quarters_[static_cast<std::size_t>(slot - day_.slots().first)]; }
  [[nodiscard]] const Quarter& at(Slot slot) const {
    return quarters_[static_cast<std::size_t>(slot - day_.slots().first)];
  }
  /// For points that do not say how long they hold.
  [[nodiscard]] minutes derived_length() const;
  [[nodiscard]] minutes length_of(const PricePoint& point) const {
    return point.length.count() == 0 ? derived_length_ : point.length;
  }
  [[nodiscard]] bool skips() const { return document_.other_days == OtherDays::skip; }

  const PriceDocument& document_;
  const DayRequest& request_;
  const TimeZone& zone_;
  LocalDay day_;
  std::vector<Quarter> quarters_;
  std::vector<Coarse> coarse_;
  bool passes_are_marked_ = false;  ///< the document has "02a" labels, so a plain label is the first pass
  bool found_any_ = false;
  minutes derived_length_{60};
  std::optional<local_seconds> published_locally_;
  std::optional<Instant> published_at_;
};

Result<void> DayBuilder::add_all() {
  const std::vector<PricePoint>& points = document_.points;
  derived_length_ = derived_length();
  bool one_length = true;
  for (const PricePoint& point : points) {
    passes_are_marked_ |= point.local && point.local->second_pass;
    one_length &= point.length == points.front().length;
  }
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Hours first, so that the quarters beside them prevail.
  if (!one_length)
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
      return points[a].length != points[b].length ? points[a].length > points[b].length : a < b;
    });
  for (const std::size_t n : order) {
    if (auto added = add(points[n]); !added)
      return std::unexpected(std::move(added.error()).in("row " + std::to_string(n)));
  }
  return {};
}

Result<void> DayBuilder::add(const PricePoint& point) {
  if (!is_length(length_of(point)))
    return malformed("a period of " + std::to_string(length_of(point).count()) + " minutes is not known here");
  if (point.business_date && *point.business_date != request_.day) {
    if (skips()) return {};
    return malformed("the row is of business day " + to_iso(*point.business_date));
  }
  const auto slot = slot_of(point);
  if (!slot) return slot.failed();
  const std::optional<Slot>& first = *slot;
  if (!first) return {};
  if (!is_believable(point.price)) return malformed("a price beyond ±100 000 per MWh is not believed");
  const auto published_at = published(point);
  const std::int64_t quarters = length_of(point) / quarter_length;
  for (std::int64_t n = 0; n < quarters; ++n) {
    if (!day_.slots().contains(*first + n)) return malformed("a period of the document reaches into another day");
    if (auto done = put(*first + n, point, published_at); !done) return done;
  }
  if (quarters > 1) coarse_.push_back({.first = *first, .quarters = quarters, .price = point.price});
  found_any_ = true;
  return {};
}

minutes DayBuilder::derived_length() const {
  const bool by_end = document_.edge == PeriodEdge::end;
  const local_seconds day_begins = std::chrono::local_days(request_.day);
  std::vector<Seconds> times;
  for (const PricePoint& point : document_.points) {
    if (point.length.count() != 0) continue;
    if (point.utc) {
      // The end of the day's last period is the next day's start.
      const Instant inside = *point.utc - (by_end ? Seconds(1) : Seconds(0));
      if (day_.slots().contains(Slot::containing(inside))) times.push_back(point.utc->time_since_epoch());
    } else if (point.local) {
      const Seconds into_day = point.local->time - day_begins - (by_end ? Seconds(1) : Seconds(0));
      if (into_day >= Seconds(0) && into_day < std::chrono::days(1))
        times.push_back(point.local->time.time_since_epoch());
    }
  }
  std::ranges::sort(times);
  Seconds least = std::chrono::hours(1);
  for (std::size_t n = 1; n < times.size(); ++n)
    if (times[n] != times[n - 1]) least = std::min(least, times[n] - times[n - 1]);
  return std::chrono::duration_cast<minutes>(least);
}

Result<void> DayBuilder::put(Slot slot, const PricePoint& point, std::optional<Instant> published_at) {
  Quarter& quarter = at(slot);
  if (quarter.length == length_of(point)) {
    if (quarter.price != point.price)
      return malformed("quarter " + day_.quarter_text(slot) + " has two different prices");
    if (published_at > quarter.published_at) quarter.published_at = published_at;
    return {};
  }
  quarter = {.price = point.price, .published_at = published_at, .length = length_of(point)};
  return {};
}

Result<std::optional<Slot>> DayBuilder::slot_of(const PricePoint& point) {
  if (point.utc) return slot_of_utc(point, *point.utc);
  if (point.ordinal) {
    const std::int64_t quarters = length_of(point) / quarter_length;
    const Slot slot = day_.slots().first + *point.ordinal * quarters;
    if (*point.ordinal < 0 || slot + (quarters - 1) >= day_.slots().last)
      return malformed("there is no period " + std::to_string(*point.ordinal + 1) + " on this day");
    return std::optional(slot);
  }
  if (!point.local) return malformed("the row has no time");
  return slot_of_local(point, *point.local);
}

Result<std::optional<Slot>> DayBuilder::slot_of_utc(const PricePoint& point, Instant named) const {
  if (named.time_since_epoch() % slot_length != Seconds(0))
    return malformed("the time " + to_rfc3339(named) + " is not on a quarter of an hour");
  const bool by_end = document_.edge == PeriodEdge::end;
  const Slot slot = Slot::containing(named) - (by_end ? length_of(point) / quarter_length : 0);
  if (!day_.slots().contains(slot)) {
    if (skips()) return std::optional<Slot>();
    return malformed(std::string("the quarter that ") + (by_end ? "ends" : "begins") + " at " + to_rfc3339(named) +
                     " is not of this day");
  }
  if (point.local && !day_.agrees(slot, *point.local, document_.edge, length_of(point)))
    return malformed("the UTC time " + to_rfc3339(named) + " and the local time contradict each other");
  return std::optional(slot);
}

Result<std::optional<Slot>> DayBuilder::slot_of_local(const PricePoint& point, const LocalLabel& label) {
  if (label.time.time_since_epoch() % slot_length != Seconds(0))
    return malformed("the row's local time is not on a quarter of an hour");
  if (skips()) {
    const local_seconds start = document_.edge == PeriodEdge::end ? label.time - length_of(point) : label.time;
    if (year_month_day(std::chrono::floor<std::chrono::days>(start)) != request_.day) return std::optional<Slot>();
  }
  const auto place = day_.place(label, document_.edge, length_of(point));
  if (!place) return malformed(place.error().message);
  const std::optional<Slot>& or_again = place->or_again;
  const bool is_again = or_again && !passes_are_marked_ && at(place->slot).length == length_of(point);
  return is_again ? or_again : std::optional(place->slot);
}

std::optional<Instant> DayBuilder::published(const PricePoint& point) {
  if (point.published_at) return point.published_at;
  if (!point.published_locally) return document_.published_at;
  if (point.published_locally != published_locally_) {
    // The same for all rows, as a rule.
    published_locally_ = point.published_locally;
    published_at_ = as_instant(*point.published_locally, zone_);
  }
  return published_at_;
}

/// A mean that was rounded to a hundredth lies within half of it; sources round more than once.
Result<void> DayBuilder::check_means() const {
  constexpr std::int64_t hundredth = 10'000;
  for (const Coarse& coarse : coarse_) {
    bool replaced = false;
    std::int64_t sum = 0;
    for (std::int64_t n = 0; n < coarse.quarters; ++n) {
      const Quarter& quarter = at(coarse.first + n);
      replaced |= std::cmp_not_equal(quarter.length / quarter_length, coarse.quarters);
      sum += quarter.price.nanos_per_kwh();
    }
    if (!replaced) continue;
    const std::int64_t off = sum - coarse.price.nanos_per_kwh() * coarse.quarters;
    if (off > hundredth * coarse.quarters || off < -hundredth * coarse.quarters)
      return malformed("the price of the period at " + day_.quarter_text(coarse.first) +
                       " is not the mean of its quarters");
  }
  return {};
}

Result<std::vector<MarketPrice>> DayBuilder::finish() {
  const auto is_known = [](const Quarter& quarter) { return quarter.length.count() > 0; };
  const auto missing = std::ranges::find_if_not(quarters_, is_known);
  if (!found_any_) return failure(ErrorCode::not_published, what() + " is not published yet");
  if (missing != quarters_.end()) {
    const Slot slot = day_.slots().first + (missing - quarters_.begin());
    const auto count = quarters_.size() - static_cast<std::size_t>(std::ranges::count_if(quarters_, is_known));
    const std::string of = " (" + std::to_string(count) + " of " + std::to_string(quarters_.size()) + " are)";
    if (skips() && missing != quarters_.begin() && std::cmp_equal(count, quarters_.end() - missing))
      return failure(ErrorCode::not_published,
                     what() + " is published only until " + day_.quarter_text(slot) + "; quarters are missing" + of);
    return malformed("quarter " + day_.quarter_text(slot) + " is missing" + of);
  }
  if (auto means = check_means(); !means) return std::move(means).failed();
  std::vector<MarketPrice> prices;
  prices.reserve(quarters_.size());
  for (const Quarter& quarter : quarters_)
    prices.push_back({.slot = day_.slots().first + std::ssize(prices),
                      .price = quarter.price,
                      .published_at = quarter.published_at,
                      .fetched_at = request_.fetched_at,
                      .source = request_.source});
  return prices;
}

}  // namespace

Result<std::vector<MarketPrice>> day_prices(const PriceDocument& document, const DayRequest& request,
                                            const TimeZone& zone) {
  DayBuilder builder(document, request, zone);
  if (auto added = builder.add_all(); !added) return std::move(added).failed();
  return builder.finish();
}

}  // namespace gridpilot::codec
