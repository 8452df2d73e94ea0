#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gridpilot/tariff/contract.hpp"

namespace gridpilot::tariff {

/// The default seller's fixed rates of one operator's area for one validity, by group and zone, gross with excise.
struct DefaultSeller {
  struct Rate {
    std::string group;
    std::string zone;
    GrossPrice rate;
  };
  std::string operator_id;
  std::string validity_id;
  Validity valid;
  std::vector<Rate> rates;
  std::vector<std::string> sources;

  [[nodiscard]] std::optional<GrossPrice> find(std::string_view group, std::string_view zone) const;
};

/// How exported energy is credited while it is valid; the terms a home has unless its owner says otherwise.
struct ExportTerms {
  Validity valid;
  RceExport terms;
  std::vector<std::string> sources;
  std::vector<std::string> notes;
};

/// An owner's own fixed rates, by name of the zone.
struct OwnRates {
  std::vector<std::pair<std::string, GrossPrice>> rate_of_zone;
};
/// The default seller's rates of the operator's area.
struct DefaultSellerRates {};
/// How the owner buys energy.
using EnergyChoice = std::variant<MarketEnergy, DefaultSellerRates, OwnRates>;

/// How export is credited: what the dated terms say, with the owner's changes.
struct RceExportChoice {
  std::optional<RceHourRule> rule;
  std::optional<Ratio> factor;
  std::optional<Ratio> value_share;
};
using ExportChoice = std::variant<RceExportChoice, FixedExport>;

/// Every group, default seller and export rule there is data for. Filled once at the edge (config/contract_files.hpp).
class Catalogue {
 public:
  /// A group of the same name as one that is there takes its place, and so does an owner's file for a shipped one.
  void add(DistributionGroup group);
  void add(DefaultSeller seller);
  void add(ExportTerms terms);

  /// In order of operator, group and validity.
  [[nodiscard]] const std::vector<std::shared_ptr<const DistributionGroup>>& groups() const { return groups_; }

  /// Every validity that a name stands for: one for "tauron-g12w-2026", all for "tauron-g12w". not_found with the
  /// nearest name where there is none. Upper and lower case are the same.
  [[nodiscard]] Result<std::vector<std::shared_ptr<const DistributionGroup>>> find(std::string_view name) const;
  /// The one that is valid on a date; bad_input with the known validities where none is.
  [[nodiscard]] Result<std::shared_ptr<const DistributionGroup>> find(std::string_view name,
                                                                      std::chrono::year_month_day date) const;
  [[nodiscard]] const DefaultSeller* default_seller(const DistributionGroup& group) const;
  /// The terms valid on a date; null where there are none.
  [[nodiscard]] const ExportTerms* export_terms(std::chrono::year_month_day date) const;

  /// The contracts of a home over all validities of the name for which there are rates; bad_input with the first reason
  /// where there are none for any, or where the owner's rates name a zone that no validity has.
  [[nodiscard]] Result<ContractBook> contracts(std::string_view name, const EnergyChoice& energy,
                                               const ExportChoice& feed_in) const;

 private:
  [[nodiscard]] Result<EnergyPart> energy_part(const DistributionGroup& group, const EnergyChoice& choice) const;
  [[nodiscard]] Result<ExportPart> export_part(const DistributionGroup& group, const ExportChoice& choice) const;

  std::vector<std::shared_ptr<const DistributionGroup>> groups_;
  std::vector<DefaultSeller> sellers_;
  std::vector<ExportTerms> export_terms_;
};

}  // namespace gridpilot::tariff
