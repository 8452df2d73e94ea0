#include "gridpilot/app/commands/plan_prices.hpp"

#include <ostream>
#include <utility>

#include "gridpilot/app/commands/contract_choice.hpp"
#include "gridpilot/app/commands/day_plan.hpp"
#include "gridpilot/codec/price_table.hpp"
#include "gridpilot/forecast/outlook.hpp"
#include "gridpilot/os/file.hpp"
#include "gridpilot/planner/horizon.hpp"
#include "gridpilot/planner/planner.hpp"
#include "gridpilot/tariff/holidays.hpp"
#include "gridpilot/tariff/pricing.hpp"

namespace gridpilot::app {
namespace {

/// One series of prices from a file stands for every series a contract asks for.
class FileMarket final : public tariff::MarketView {
 public:
  FileMarket(Slot first, std::vector<NetPrice> prices) : first_(first), prices_(std::move(prices)) {}
  [[nodiscard]] std::optional<tariff::Quote> quote(PriceSeries, Slot slot) const override {
    const std::int64_t index = slot - first_;
    if (index < 0 || index >= static_cast<std::int64_t>(prices_.size())) return std::nullopt;
    return tariff::Quote{.price = prices_[static_cast<std::size_t>(index)]};
  }

 private:
  Slot first_;
  std::vector<NetPrice> prices_;
};

/// What the command works on once its options are read.
struct DayTask {
  config::Configuration home;
  tariff::ContractBook book;
  TimeZone zone;
  std::chrono::year_month_day date;
  codec::PriceTable table;
  [[nodiscard]] SlotRange slots() const { return zone.slots_of(date); }
  [[nodiscard]] const tariff::Contract& contract() const { return book.contracts().front(); }
};

Result<std::optional<Ratio>> eur_rate(const PlanPricesOptions& options, std::chrono::year_month_day date,
                                      const Streams& streams) {
  if (!options.eur_rate.empty()) {
    const auto rate = codec::parse_exchange_rate(options.eur_rate);
    if (!rate)
      return failure(ErrorCode::bad_input,
                     "--eur-pln '" + options.eur_rate + "' is not a price of one EUR; write it like 4.2651");
    return rate;
  }
  if (!options.fixings) return std::optional<Ratio>();
  auto text = os::read_file_unpacked(*options.fixings);
  if (!text) return std::move(text).failed();
  auto fixing = codec::read_fixing(*text, date);
  if (!fixing) return std::unexpected(std::move(fixing.error()).in(options.fixings->string()));
  streams.notices << "EUR at " << static_cast<double>(fixing->rate.ppm) / 1e6 << " PLN, fixed on "
                  << to_iso(fixing->fixed_on) << '\n';
  return std::optional(fixing->rate);
}

Result<codec::PriceTable> read_prices(const PlanPricesOptions& options, const TimeZone& zone,
                                      std::chrono::year_month_day date, const Streams& streams) {
  const auto rate = eur_rate(options, date, streams);
  if (!rate) return rate.failed();
  std::optional<TimeZone> start_zone;
  if (!options.start_zone.empty()) {
    auto loaded = TimeZone::load(options.start_zone);
    if (!loaded) return std::unexpected(std::move(loaded.error()).in("--zone"));
    start_zone = std::move(*loaded);
  }
  auto text = os::read_file_unpacked(options.prices);
  if (!text) return std::move(text).failed();
  auto table = codec::read_price_table(*text, {.slots = zone.slots_of(date),
                                               .time_zone = zone,
                                               .column = options.price_column,
                                               .start_zone = start_zone ? &*start_zone : nullptr,
                                               .eur_rate = *rate});
  if (!table) return std::unexpected(std::move(table.error()).in(options.prices.string()));
  return table;
}

/// The contract of the day. The file is the index whatever the contract calls it: what a running gridpilot could not
/// fetch can be planned from a file.
Result<tariff::ContractBook> book_for_file(const config::Loaded& loaded, const std::string& name,
                                           std::chrono::year_month_day date) {
  auto group = loaded.catalogue.find(name, date);
  if (!group) return std::move(group).failed();
  tariff::EnergyChoice energy = loaded.configuration.tariff.energy;
  if (auto* market = std::get_if<tariff::MarketEnergy>(&energy); market != nullptr && !series_of(market->index))
    market->index = tariff::MarketIndex::sdac_15min;
  return loaded.catalogue.contracts((*group)->name(), energy, loaded.configuration.tariff.feed_in);
}

Result<DayTask> read_task(const PlanPricesOptions& options, config::Loaded loaded, const Streams& streams) {
  const auto date = parse_date(options.date);
  if (!date)
    return failure(ErrorCode::bad_input, "--date '" + options.date + "' is not a date; write it like 2025-10-26");
  const std::string& name = options.tariff.empty() ? loaded.configuration.tariff.contract : options.tariff;
  if (name.empty())
    return failure(ErrorCode::bad_input, "name a tariff with --tariff (`gridpilot tariff list` names them all)");
  if (!(options.initial_soc_percent >= 0.0 && options.initial_soc_percent <= 100.0))
    return failure(ErrorCode::bad_input, "--soc is a state of charge in percent; allowed: 0 to 100");
  auto zone = TimeZone::load(loaded.configuration.time_zone);
  if (!zone) return std::move(zone).failed();
  auto book = book_for_file(loaded, name, *date);
  if (!book) return std::move(book).failed();
  auto table = read_prices(options, *zone, *date, streams);
  if (!table) return std::move(table).failed();
  return DayTask{.home = std::move(loaded.configuration),
                 .book = std::move(*book),
                 .zone = std::move(*zone),
                 .date = *date,
                 .table = std::move(*table)};
}

/// The home that is planned for where there is no configuration.
void use_example_home(config::Configuration& home) {
  home.site.planes = {PvPlane{.peak = kilowatts(5)}};
  home.site.annual_consumption = kilowatt_hours(4000);
  home.battery.capacity = kilowatt_hours(10);
  home.battery.max_charge = kilowatts(5);
  home.battery.max_discharge = kilowatts(5);
}

/// The day's quarters with their prices and what a cloudless day and a usual household would bring.
Result<planner::Horizon> horizon_of(const DayTask& task) {
  const FileMarket market(task.slots().first, task.table.prices);
  const tariff::Pricer pricer(task.book, task.zone, market, {.assumed_signal = tariff::normal_signal_level});
  auto prices = pricer.prices(task.slots());
  if (!prices) return std::move(prices).failed();
  return planner::Horizon{.prices = std::move(*prices),
                          .outlook = forecast::standard_outlook(task.home.site, task.zone, task.slots())};
}

void notice_assumptions(const DayTask& task, const Streams& streams) {
  if (task.table.row_length != std::chrono::minutes(15))
    streams.notices << "each row of " << task.table.column << " holds for " << task.table.row_length.count()
                    << " minutes\n";
  const tariff::Contract& contract = task.contract();
  const bool buys_at_market = std::holds_alternative<tariff::MarketEnergy>(contract.energy);
  const bool sells_at_market = std::holds_alternative<tariff::RceExport>(contract.feed_in);
  if (buys_at_market && sells_at_market)
    streams.notices << task.table.column << " stands for both the price bought at and the RCE sold at\n";
  else if (!buys_at_market && sells_at_market)
    streams.notices << task.table.column << " stands for the RCE sold at; energy is bought at fixed rates\n";
  if (std::holds_alternative<tariff::SignalZones>(contract.distribution->zone_rule))
    streams.notices << contract.distribution->name()
                    << " follows PSE's Kompas, which the file does not hold: its normal level is assumed all day\n";
}

}  // namespace

ExitCode plan_prices(const PlanPricesOptions& options, const Streams& streams) {
  auto loaded = configuration_or_defaults(options.configuration, streams);
  if (!loaded) return ExitCode::bad_input;
  if (!options.configuration) use_example_home(loaded->configuration);
  const auto task = read_task(options, std::move(*loaded), streams);
  if (!task) return refuse(task.error(), streams);
  const auto horizon = horizon_of(*task);
  if (!horizon) return refuse(horizon.error(), streams);
  notice_assumptions(*task, streams);

  const Battery& battery = task->home.battery;
  const Soc initial = percent(options.initial_soc_percent);
  const planner::Start start{.now = task->slots().first.start(), .stored = stored_at(initial, battery.capacity)};
  const PlanningProblem problem = planner::problem_of(*horizon, start, battery, task->home.site);
  planner::Planner planner;
  const auto answer = planner.solve(problem);
  if (!answer) {
    streams.notices << answer.error().error.message << '\n';
    return answer.error().slot ? ExitCode::degraded : ExitCode::bad_input;
  }
  const Plan plan = planner::plan_of(problem, *answer, *horizon, start, battery);
  const tariff::DistributionGroup& group = *task->contract().distribution;
  const PlanHeading heading{.tariff = group.name(),
                            .currency = group.currency,
                            .price_column = task->table.column,
                            .date = task->date,
                            .initial = initial,
                            .terminal_value = problem.battery.terminal_value};
  if (options.as_json)
    streams.out << plan_json(plan, heading, battery) << '\n';
  else
    streams.out << plan_table(plan, heading, task->home.site, battery, task->zone);
  return ExitCode::done;
}

}  // namespace gridpilot::app
