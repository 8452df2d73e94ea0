#include "gridpilot/api/documents.hpp"

#include <algorithm>

#include "gridpilot/core/json.hpp"

namespace gridpilot::api {
namespace {

using json::Writer;

// Powers come as whole watts and are averaged in charts; a millionth of a kWh keeps sums over a day exact to 0.1 Wh.
constexpr int power_decimals = 1;
constexpr int soc_decimals = 2;
constexpr int energy_decimals = 6;
constexpr int value_decimals = 6;
constexpr int price_decimals = 9;  // as prices are kept

void put_time(Writer& out, std::optional<Instant> t) {
  if (t) {
    out.value(to_rfc3339(*t));
  } else {
    out.null();
  }
}

void put(Writer& out, std::optional<Power> power) {
  out.rounded(power ? std::optional(in_watts(*power)) : std::nullopt, power_decimals);
}
void put(Writer& out, std::optional<Soc> soc) {
  out.rounded(soc ? std::optional(in_percent(*soc)) : std::nullopt, soc_decimals);
}
void put(Writer& out, Energy energy) {
  out.rounded(in_kilowatt_hours(energy), energy_decimals);
}
void put(Writer& out, Value value) {
  out.rounded(in_currency(value), value_decimals);
}
void put(Writer& out, ValuePerEnergy value) {
  out.rounded(in_per_kilowatt_hour(value), value_decimals);
}
template <class Tax>
void put(Writer& out, EnergyPrice<Tax> price) {
  out.decimal(price.nanos_per_kwh(), price_decimals);
}

/// Null for an empty text: it means that nothing is known, not that it is called "".
void put_text(Writer& out, std::string_view text) {
  if (text.empty()) {
    out.null();
  } else {
    out.value(text);
  }
}

/// The five values that a chart draws; `Sample` is a Reading or a ChartPoint.
template <class Sample>
void put_flows(Writer& out, const Sample& sample) {
  put(out.key("soc_percent"), std::optional<Soc>(sample.soc));
  put(out.key("pv_w"), std::optional<Power>(sample.pv));
  put(out.key("load_w"), std::optional<Power>(sample.load));
  put(out.key("grid_w"), std::optional<Power>(sample.grid));
  put(out.key("battery_w"), std::optional<Power>(sample.battery));
}

/// Only charging and selling have a power; the other actions leave it to the inverter.
std::optional<Power> power_of(Action action, Power power) {
  return action == Action::charge || action == Action::sell ? std::optional(power) : std::nullopt;
}

void put_decision_fields(Writer& out, const Decision& decision) {
  out.member("action", name_of(decision.command.action));
  put(out.key("power_w"), power_of(decision.command.action, decision.command.power));
  put_time(out.key("until"),
           decision.command.until == Instant{} ? std::nullopt : std::optional(decision.command.until));
  out.member("reason", decision.reason).member("verdict", name_of(decision.verdict));
  out.member("bound_by", decision.bound_by);
}

void put_alternatives(Writer& out, const std::vector<Alternative>& alternatives) {
  out.key("alternatives").begin_array();
  for (const Alternative& other : alternatives) {
    out.begin_object().member("action", name_of(other.action));
    put(out.key("power_w"), power_of(other.action, other.power));
    put(out.key("extra_cost"), other.extra_cost);
    out.end_object();
  }
  out.end_array();
}

void put_texts(Writer& out, json::Name name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const std::string& text : texts) out.value(text);
  out.end_array();
}

void put_reading(Writer& out, const Snapshot& snapshot) {
  out.key("reading");
  if (!snapshot.reading) {
    out.null();
    return;
  }
  const Reading& reading = *snapshot.reading;
  out.begin_object().member("time", to_rfc3339(reading.time));
  out.member("age_s", std::max<std::int64_t>(0, (snapshot.time - reading.time).count()));
  put_flows(out, reading);
  out.member("implausible", snapshot.implausible).end_object();
}

void put_price(Writer& out, const Snapshot& snapshot) {
  out.key("price");
  if (!snapshot.price) {
    out.null();
    return;
  }
  out.begin_object();
  put(out.key("import_per_kwh"), snapshot.price->import_price);
  put(out.key("export_per_kwh"), snapshot.price->export_price);
  out.member("currency", snapshot.currency);
  out.member("price_state", snapshot.price->foreseen ? "foreseen" : "published");
  put_text(out.key("zone"), snapshot.price->zone);
  out.end_object();
}

void put_sources(Writer& out, const std::vector<SourceState>& sources) {
  out.key("sources").begin_array();
  for (const SourceState& source : sources) {
    out.begin_object().member("name", source.name).member("state", name_of(source.condition));
    out.member("age_s", source.age ? std::optional(source.age->count()) : std::nullopt);
    out.member("failures", source.failures).member("detail", source.detail).end_object();
  }
  out.end_array();
}

void put_plan_slot(Writer& out, const PlanSlot& slot, std::optional<Energy> capacity) {
  out.begin_object().member("start", to_rfc3339(slot.start)).member("end", to_rfc3339(slot.slot.end()));
  put(out.key("import_per_kwh"), slot.price.import_price);
  put(out.key("export_per_kwh"), slot.price.export_price);
  out.member("price_state", slot.price.foreseen ? "foreseen" : "published");
  put(out.key("pv_kwh"), slot.outlook.pv);
  put(out.key("load_kwh"), slot.outlook.load);
  put(out.key("battery_kwh"), slot.flow.ac);
  put(out.key("grid_kwh"), slot.flow.grid_import - slot.flow.grid_export);
  put(out.key("curtailed_kwh"), slot.flow.curtailed);
  put(out.key("stored_kwh"), slot.flow.stored);
  put(out.key("soc_percent"),
      capacity && *capacity > Energy() ? std::optional(soc_at(slot.flow.stored, *capacity)) : std::optional<Soc>());
  out.member("action", name_of(slot.action));
  put(out.key("cost"), slot.cost);
  put(out.key("value_of_stored_kwh"), slot.flow.value_of_stored);
  if (slot.outlook.pv_band) {
    out.key("pv_p10_kwh").rounded(slot.outlook.pv_band->p10, 4);
    out.key("pv_p90_kwh").rounded(slot.outlook.pv_band->p90, 4);
  }
  if (slot.outlook.load_band) {
    out.key("load_p10_kwh").rounded(slot.outlook.load_band->p10, 4);
    out.key("load_p90_kwh").rounded(slot.outlook.load_band->p90, 4);
  }
  out.member("pv_origin", name_of(slot.outlook.pv_origin)).member("load_origin", name_of(slot.outlook.load_origin));
  out.end_object();
}

template <class Sample>
std::string readings_text(std::string_view resolution, const std::vector<Sample>& samples,
                          std::optional<Instant> next) {
  std::string text;
  text.reserve(64 + samples.size() * 120);
  Writer out(text);
  out.begin_object().member("resolution", resolution).key("readings").begin_array();
  for (const Sample& sample : samples) {
    out.begin_object().member("time", to_rfc3339(sample.time));
    put_flows(out, sample);
    out.end_object();
  }
  put_time(out.end_array().key("next"), next);
  out.end_object();
  return text;
}

}  // namespace

