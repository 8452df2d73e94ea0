#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gridpilot/core/result.hpp"
#include "gridpilot/domain/currency.hpp"

/// Documents of banks that fix exchange rates. Every decoder gives the days of its document; malformed, naming the
/// place, where a rate is no number above zero, a currency or date is not one, or one day stands there twice
/// differently.
namespace gridpilot::codec {

/// NBP table A: {"code": "EUR", "rates": [{"effectiveDate": "2025-10-22", "mid": 4.2393}, …]}, and whole tables
/// [{"effectiveDate": …, "rates": [{"code": "EUR", "mid": …}]}]. Own currency PLN.
[[nodiscard]] Result<std::vector<FixingTable>> parse_nbp_fixings(std::string_view json);
/// CNB daily rates: {"rates": [{"validFor": …, "amount": 100, "currencyCode": "HUF", "rate": 6.243}, …]}. Own currency
/// CZK.
[[nodiscard]] Result<std::vector<FixingTable>> parse_cnb_fixings(std::string_view json);
/// ECB reference rates (daily, 90 days or all of history): <Cube time="2025-10-22"><Cube currency="PLN"
/// rate="4.2393"/>. Own currency EUR.
[[nodiscard]] Result<std::vector<FixingTable>> parse_ecb_fixings(std::string_view xml);

/// Asks a bank for the fixings that may be in force on a day: those of the ten days before and its own.
struct FixingQuery {
  std::string_view url;  ///< the bank's address
  Currency from;
  std::chrono::year_month_day day;
};
struct FixingKind {
  std::string_view name;   ///< "nbp"
  std::string_view about;  ///< one line for lists
  std::string_view url;
  std::string_view accept;
  std::string (*address)(const FixingQuery& query);
  Result<std::vector<FixingTable>> (*read)(std::string_view body);
};
[[nodiscard]] std::span<const FixingKind> fixing_kinds();
/// Null where there is none of that name.
[[nodiscard]] const FixingKind* fixing_kind_named(std::string_view name);

}  // namespace gridpilot::codec
