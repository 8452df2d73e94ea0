#include "gridpilot/app/commands/tariff.hpp"

#include <fmt/format.h>

#include <ostream>

#include "gridpilot/app/commands/contract_choice.hpp"
#include "gridpilot/core/civil_time.hpp"
#include "gridpilot/core/json_writer.hpp"
#include "gridpilot/core/text.hpp"
#include "gridpilot/os/clock.hpp"
#include "gridpilot/tariff/pricing.hpp"

namespace gridpilot::app {
namespace {

constexpr int nano_decimals = 9;
/// PLN per MWh; beyond any market's limits by far, so a typing error.
constexpr double largest_market_price = 1e6;

template <class Tax>
void write_price(json::Writer& json, json::Name name, const std::optional<EnergyPrice<Tax>>& price) {
  json.key(name);
  if (price)
    json.decimal(price->nanos_per_kwh(), nano_decimals);
  else
    json.null();
}
template <class Tax>
void write_price(json::Writer& json, json::Name name, EnergyPrice<Tax> price) {
  write_price(json, name, std::optional(price));
}

void write_identity(json::Writer& json, const tariff::DistributionGroup& group) {
  json.member("tariff", group.name());
  json.member("valid_from", to_iso(group.valid.from));
  json.member("valid_to", to_iso(group.valid.to));
}

/// The contract that a command prices with: the named group, with the configuration's energy and export part.
Result<tariff::Contract> contract_for(const config::Loaded& loaded, const std::string& name,
                                      std::chrono::year_month_day date) {
  auto group = loaded.catalogue.find(name, date);
  if (!group) return std::move(group).failed();
  const auto& settings = loaded.configuration.tariff;
  auto book = loaded.catalogue.contracts((*group)->name(), settings.energy, settings.feed_in);
  if (!book) return std::move(book).failed();
  return book->contracts().front();
}

std::string price_document(const tariff::Contract& contract, const tariff::Zone& zone,
                           const tariff::ImportPrice& import, NetPrice market) {
  const tariff::DistributionGroup& group = *contract.distribution;
  GrossPrice credit;
  if (const auto* rce = std::get_if<tariff::RceExport>(&contract.feed_in))
    credit = tariff::rce_credit(*rce, {market});
  else
    credit = std::get<tariff::FixedExport>(contract.feed_in).rate;
  std::string text;
  json::Writer json(text);
  json.begin_object();
  write_identity(json, group);
  json.member("zone", zone.name);
  json.key("vat_rate").decimal(group.vat.ppm, 6);
  json.key("import").begin_object();
  write_price(json, "market_net", import.market);
  write_price(json, "margin_net", import.margin);
  write_price(json, "excise_net", import.excise);
  if (import.energy) write_price(json, "energy_gross", import.energy);
  write_price(json, "network_net", import.network);
  write_price(json, "quality_net", import.charges.quality);
  write_price(json, "renewables_net", import.charges.renewables);
  write_price(json, "cogeneration_net", import.charges.cogeneration);
  write_price(json, "total_net", import.total_net);
  write_price(json, "total_gross", import.total_gross);
  json.end_object();
  json.key("export").begin_object();
  write_price(json, "market", market);
  write_price(json, "total", credit);
  json.end_object().end_object();
  return text;
}

/// One quarter of `tariff show`. What depends on the market is not in it.
struct ShownSlot {
  Slot slot;
  const tariff::Zone* zone = nullptr;  ///< null where the zone follows the grid signal
  GrossPrice delivery;                 ///< network and system charges with VAT
  std::optional<GrossPrice> seller;    ///< the default seller's rate
};

std::vector<ShownSlot> day_of(const tariff::DistributionGroup& group, const tariff::DefaultSeller* seller,
                              const TimeZone& zone, std::chrono::year_month_day date) {
  std::vector<ShownSlot> slots;
  const SlotRange range = zone.slots_of(date);
  for (Slot slot = range.first; slot < range.last; slot = slot.next()) {
    ShownSlot shown{.slot = slot};
    if (const auto index = tariff::zone_of(group, zone, slot, std::nullopt)) {
      shown.zone = &group.zones[*index];
      shown.delivery =
          with_vat(shown.zone->network + group.charges.quality + group.charges.renewables + group.charges.cogeneration,
                   group.vat);
      if (seller != nullptr) shown.seller = seller->find(group.group, shown.zone->name);
    }
    slots.push_back(shown);
  }
  return slots;
}

void print_json(const tariff::DistributionGroup& group, const std::vector<ShownSlot>& slots, std::ostream& out) {
  std::string text;
  json::Writer json(text);
  json.begin_object();
  write_identity(json, group);
  json.member("currency", group.currency);
  json.key("slots").begin_array();
  for (const ShownSlot& shown : slots) {
    json.begin_object();
    json.member("start", to_rfc3339(shown.slot.start()));
    json.member("end", to_rfc3339(shown.slot.end()));
    json.key("zone");
    if (shown.zone == nullptr) {
      json.null();
    } else {
      json.value(shown.zone->name);
      write_price(json, "network_net", shown.zone->network);
      write_price(json, "delivery_gross", shown.delivery);
      write_price(json, "default_seller_energy_gross", shown.seller);
    }
    json.end_object();
  }
  json.end_array().end_object();
  out << text << '\n';
}

std::string optional_price(const std::optional<GrossPrice>& price) {
  return price ? fmt::format("{:.4f}", price->per_kwh()) : "-";
}

void print_table(const tariff::DistributionGroup& group, const std::vector<ShownSlot>& slots, const TimeZone& zone,
                 std::ostream& out) {
  std::size_t width = 4;
  for (const tariff::Zone& each : group.zones) width = std::max(width, each.name.size());
  out << fmt::format("{:<5}  {:<{}}  {:>11}  {:>14}  {:>12}  {:>12}\n", "time", "zone", width, "network net",
                     "delivery gross", "seller gross", "total gross");
  for (const ShownSlot& shown : slots) {
    const std::optional<GrossPrice> total = shown.seller ? std::optional(shown.delivery + *shown.seller) : std::nullopt;
    out << fmt::format("{:<5}  {:<{}}  {:>11.4f}  {:>14.4f}  {:>12}  {:>12}\n", clock_text(zone, shown.slot.start()),
                       shown.zone->name, width, shown.zone->network.per_kwh(), shown.delivery.per_kwh(),
                       optional_price(shown.seller), optional_price(total));
  }
}

void print_signal_zones(const tariff::DistributionGroup& group, const tariff::SignalZones& signal, std::ostream& out) {
  out << "the zone is PSE's Kompas code of the hour:\n";
  for (std::size_t level = 0; level < signal.zone_of_level.size(); ++level) {
    const tariff::Zone& zone = group.zones[signal.zone_of_level[level]];
    out << fmt::format("{}  {:<24}  network net {:.4f}\n", level, zone.name, zone.network.per_kwh());
  }
}

}  // namespace

ExitCode list_tariffs(const TariffListOptions& options, const Streams& streams) {
  const auto loaded = configuration_or_defaults(options.configuration, streams);
  if (!loaded) return ExitCode::bad_input;
  for (const auto& group : loaded->catalogue.groups()) {
    if (!options.as_json) {
      streams.out << group->name() << '\n';
      continue;
    }
    std::string text;
    json::Writer json(text);
    json.begin_object();
    write_identity(json, *group);
    json.member("operator", group->operator_name);
    json.key("zones").begin_array();
    for (const tariff::Zone& zone : group->zones) json.value(zone.name);
    json.end_array().end_object();
    streams.out << text << '\n';
  }
  return ExitCode::done;
}

ExitCode show_tariff(const TariffShowOptions& options, const Streams& streams) {
  const auto loaded = configuration_or_defaults(options.configuration, streams);
  if (!loaded) return ExitCode::bad_input;
  const auto zone = TimeZone::load(loaded->configuration.time_zone);
  if (!zone) return refuse(zone.error(), streams);
  const auto date = options.date.empty() ? zone->date_of(os::SystemClock().now()) : parse_date(options.date);
  if (!date) return refuse("--date '" + options.date + "' is not a date; write it like 2026-05-04", streams);
  const auto group = loaded->catalogue.find(options.name, *date);
  if (!group) return refuse(group.error(), streams);

  const auto* signal = std::get_if<tariff::SignalZones>(&(*group)->zone_rule);
  const auto slots = day_of(**group, loaded->catalogue.default_seller(**group), *zone, *date);
  for (const std::string& note : (*group)->notes) streams.notices << (*group)->name() << ": " << note << '\n';
  if (options.as_json) {
    print_json(**group, slots, streams.out);
    return ExitCode::done;
  }
  streams.out << fmt::format("{} on {}, valid {}, {} per kWh\n", (*group)->name(), to_iso(*date),
                             to_text((*group)->valid), (*group)->currency);
  if (signal != nullptr)
    print_signal_zones(**group, *signal, streams.out);
  else
    print_table(**group, slots, *zone, streams.out);
  return ExitCode::done;
}

ExitCode price_tariff(const TariffPriceOptions& options, const Streams& streams) {
  const auto loaded = configuration_or_defaults(options.configuration, streams);
  if (!loaded) return ExitCode::bad_input;
  const auto zone = TimeZone::load(loaded->configuration.time_zone);
  if (!zone) return refuse(zone.error(), streams);
  const auto at = parse_rfc3339(options.at);
  if (!at)
    return refuse("--at '" + options.at + "' is not a time with its offset; write it like 2026-05-04T12:00+02:00",
                  streams);
  const auto market = parse_net_per_mwh(options.market);
  if (!market || market->per_kwh() * 1000.0 > largest_market_price ||
      market->per_kwh() * 1000.0 < -largest_market_price)
    return refuse("--market '" + options.market + "' is not a price in PLN per MWh; write it like 412.34", streams);

  const Slot slot = Slot::containing(*at);
  const auto contract = contract_for(*loaded, options.name, zone->date_of(*at));
  if (!contract) return refuse(contract.error(), streams);
  const tariff::DistributionGroup& group = *contract->distribution;
  const bool by_signal = std::holds_alternative<tariff::SignalZones>(group.zone_rule);
  if (by_signal && !options.grid_signal)
    return refuse(group.name() + " has its zones from PSE's Kompas: give the hour's code with --kompas 0, 1, 2 or 3",
                  streams);
  if (options.grid_signal && (*options.grid_signal < 0 || *options.grid_signal > 3))
    return refuse("--kompas " + std::to_string(*options.grid_signal) + " is not allowed; allowed: 0, 1, 2, 3", streams);
  if (!by_signal && options.grid_signal)
    streams.notices << group.name() << " does not follow the Kompas: --kompas has no effect\n";
  const auto zone_index = tariff::zone_of(group, *zone, slot, options.grid_signal);
  if (!zone_index) return refuse(zone_index.error(), streams);
  const auto import = tariff::import_price(*contract, *zone_index, market);
  if (!import) return refuse(import.error(), streams);
  streams.out << price_document(*contract, group.zones[*zone_index], *import, *market) << '\n';
  return ExitCode::done;
}

}  // namespace gridpilot::app
