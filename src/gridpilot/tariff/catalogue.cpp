#include "gridpilot/tariff/catalogue.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "gridpilot/core/text.hpp"

namespace gridpilot::tariff {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string not_known(std::string_view name, const std::vector<std::shared_ptr<const DistributionGroup>>& groups) {
  std::vector<std::string> names;
  for (const auto& group : groups) {
    names.push_back(group->name());
    names.push_back(group->short_name());
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  std::string message = "tariff '" + std::string(name) + "' is not known";
  if (const std::string_view near = nearest(lower(name), views); !near.empty())
    message += "; did you mean " + std::string(near) + "?";
  return message + " (`gridpilot tariff list` names them all)";
}

/// A zone that none of the groups has, as a sentence: a misspelt one would otherwise be silently without effect.
std::optional<std::string> first_unknown_zone(const OwnRates& own,
                                              const std::vector<std::shared_ptr<const DistributionGroup>>& groups) {
  std::vector<std::string_view> zones;
  for (const auto& group : groups)
    for (const Zone& zone : group->zones)
      if (std::find(zones.begin(), zones.end(), zone.name) == zones.end()) zones.push_back(zone.name);
  for (const auto& [name, rate] : own.rate_of_zone) {
    if (std::find(zones.begin(), zones.end(), name) != zones.end()) continue;
    std::string message = groups.front()->short_name() + " has no zone '" + name + "'; it has " + joined(zones);
    if (const std::string_view near = nearest(name, zones); !near.empty())
      message += "; did you mean " + std::string(near) + "?";
    return message;
  }
  return std::nullopt;
}

}  // namespace

std::optional<GrossPrice> DefaultSeller::find(std::string_view group, std::string_view zone) const {
  for (const Rate& rate : rates)
    if (rate.group == group && rate.zone == zone) return rate.rate;
  return std::nullopt;
}

void Catalogue::add(DistributionGroup group) {
  const std::string name = group.name();
  std::erase_if(groups_, [&](const auto& known) { return known->name() == name; });
  groups_.push_back(std::make_shared<const DistributionGroup>(std::move(group)));
  std::sort(groups_.begin(), groups_.end(), [](const auto& a, const auto& b) {
    return std::tie(a->operator_id, a->group, a->valid.from) < std::tie(b->operator_id, b->group, b->valid.from);
  });
}

void Catalogue::add(DefaultSeller seller) {
  std::erase_if(sellers_, [&](const DefaultSeller& known) {
    return known.operator_id == seller.operator_id && known.validity_id == seller.validity_id;
  });
  sellers_.push_back(std::move(seller));
}

void Catalogue::add(ExportTerms terms) {
  std::erase_if(export_terms_, [&](const ExportTerms& known) { return known.valid.from == terms.valid.from; });
  export_terms_.push_back(std::move(terms));
}

Result<std::vector<std::shared_ptr<const DistributionGroup>>> Catalogue::find(std::string_view name) const {
  const std::string wanted = lower(name);
  std::vector<std::shared_ptr<const DistributionGroup>> found;
  for (const auto& group : groups_)
    if (group->name() == wanted || group->short_name() == wanted) found.push_back(group);
  if (found.empty()) return failure(ErrorCode::not_found, not_known(name, groups_));
  return found;
}

Result<std::shared_ptr<const DistributionGroup>> Catalogue::find(std::string_view name,
                                                                 std::chrono::year_month_day date) const {
  auto candidates = find(name);
  if (!candidates) return std::move(candidates).failed();
  std::string known;
  for (const auto& group : *candidates) {
    if (group->valid.contains(date)) return group;
    known += (known.empty() ? "" : "; ") + group->name() + " is valid " + to_text(group->valid);
  }
  return failure(ErrorCode::bad_input,
                 "tariff '" + std::string(name) + "' has no rates for " + to_iso(date) + ": " + known);
}

const DefaultSeller* Catalogue::default_seller(const DistributionGroup& group) const {
  for (const DefaultSeller& seller : sellers_)
    if (seller.operator_id == group.operator_id && seller.valid.from <= group.valid.from &&
        group.valid.to <= seller.valid.to)
      return &seller;
  return nullptr;
}

const ExportTerms* Catalogue::export_terms(std::chrono::year_month_day date) const {
  for (const ExportTerms& terms : export_terms_)
    if (terms.valid.contains(date)) return &terms;
  return nullptr;
}

Result<EnergyPart> Catalogue::energy_part(const DistributionGroup& group, const EnergyChoice& choice) const {
  if (const auto* market = std::get_if<MarketEnergy>(&choice)) return EnergyPart(*market);
  FixedEnergy fixed;
  const auto* own = std::get_if<OwnRates>(&choice);
  const DefaultSeller* seller = own == nullptr ? default_seller(group) : nullptr;
  for (const Zone& zone : group.zones) {
    std::optional<GrossPrice> rate;
    if (own != nullptr) {
      for (const auto& [name, owners_rate] : own->rate_of_zone)
        if (name == zone.name) rate = owners_rate;
    } else if (seller != nullptr) {
      rate = seller->find(group.group, zone.name);
    }
    if (!rate)
      return failure(ErrorCode::bad_input, "no fixed energy rate for zone '" + zone.name + "' of " + group.name() +
                                               (own == nullptr ? ": the default seller's is not known, so give your own"
                                                               : " among the rates given"));
    fixed.rate_of_zone.push_back(*rate);
  }
  return EnergyPart(std::move(fixed));
}

Result<ExportPart> Catalogue::export_part(const DistributionGroup& group, const ExportChoice& choice) const {
  if (const auto* fixed = std::get_if<FixedExport>(&choice)) return ExportPart(*fixed);
  const auto& changes = std::get<RceExportChoice>(choice);
  const ExportTerms* terms = export_terms(group.valid.from);
  if (terms == nullptr && !(changes.rule && changes.factor))
    return failure(ErrorCode::bad_input,
                   "no export terms are known for " + to_iso(group.valid.from) + ": give the hour rule and the factor");
  RceExport part = terms == nullptr ? RceExport{} : terms->terms;
  part.rule = changes.rule.value_or(part.rule);
  part.factor = changes.factor.value_or(part.factor);
  part.value_share = changes.value_share.value_or(part.value_share);
  return ExportPart(part);
}

Result<ContractBook> Catalogue::contracts(std::string_view name, const EnergyChoice& energy,
                                          const ExportChoice& feed_in) const {
  auto groups = find(name);
  if (!groups) return std::move(groups).failed();
  if (const auto* own = std::get_if<OwnRates>(&energy))
    if (auto fault = first_unknown_zone(*own, *groups)) return failure(ErrorCode::bad_input, std::move(*fault));
  std::vector<Contract> contracts;
  std::optional<Error> first_fault;
  for (const auto& group : *groups) {
    auto part = energy_part(*group, energy);
    auto credit = export_part(*group, feed_in);
    if (part && credit)
      contracts.push_back({group, std::move(*part), *credit});
    else if (!first_fault)
      first_fault = part ? std::move(credit.error()) : std::move(part.error());
  }
  if (contracts.empty() && first_fault) return std::unexpected(std::move(*first_fault));
  return ContractBook::create(std::move(contracts));
}

}  // namespace gridpilot::tariff
