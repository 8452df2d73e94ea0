#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <map>
#include <optional>
#include <string_view>

#include "gridpilot/core/money.hpp"
#include "gridpilot/core/result.hpp"
#include "gridpilot/core/time.hpp"

namespace gridpilot {

/// A currency by its three capital letters (ISO 4217).
class Currency {
 public:
  /// nullopt for anything but three capital letters.
  [[nodiscard]] static std::optional<Currency> parse(std::string_view text);
  [[nodiscard]] static constexpr Currency pln() { return Currency({'P', 'L', 'N'}); }
  [[nodiscard]] static constexpr Currency eur() { return Currency({'E', 'U', 'R'}); }
  [[nodiscard]] constexpr std::string_view text() const { return {letters_.data(), letters_.size()}; }
  [[nodiscard]] friend constexpr auto operator<=>(const Currency&, const Currency&) = default;

 private:
  explicit constexpr Currency(std::array<char, 3> letters) : letters_(letters) {}
  std::array<char, 3> letters_;
};

/// The rates that a bank fixed on one day, each as amounts of equal worth: `amount` of the currency is worth `worth` of
/// the bank's own. So both ways of quoting stay exact.
struct FixingTable {
  struct Rate {
    Ratio amount;  ///< above 0
    Ratio worth;   ///< above 0
  };
  std::chrono::year_month_day fixed_on;
  Currency own;  ///< the bank's currency, which has no entry
  std::map<Currency, Rate> rates = {};
  Instant fetched_at{};
};

/// A price of one unit of a currency in another, and where it comes from.
struct CurrencyFixing {
  Currency from;
  Currency to;
  Ratio rate;  ///< what one of `from` is worth in `to`
  std::chrono::year_month_day fixed_on;
  std::string_view source;  ///< must outlive the prices that were converted by it
  Instant fetched_at{};
  [[nodiscard]] friend bool operator==(const CurrencyFixing&, const CurrencyFixing&) = default;
};

/// What one source has fixed, day by day.
class FixingBook {
 public:
  /// Weekends and holidays have no fixing of their own; an older one than this is no longer in force.
  static constexpr std::chrono::days oldest{10};

  void merge(FixingTable table);
  /// The last fixing on or before the day; not_found naming the pair where there is none or it is too old.
  [[nodiscard]] Result<CurrencyFixing> in_force_on(std::chrono::year_month_day day, Currency from, Currency to) const;
  [[nodiscard]] const std::map<std::chrono::year_month_day, FixingTable>& tables() const { return tables_; }
  void forget_before(std::chrono::year_month_day day) { tables_.erase(tables_.begin(), tables_.lower_bound(day)); }

 private:
  std::map<std::chrono::year_month_day, FixingTable> tables_;
};

}  // namespace gridpilot
