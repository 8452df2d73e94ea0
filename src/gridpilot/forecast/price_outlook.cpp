#include "gridpilot/forecast/price_outlook.hpp"

#include <algorithm>
#include <cmath>

namespace gridpilot::forecast {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::size_t quarters_an_hour = std::chrono::hours(1) / slot_length;
constexpr double day_retained = 0.85;  // of a day's weight in level and shape, per day
constexpr double other_kind_share = 0.05;
constexpr days shape_days{28};
constexpr std::ptrdiff_t days_before_learning = 7;
// Compressed prices stay within what sinh turns into 27 spreads.
constexpr double largest_centre = 4.0;
// Another's word: fades by a tenth of a percent per slot; two days of it must prove themselves before they count half.
constexpr double advice_retained = 0.999;
constexpr double advice_ridge_slots = 2.0 * civil_quarters;

enum FeatureName : std::size_t {
  yesterday,
  day_before,
  week_before,
  shape,
  shape_of_kind,
  mean_yesterday,
  evening_yesterday,
  least_yesterday,
  greatest_yesterday,
  mean_of_week,
  mean_day_before,
  is_saturday,
  is_free,
  follows_saturday,
  follows_free,
  constant,
};
static_assert(constant + 1 == HourlyRegression::feature_count);

constexpr HourlyRegression::Features prior_weights() {
  HourlyRegression::Features prior{};
  prior[yesterday] = 0.3;
  prior[shape] = 0.2;
  prior[shape_of_kind] = 0.3;
  prior[mean_yesterday] = 0.2;
  return prior;
}

/// 0 for working days, 1 for Saturdays, 2 for Sundays and holidays.
constexpr std::size_t working = 0, saturday = 1, free_kind = 2;

}  // namespace

PriceForecaster::PriceForecaster(TimeZone zone, IsFreeDay is_free_day)
    : zone_(std::move(zone)),
      is_free_day_(std::move(is_free_day)),
      leads_(leads, Lead{.regression = HourlyRegression(prior_weights()), .errors = {}, .made = {}}) {}

std::size_t PriceForecaster::kind_of(sys_days date) const {
  if (!is_free_day_(date)) return working;
  return std::chrono::weekday(date) == std::chrono::Saturday ? saturday : free_kind;
}

std::size_t PriceForecaster::quarter_of(Slot slot) const {
  return static_cast<std::size_t>(std::chrono::minutes(zone_.civil(slot.start()).minute_of_day()) / slot_length);
}

void PriceForecaster::learn(const Observation& known) {
  const CivilTime local = zone_.civil(known.slot.start());
  const auto quarter = static_cast<std::size_t>(std::chrono::minutes(local.minute_of_day()) / slot_length);
  const sys_days date(local.date);
  weigh_advice(known.slot, known.value);
  const PriceHistory::Change change = history_.put(date, quarter, known.value);
  if (closed_ && date <= *closed_) {
    if (change != PriceHistory::Change::none) is_stale_ = true;
    return;
  }
  known_ahead_.insert(known.slot);
  if (quarter + 1 < civil_quarters) return;
  const sys_days oldest = history_.days().front().date;
  sys_days next = closed_ ? *closed_ + days(1) : oldest;
  // A history that began anew after a long hole has no day to go on from.
  if (next < oldest) {
    for (Lead& lead : leads_) lead.made.clear();
    is_stale_ = false;
    next = oldest;
  }
  for (; next <= date; next += days(1)) close(next);
  known_ahead_.erase(known_ahead_.begin(), known_ahead_.upper_bound(known.slot));
}

/// Takes in a whole day: first what was foretold of it is judged and learnt from, then the next days are foreseen.
void PriceForecaster::close(sys_days date) {
  if (is_stale_ && closed_) foresee(*closed_);
  closed_ = date;
  const PriceHistory::Day* const day = history_.find(date);
  for (Lead& lead : leads_) {
    while (!lead.made.empty() && lead.made.front().date < date) lead.made.pop_front();
    if (lead.made.empty() || lead.made.front().date != date) continue;
    if (day != nullptr) judge(lead, *day);
    lead.made.pop_front();
  }
  foresee(date);
}

void PriceForecaster::judge(Lead& lead, const PriceHistory::Day& day) const {
  const DayForecast& made = lead.made.front();
  if (!made.is_evidence || day.known.none()) return;
  std::vector<HourlyRegression::Example> examples;
  examples.reserve(civil_quarters);
  lead.errors.begin_day();
  std::size_t outside = 0;
  for (std::size_t quarter = 0; quarter < civil_quarters; ++quarter) {
    const std::optional<double> value = day.at(quarter);
    if (!value) continue;
    const std::size_t hour = quarter / quarters_an_hour;
    const double target = std::asinh((*value - made.level) / made.spread);
    lead.errors.learn(hour, target - made.centre[quarter]);
    examples.push_back({.hour = hour, .features = made.features[quarter], .target = target});
    if (*value < made.quantiles[quarter].p10 || *value > made.quantiles[quarter].p90) ++outside;
  }
  lead.errors.judge_band(static_cast<double>(outside) / static_cast<double>(examples.size()));
  lead.regression.learn_day(examples);
}

