#include "gridpilot/net/rate_limit.hpp"

#include <algorithm>
#include <array>

#include "gridpilot/core/text.hpp"

namespace gridpilot::net {

void RateLimit::forget(Instant now) {
  if (!policy_) {
    asked_.clear();
    return;
  }
  std::erase_if(asked_, [&](Instant asked) { return asked > now || now - asked >= policy_->window; });
}

std::optional<Instant> RateLimit::refuse_until(Instant now) {
  forget(now);
  std::optional<Instant> until;
  if (wait_until_) {
    // Over, or the clock was set back.
    if (now >= *wait_until_ || *wait_until_ - now > longest_wait)
      wait_until_.reset();
    else
      until = wait_until_;
  }
  if (policy_ && asked_.size() >= policy_->questions) {
    const Instant free = asked_[asked_.size() - policy_->questions] + policy_->window;
    until = std::max(until.value_or(free), free);
  }
  return until;
}

void RateLimit::note(Instant now) {
  if (policy_) asked_.push_back(now);
}

void RateLimit::wait_for(Seconds pause, Instant now) {
  const Instant until = now + std::clamp(pause, Seconds(1), longest_wait);
  wait_until_ = std::max(wait_until_.value_or(until), until);
}

void RateLimit::take_over(const std::vector<Instant>& asked, Instant now) {
  asked_.insert(asked_.end(), asked.begin(), asked.end());
  std::ranges::sort(asked_);
  forget(now);
}

namespace {

/// "Sun, 06 Nov 1994 08:49:37 GMT"; the two obsolete forms are not read.
std::optional<Instant> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' ||
      text.substr(25) != " GMT")
    return std::nullopt;
  const auto* const month = std::ranges::find(months, text.substr(8, 3));
  if (month == months.end()) return std::nullopt;
  const auto number = static_cast<unsigned>(month - months.begin()) + 1;
  std::string iso(text.substr(12, 4));
  iso += number < 10 ? "-0" : "-";
  iso += std::to_string(number);
  iso += '-';
  iso += text.substr(5, 2);
  iso += 'T';
  iso += text.substr(17, 8);
  iso += 'Z';
  return parse_rfc3339(iso);
}

}  // namespace

std::optional<Seconds> parse_retry_after(std::string_view text, Instant now) {
  if (const auto date = parse_http_date(text)) return std::max(*date - now, Seconds(0));
  // Longer numbers are no pause that anybody means, and must not overflow.
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  const auto seconds = parse_integer(text);
  if (!seconds) return std::nullopt;
  return Seconds(*seconds);
}

}  // namespace gridpilot::net