std::string health_document(const Snapshot& snapshot) {
  const auto reasons = reasons_not_healthy(snapshot);
  std::string text;
  Writer out(text);
  out.begin_object().member("status", reasons.empty() ? "ok" : "degraded");
  if (!reasons.empty()) put_texts(out, "reasons", reasons);
  out.end_object();
  return text;
}

std::string status_document(const Snapshot& snapshot, const TimeZone& zone) {
  std::string text;
  text.reserve(1024);
  Writer out(text);
  out.begin_object().member("time", to_rfc3339(snapshot.time)).member("time_zone", zone.name());
  out.member("mode", snapshot.mode).member("control", name_of(snapshot.control));
  const auto reasons = reasons_not_healthy(snapshot);
  out.member("healthy", reasons.empty());
  put_texts(out, "reasons", reasons);
  put_reading(out, snapshot);
  put_price(out, snapshot);
  out.key("decision");
  if (snapshot.decision) {
    out.begin_object().member("time", to_rfc3339(snapshot.decision->time));
    put_decision_fields(out, *snapshot.decision);
    put_alternatives(out, snapshot.decision->alternatives);
    out.end_object();
  } else {
    out.null();
  }
  put_sources(out, snapshot.sources);
  out.key("progress");
  if (snapshot.progress) {
    out.raw(progress_event(*snapshot.progress));
  } else {
    out.null();
  }
  out.member("action_lapses", snapshot.action_lapses);
  put_time(out.key("paused_until"), snapshot.paused_until);
  put_texts(out, "warnings", snapshot.warnings);
  out.end_object();
  return text;
}