/// What the four weeks up to a whole day have in common, with the shape of one kind of day among them.
PriceForecaster::Recent PriceForecaster::recent(sys_days last, std::size_t kind) const {
  Recent recent{.all = {}, .of_kind = {}};
  double total = 0.0, total_of_kind = 0.0, squares = 0.0, week = 0.0, week_days = 0.0;
  for (const PriceHistory::Day& day : history_.days()) {
    if (day.date > last || last - day.date >= shape_days) continue;
    const double weight = std::pow(day_retained, static_cast<double>((last - day.date).count()));
    const double kind_weight = weight * (kind_of(day.date) == kind ? 1.0 : other_kind_share);
    for (std::size_t quarter = 0; quarter < civil_quarters; ++quarter) {
      const double value = day.values[quarter];
      recent.all[quarter] += weight * value;
      recent.of_kind[quarter] += kind_weight * value;
      squares += weight * value * value;
    }
    total += weight;
    total_of_kind += kind_weight;
    if (last - day.date < std::chrono::weeks(1)) {
      week += day.mean;
      week_days += 1.0;
    }
    ++recent.days;
  }
  for (std::size_t quarter = 0; quarter < civil_quarters; ++quarter) {
    recent.level += recent.all[quarter] / total / static_cast<double>(civil_quarters);
    recent.all[quarter] /= total;
    recent.of_kind[quarter] /= total_of_kind;
  }
  const double variance = squares / total / static_cast<double>(civil_quarters) - recent.level * recent.level;
  // A market whose price hardly moves still has room to.
  recent.spread = std::max({std::sqrt(std::max(variance, 0.0)), 0.02 * std::fabs(recent.level), 1e-9});
  recent.week = week / week_days;
  return recent;
}

/// Level, spread and features of a day, from the days up to the last whole one.
void PriceForecaster::describe(DayForecast& made, sys_days last_date) const {
  const std::size_t kind = kind_of(made.date);
  const std::size_t last_kind = kind_of(last_date);
  const PriceHistory::Day& last = *history_.find(last_date);
  const auto or_last = [&](sys_days date) -> const PriceHistory::Day& {
    const PriceHistory::Day* const found = history_.find(date);
    return found == nullptr ? last : *found;
  };
  const PriceHistory::Day& before = or_last(last_date - days(1));
  const PriceHistory::Day& same_weekday =
      or_last(made.date - std::chrono::ceil<std::chrono::weeks>(made.date - last_date));
  const Recent past = recent(last_date, kind);
  made.level = past.level;
  made.spread = past.spread;
  made.is_evidence = past.days > days_before_learning;

  const auto compressed = [&](double value) { return std::asinh((value - made.level) / made.spread); };
  constexpr std::size_t evening = 3 * quarters_an_hour;
  double evening_mean = 0.0;
  for (std::size_t quarter = civil_quarters - evening; quarter < civil_quarters; ++quarter)
    evening_mean += last.values[quarter] / static_cast<double>(evening);
  const auto [least, greatest] = std::ranges::minmax(last.values);
  Features common{};
  common[mean_yesterday] = compressed(last.mean);
  common[evening_yesterday] = compressed(evening_mean);
  common[least_yesterday] = compressed(least);
  common[greatest_yesterday] = compressed(greatest);
  common[mean_of_week] = compressed(past.week);
  common[mean_day_before] = compressed(before.mean);
  common[is_saturday] = kind == saturday ? 1.0 : 0.0;
  common[is_free] = kind == free_kind ? 1.0 : 0.0;
  common[follows_saturday] = last_kind == saturday ? 1.0 : 0.0;
  common[follows_free] = last_kind == free_kind ? 1.0 : 0.0;
  common[constant] = 1.0;
  for (std::size_t quarter = 0; quarter < civil_quarters; ++quarter) {
    Features& features = made.features[quarter];
    features = common;
    features[yesterday] = compressed(last.values[quarter]);
    features[day_before] = compressed(before.values[quarter]);
    features[week_before] = compressed(same_weekday.values[quarter]);
    features[shape] = compressed(past.all[quarter]);
    features[shape_of_kind] = compressed(past.of_kind[quarter]);
  }
}

