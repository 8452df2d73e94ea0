#include "gridpilot/config/contract_files.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <system_error>
#include <utility>

#include "gridpilot/config/section.hpp"
#include "gridpilot/config/values.hpp"
#include "gridpilot/core/time.hpp"
#include "gridpilot/core/verify.hpp"
#include "gridpilot/os/file.hpp"

namespace gridpilot::config {
namespace {

constexpr std::size_t largest_contract_file = std::size_t{1024} * 1024;
/// Zones are counted in one byte; no group comes near.
constexpr std::size_t most_zones = 64;

Result<std::chrono::year_month_day> date_value(std::string_view text) {
  const auto date = parse_date(text);
  if (!date)
    return failure(ErrorCode::bad_input, "'" + std::string(text) + "' is not a date; write it like '2026-01-01'");
  return *date;
}

Result<std::chrono::month_day> month_day_value(std::string_view text) {
  // A leap year, so that 29 February is a day.
  const auto date = parse_date("2024-" + std::string(text));
  if (!date)
    return failure(ErrorCode::bad_input, "'" + std::string(text) + "' is not a day of the year; write it like '04-01'");
  return date->month() / date->day();
}

/// Lower-case letters, digits and what stands between them: names are typed on command lines.
Result<std::string> name_value(std::string_view text) {
  const bool clean = !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!clean)
    return failure(ErrorCode::bad_input, "'" + std::string(text) + "' is not a name; lower-case letters, digits and _");
  return std::string(text);
}

Result<double> rate_value(std::string_view text) {
  return between(parse_plain_number(text), -100.0, 100.0, "-100 to 100 per kWh");
}
Result<NetPrice> net_rate(std::string_view text) {
  const auto rate = rate_value(text);
  if (!rate) return rate.failed();
  return NetPrice::from_per_kwh(*rate);
}
Result<GrossPrice> gross_rate(std::string_view text) {
  const auto rate = rate_value(text);
  if (!rate) return rate.failed();
  return GrossPrice::from_per_kwh(*rate);
}

Result<Ratio> percent_ratio(std::string_view text) {
  const auto value = between(parse_percent(text), 0.0, 100.0, "0 % to 100 %");
  if (!value) return value.failed();
  return Ratio{std::llround(*value * 10'000.0)};
}

/// "06:00-13:00".
std::optional<std::pair<int, int>> window_minutes(std::string_view text) {
  if (text.size() != 11 || text[5] != '-') return std::nullopt;
  const auto from = parse_clock(text.substr(0, 5));
  const auto to = parse_clock(text.substr(6));
  if (!from || !to || *from == 24 * 60) return std::nullopt;
  return std::pair(*from, *to);
}

void require_word(Section& section, std::string_view key, std::string_view word) {
  const std::string_view words[] = {word};
  if (!section.has(key))
    section.report_missing(key);
  else
    static_cast<void>(section.choice(key, words));
}

tariff::Validity read_validity(Section& section) {
  tariff::Validity valid{};
  const bool from = section.require("valid_from", valid.from, date_value);
  const bool to = section.require("valid_to", valid.to, date_value);
  if (from && to && valid.to < valid.from) section.report("valid_to", "lies before valid_from");
  return valid;
}

/// Reads the files of one operator: what all its groups have in common, then each group.
class DistributionReader {
 public:
  DistributionReader(Section file, const std::string& name, std::vector<Problem>& problems)
      : file_(std::move(file)), name_(name), problems_(problems) {}

  std::vector<tariff::DistributionGroup> read() {
    read_common();
    std::vector<tariff::DistributionGroup> groups;
    Section all = file_.section("groups");
    if (!all.given()) file_.report_missing("groups");
    for (const YamlNode::Entry* entry : all.all_entries()) {
      Section section(&entry->value, all.path() + "." + entry->key, name_, problems_);
      groups.push_back(read_group(section, entry->key));
    }
    file_.finish();
    return groups;
  }

 private:
  void read_common() {
    file_.require("operator", common_.operator_id, name_value);
    file_.require("operator_name", common_.operator_name, parse_text);
    file_.require("validity", common_.validity_id, name_value);
    common_.valid = read_validity(file_);
    // Holidays and the way export is settled are Poland's.
    require_word(file_, "country", "pl");
    require_word(file_, "currency", "PLN");
    require_word(file_, "unit", "PLN/kWh net");
    common_.currency = "PLN";
    file_.require("vat", common_.vat, percent_ratio);
    file_.require("excise", common_.excise, net_rate);
    Section charges = file_.section("system_charges");
    if (!charges.given()) file_.report_missing("system_charges");
    charges.require("quality", common_.charges.quality, net_rate);
    charges.require("renewables", common_.charges.renewables, net_rate);
    charges.require("cogeneration", common_.charges.cogeneration, net_rate);
    charges.finish();
    read_fees(file_.section("monthly"), common_.monthly_fees);
    common_.sources = file_.texts("sources");
    common_.notes = file_.texts("notes");
  }

  static void read_fees(Section section, std::vector<tariff::MonthlyFee>& fees) {
    for (const YamlNode::Entry* entry : section.all_entries()) {
      double amount = 0.0;
      if (!section.read(entry->key, amount, [](std::string_view text) {
            return between(parse_plain_number(text), 0.0, 1e6, "0 to 1000000 a month");
          }))
        continue;
      fees.push_back({entry->key, Money::from_units(std::llround(amount * 1e8))});
    }
  }

  tariff::DistributionGroup read_group(Section& section, const std::string& key) {
    tariff::DistributionGroup group = common_;
    if (auto name = name_value(key))
      group.group = *name;
    else
      section.report("", name.error().message);
    Section zones = section.section("zones");
    for (const YamlNode::Entry* entry : zones.all_entries()) {
      tariff::Zone zone{.name = entry->key, .network = {}};
      zones.read(entry->key, zone.network, net_rate);
      group.zones.push_back(zone);
    }
    if (group.zones.empty() || group.zones.size() > most_zones) section.report("zones", "must name 1 to 64 zones");
    read_zone_rule(section, group);
    read_fees(section.section("monthly"), group.monthly_fees);
    for (std::string& note : section.texts("notes")) group.notes.push_back(std::move(note));
    section.finish();
    return group;
  }

  void read_zone_rule(Section& section, tariff::DistributionGroup& group) {
    const bool by_hours = section.has("hours");
    const bool by_signal = section.has("grid_signal");
    const tariff::FreeDays free_days = read_free_days(section);
    if (by_signal && !by_hours) {
      group.zone_rule = read_signal(section, group);
    } else if (by_hours && !by_signal) {
      read_hours(section, group, free_days);
    } else if (by_hours || group.zones.size() > 1) {
      section.report("", "needs either 'hours' or 'grid_signal', which tell its zones apart");
    }
  }

  static tariff::FreeDays read_free_days(Section& section) {
    tariff::FreeDays days;
    for (const std::string& day : section.texts("free_days")) {
      if (day == "saturday")
        days.saturday = true;
      else if (day == "sunday")
        days.sunday = true;
      else if (day == "holiday")
        days.holiday = true;
      else
        section.report("free_days", "'" + day + "' is not allowed; allowed: saturday, sunday, holiday");
    }
    return days;
  }

  static tariff::SignalZones read_signal(Section& section, const tariff::DistributionGroup& group) {
    tariff::SignalZones signal;
    const auto names = section.texts("grid_signal");
    if (names.size() != signal.zone_of_level.size()) {
      section.report("grid_signal", "must name four zones, for the levels 0, 1, 2, 3");
      return signal;
    }
    for (std::size_t level = 0; level < names.size(); ++level)
      if (const auto zone = zone_index(group, names[level]))
        signal.zone_of_level[level] = *zone;
      else
        section.report("grid_signal", "'" + names[level] + "' is none of the group's zones");
    return signal;
  }

  static std::optional<std::uint8_t> zone_index(const tariff::DistributionGroup& group, std::string_view name) {
    for (std::size_t i = 0; i < group.zones.size() && i < most_zones; ++i)
      if (group.zones[i].name == name) return static_cast<std::uint8_t>(i);
    return std::nullopt;
  }

  void read_hours(Section& section, tariff::DistributionGroup& group, tariff::FreeDays free_days) {
    const std::size_t problems_before = problems_.size();
    std::vector<tariff::Stretch> stretches;
    const auto items = section.list("hours");
    for (std::size_t i = 0; i < items.size(); ++i) {
      Section item(items[i], section.path() + ".hours[" + std::to_string(i) + "]", name_, problems_);
      stretches.push_back(read_stretch(item, group));
    }
    if (problems_.size() != problems_before) return;
    auto schedule = tariff::Schedule::create(stretches, free_days);
    if (schedule)
      group.zone_rule = std::move(*schedule);
    else
      section.report("hours", schedule.error().message);
  }

  tariff::Stretch read_stretch(Section& item, const tariff::DistributionGroup& group) {
    tariff::Stretch stretch;
    item.require("from", stretch.from, month_day_value);
    item.require("to", stretch.to, month_day_value);
    static constexpr std::string_view kinds[] = {"every_day", "workday", "free_day"};
    if (const auto kind = item.choice("days", kinds)) stretch.days = static_cast<tariff::DayKind>(*kind);
    Section zones = item.section("zones");
    if (!zones.given()) item.report_missing("zones");
    for (const YamlNode::Entry* entry : zones.all_entries()) {
      const auto zone = zone_index(group, entry->key);
      if (!zone) zones.report(entry->key, "is none of the group's zones");
      for (const std::string& text : zones.texts(entry->key)) {
        const auto window = window_minutes(text);
        if (!window)
          zones.report(entry->key, "'" + text + "' are no hours; write them like '06:00-13:00'");
        else if (zone)
          stretch.windows.push_back({.zone = *zone, .from_minute = window->first, .to_minute = window->second});
      }
    }
    item.finish();
    return stretch;
  }

  Section file_;
  const std::string& name_;
  std::vector<Problem>& problems_;
  tariff::DistributionGroup common_;
};

tariff::DefaultSeller read_seller(Section section, const std::string& file, std::vector<Problem>& problems) {
  tariff::DefaultSeller seller;
  section.require("operator", seller.operator_id, name_value);
  section.require("validity", seller.validity_id, name_value);
  seller.valid = read_validity(section);
  require_word(section, "unit", "PLN/kWh gross with excise");
  seller.sources = section.texts("sources");
  Section groups = section.section("groups");
  if (!groups.given()) section.report_missing("groups");
  for (const YamlNode::Entry* group : groups.all_entries()) {
    Section zones(&group->value, groups.path() + "." + group->key, file, problems);
    for (const YamlNode::Entry* zone : zones.all_entries()) {
      GrossPrice rate;
      if (zones.read(zone->key, rate, gross_rate)) seller.rates.push_back({group->key, zone->key, rate});
    }
  }
  section.finish();
  return seller;
}

std::vector<tariff::ExportTerms> read_export(Section section, const std::string& file, std::vector<Problem>& problems) {
  std::vector<tariff::ExportTerms> all;
  require_word(section, "country", "pl");
  const auto items = section.list("terms");
  if (items.empty()) section.report_missing("terms");
  for (std::size_t i = 0; i < items.size(); ++i) {
    Section item(items[i], section.path() + ".terms[" + std::to_string(i) + "]", file, problems);
    tariff::ExportTerms terms;
    terms.valid = read_validity(item);
    static constexpr std::string_view rules[] = {"zero_negative_quarters", "zero_after_mean"};
    if (!item.has("rce_hour_rule")) item.report_missing("rce_hour_rule");
    if (const auto rule = item.choice("rce_hour_rule", rules))
      terms.terms.rule = static_cast<tariff::RceHourRule>(*rule);
    item.require("factor", terms.terms.factor, [](std::string_view text) {
      return between(parse_factor(text), Ratio{0}, Ratio{10'000'000}, "0 to 10");
    });
    item.require("value_share", terms.terms.value_share, percent_ratio);
    terms.sources = item.texts("sources");
    terms.notes = item.texts("notes");
    item.finish();
    all.push_back(std::move(terms));
  }
  section.finish();
  return all;
}

std::vector<std::filesystem::path> yaml_files_in(const std::filesystem::path& path, std::vector<Problem>& problems) {
  std::error_code fault;
  if (!std::filesystem::is_directory(path, fault)) return {path};
  std::vector<std::filesystem::path> files;
  for (std::filesystem::recursive_directory_iterator entry(path, fault), end; !fault && entry != end;
       entry.increment(fault))
    if (entry->path().extension() == ".yaml") files.push_back(entry->path());
  if (fault)
    problems.push_back({.file = path.string(),
                        .line = 0,
                        .key = {},
                        .reason = "cannot be listed: " + fault.message(),
                        .allowed = {},
                        .nearest = {}});
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

void add_contract_text(std::string_view text, const std::string& file, tariff::Catalogue& catalogue,
                       std::vector<Problem>& problems) {
  const std::size_t problems_before = problems.size();
  const YamlNode root = parse_yaml(text, file, problems);
  if (problems.size() != problems_before) return;
  Section document(&root, "", file, problems);
  std::vector<tariff::DistributionGroup> groups;
  std::optional<tariff::DefaultSeller> seller;
  std::vector<tariff::ExportTerms> terms;
  if (Section section = document.section("distribution"); section.given())
    groups = DistributionReader(std::move(section), file, problems).read();
  if (Section section = document.section("energy"); section.given())
    seller = read_seller(std::move(section), file, problems);
  if (Section section = document.section("export"); section.given())
    terms = read_export(std::move(section), file, problems);
  document.finish();
  if (groups.empty() && !seller && terms.empty())
    document.report("", "holds none of 'distribution', 'energy' and 'export'");
  if (problems.size() != problems_before) return;
  for (auto& group : groups) catalogue.add(std::move(group));
  if (seller) catalogue.add(std::move(*seller));
  for (auto& each : terms) catalogue.add(std::move(each));
}

tariff::Catalogue shipped_catalogue() {
  tariff::Catalogue catalogue;
  std::vector<Problem> problems;
  for (const EmbeddedFile& file : embedded_contracts())
    add_contract_text(file.text, "contracts/" + std::string(file.name), catalogue, problems);
  GRIDPILOT_VERIFY(problems.empty());
  return catalogue;
}

void add_contract_files(std::span<const std::filesystem::path> files, tariff::Catalogue& catalogue,
                        std::vector<Problem>& problems) {
  for (const auto& path : files) {
    for (const auto& file : yaml_files_in(path, problems)) {
      const auto text = os::read_file(file, largest_contract_file);
      if (text)
        add_contract_text(*text, file.string(), catalogue, problems);
      else
        problems.push_back({.file = file.string(), .key = {}, .reason = text.error().message});
    }
  }
}

}  // namespace gridpilot::config