std::string plan_document(const Snapshot& snapshot) {
  const Plan* plan = snapshot.plan.get();
  std::string text;
  text.reserve(128 + (plan != nullptr ? plan->slots.size() * 400 : 0));
  Writer out(text);
  out.begin_object();
  put_time(out.key("computed_at"), plan != nullptr ? std::optional(plan->computed_at) : std::nullopt);
  out.member("currency", snapshot.currency);
  if (plan != nullptr) {
    put(out.key("cost"), plan->cost);
    put(out.key("value_of_stored_kwh"), plan->value_of_stored);
    put(out.key("initial_kwh"), plan->initial);
  } else {
    out.member("cost", std::nullopt).member("value_of_stored_kwh", std::nullopt).member("initial_kwh", std::nullopt);
  }
  out.member("capacity_kwh",
             snapshot.battery_capacity ? std::optional(in_kilowatt_hours(*snapshot.battery_capacity)) : std::nullopt);
  out.key("slots").begin_array();
  if (plan != nullptr)
    for (const PlanSlot& slot : plan->slots) put_plan_slot(out, slot, snapshot.battery_capacity);
  out.end_array().end_object();
  return text;
}

std::string prices_document(const std::vector<PricedSlot>& slots, std::string_view currency) {
  std::string text;
  text.reserve(64 + slots.size() * 260);
  Writer out(text);
  out.begin_object().member("currency", currency).key("slots").begin_array();
  for (const PricedSlot& priced : slots) {
    const SlotPrice& price = priced.price;
    out.begin_object().member("start", to_rfc3339(price.slot.start())).member("end", to_rfc3339(price.slot.end()));
    out.key("market_per_kwh");
    if (price.market) {
      put(out, *price.market);
    } else {
      out.null();
    }
    put(out.key("import_per_kwh"), price.import_price);
    put(out.key("export_per_kwh"), price.export_price);
    out.member("price_state", price.foreseen ? "foreseen" : "published");
    put_text(out.key("zone"), price.zone);
    put_text(out.key("source"), priced.source);
    put_time(out.key("published_at"), priced.published_at);
    out.end_object();
  }
  out.end_array().end_object();
  return text;
}

std::string readings_document(std::string_view resolution, const std::vector<Reading>& readings,
                              std::optional<Instant> next) {
  return readings_text(resolution, readings, next);
}

std::string readings_document(std::string_view resolution, const std::vector<ports::ChartPoint>& points,
                              std::optional<Instant> next) {
  return readings_text(resolution, points, next);
}

std::string decisions_document(const std::vector<ports::RecordedDecision>& decisions,
                               std::optional<std::int64_t> next) {
  std::string text;
  text.reserve(64 + decisions.size() * 300);
  Writer out(text);
  out.begin_object().key("decisions").begin_array();
  for (const ports::RecordedDecision& recorded : decisions) {
    out.begin_object().member("id", recorded.id).member("time", to_rfc3339(recorded.decision.time));
    put_decision_fields(out, recorded.decision);
    put_alternatives(out, recorded.decision.alternatives);
    out.end_object();
  }
  // A cursor is a text: its form is the server's own business.
  out.end_array().member("next", next ? std::optional(std::to_string(*next)) : std::nullopt).end_object();
  return text;
}

std::string reading_event(const Reading& reading) {
  std::string text;
  Writer out(text);
  out.begin_object().member("time", to_rfc3339(reading.time));
  put_flows(out, reading);
  out.end_object();
  return text;
}

std::string decision_event(const Decision& decision) {
  std::string text;
  Writer out(text);
  out.begin_object().member("time", to_rfc3339(decision.time));
  put_decision_fields(out, decision);
  put_alternatives(out, decision.alternatives);
  out.end_object();
  return text;
}

std::string plan_event(const Plan& plan, std::string_view currency) {
  std::string text;
  Writer out(text);
  out.begin_object().member("computed_at", to_rfc3339(plan.computed_at)).member("currency", currency);
  put(out.key("cost"), plan.cost);
  put(out.key("value_of_stored_kwh"), plan.value_of_stored);
  out.end_object();
  return text;
}

std::string prices_event(SlotRange slots) {
  std::string text;
  Writer(text)
      .begin_object()
      .member("from", to_rfc3339(slots.first.start()))
      .member("to", to_rfc3339(slots.last.start()))
      .end_object();
  return text;
}

std::string progress_event(const Progress& progress) {
  std::string text;
  Writer out(text);
  out.begin_object().member("phase", progress.phase).key("done").rounded(std::clamp(progress.done, 0.0, 1.0), 4);
  out.end_object();
  return text;
}

}  // namespace gridpilot::api