PriceForecaster::DayForecast PriceForecaster::make(std::size_t lead, sys_days date, sys_days last) const {
  DayForecast made{.date = date, .features = {}, .centre = {}, .quantiles = {}};
  describe(made, last);
  for (std::size_t hour = 0; hour < ErrorSpread::hours; ++hour) {
    const ErrorSpread::Levels errors = leads_[lead].errors.quantiles(hour);
    for (std::size_t quarter = hour * quarters_an_hour; quarter < (hour + 1) * quarters_an_hour; ++quarter) {
      made.centre[quarter] =
          std::clamp(leads_[lead].regression.predict(hour, made.features[quarter]), -largest_centre, largest_centre);
      ErrorSpread::Levels prices{};
      for (std::size_t level = 0; level < prices.size(); ++level)
        prices[level] = made.level + made.spread * std::sinh(made.centre[quarter] + errors[level]);
      made.quantiles[quarter] = Quantiles::from_levels(prices);
    }
  }
  return made;
}

/// Makes the forecasts of the days after the last whole one, anew where a value they rest on was corrected.
void PriceForecaster::foresee(sys_days last) {
  is_stale_ = false;
  if (history_.find(last) == nullptr) return;  // a hole behind it made the history begin anew
  coming_.clear();
  coming_first_ = zone_.slots_of(last + days(1)).first;
  for (std::size_t lead = 0; lead < leads; ++lead) {
    const sys_days date = last + days(static_cast<int>(lead) + 1);
    std::deque<DayForecast>& made = leads_[lead].made;
    if (!made.empty() && made.back().date == date) made.pop_back();
    made.push_back(make(lead, date, last));
    append(made.back());
  }
}

void PriceForecaster::append(const DayForecast& made) {
  const SlotRange slots = zone_.slots_of(made.date);
  const bool is_plain = slots.size() == static_cast<std::int64_t>(civil_quarters);
  for (Slot slot = slots.first; slot < slots.last; slot = slot.next())
    coming_.push_back(made.quantiles[is_plain ? static_cast<std::size_t>(slot - slots.first) : quarter_of(slot)]);
}

void PriceForecaster::extend_to(Slot end, sys_days last) {
  while (coming_first_ + std::ssize(coming_) < end) {
    const sys_days date(zone_.date_of((coming_first_ + std::ssize(coming_)).start()));
    if (date - last > reach || history_.find(last) == nullptr) return;
    append(make(leads - 1, date, last));
  }
}

std::vector<std::optional<Quantiles>> PriceForecaster::forecast(Instant /*issued_at*/, SlotRange range,
                                                                std::span<const WeatherSlot> /*weather*/) {
  std::vector<std::optional<Quantiles>> expected(static_cast<std::size_t>(std::max<std::int64_t>(range.size(), 0)));
  if (!closed_ || expected.empty()) return expected;
  if (is_stale_) foresee(*closed_);
  extend_to(range.last, *closed_);
  const Slot first = std::max(range.first, coming_first_);
  const Slot last = std::min(range.last, coming_first_ + std::ssize(coming_));
  for (Slot slot = first; slot < last; slot = slot.next()) {
    if (!known_ahead_.empty() && known_ahead_.contains(slot)) continue;
    expected[static_cast<std::size_t>(slot - range.first)] =
        advised(slot, coming_[static_cast<std::size_t>(slot - coming_first_)]);
  }
  return expected;
}

std::optional<Quantiles> PriceForecaster::at(Slot slot) {
  return forecast(slot.start(), {slot, slot.next()}, {}).front();
}

void PriceForecaster::advise(Slot slot, double value) {
  advice_.insert_or_assign(slot, value);
}

/// Once the price is known, another's word is compared with ours: how much of the distance between them was right?
void PriceForecaster::weigh_advice(Slot slot, double value) {
  const auto found = advice_.find(slot);
  if (found == advice_.end()) return;
  const double advice = found->second;
  advice_.erase(advice_.begin(), std::next(found));
  const std::int64_t place = slot - coming_first_;
  if (!closed_ || place < 0 || place >= std::ssize(coming_) || known_ahead_.contains(slot)) return;
  const double own = coming_[static_cast<std::size_t>(place)].p50;
  const double spread = leads_.front().made.back().spread;
  const double distance = (advice - own) / spread;
  advice_squares_ = advice_retained * advice_squares_ + distance * distance;
  advice_products_ = advice_retained * advice_products_ + distance * (value - own) / spread;
}

Quantiles PriceForecaster::advised(Slot slot, Quantiles own) const {
  if (advice_.empty() || advice_products_ <= 0.0) return own;
  const auto found = advice_.find(slot);
  if (found == advice_.end()) return own;
  // Ridge of two days in which the word differed by a third of the spread.
  const double trust = std::min(advice_products_ / (advice_squares_ + advice_ridge_slots / 9.0), 1.0);
  const double shift = trust * (found->second - own.p50);
  return {own.p10 + shift, own.p30 + shift, own.p50 + shift, own.p70 + shift, own.p90 + shift};
}

}  // namespace gridpilot::forecast
