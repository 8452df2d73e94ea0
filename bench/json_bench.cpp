// JSON against its rivals, over the same documents and into the same typed records. The Python rivals are measured by
// json_rivals.py, which writes the same documents by asking this program (GRIDPILOT_BENCH_DOCUMENTS).
//
// RapidJSON is used in its fastest ways that give typed records: its SAX reader in situ (strings are not copied) with
// the same field list and the same prediction of the next field as ours, and its Writer into a StringBuffer.
#define RAPIDJSON_SSE2
#include <benchmark/benchmark.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <simdjson.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "gridpilot/codec/pse.hpp"
#include "gridpilot/codec/reading_json.hpp"
#include "gridpilot/core/json.hpp"
#include "gridpilot/core/ring_buffer.hpp"

namespace {

using namespace gridpilot;

double tenths(double value) {
  return std::nearbyint(value * 10.0) / 10.0;
}

/// A week of what a GoodWe ET reports: whole watts, tenths of volts and amperes, counters in tenths of a kWh.
std::vector<Reading> week_of_readings() {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0.0, 1.0);
  std::vector<Reading> readings(readings_in_a_week);
  double pv_total = 12'345.6;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    Reading& r = readings[i];
    r.time = Instant(Seconds(1'777'593'600 + 20 * static_cast<std::int64_t>(i)));
    const double sun = std::max(0.0, std::sin(static_cast<double>(i % 4320) / 4320.0 * 6.283 - 1.57));
    const double pv = std::nearbyint(5'000 * sun * (0.9 + 0.1 * noise(random)));
    const double load = std::nearbyint(400 + 150 * std::fabs(noise(random)));
    const double battery = std::nearbyint(std::clamp(pv - load, -3'000.0, 3'000.0));
    r.soc = percent(std::nearbyint(50 + 40 * sun));
    r.state_of_health = percent(99);
    r.pv = watts(std::max(0.0, pv));
    r.load = watts(load);
    r.grid = watts(load + battery - pv);
    r.battery = watts(battery);
    r.backup = watts(120);
    r.grid_l1 = watts(std::nearbyint((load - pv) / 3));
    r.grid_l2 = watts(std::nearbyint((load - pv) / 3 + 20));
    r.grid_l3 = watts(std::nearbyint((load - pv) / 3 - 20));
    r.grid_voltage_l1 = volts(tenths(230 + noise(random)));
    r.grid_voltage_l2 = volts(tenths(231 + noise(random)));
    r.grid_voltage_l3 = volts(tenths(229 + noise(random)));
    r.battery_voltage = volts(tenths(410 + 10 * sun));
    r.battery_current = amperes(tenths(battery / 410));
    r.battery_charge_limit = amperes(25);
    r.battery_discharge_limit = amperes(25);
    r.battery_temperature = celsius(tenths(21 + 3 * sun));
    r.inverter_temperature = celsius(tenths(35 + 15 * sun));
    pv_total += std::max(0.0, pv) * 20 / 3.6e6;
    r.pv_total = kilowatt_hours(tenths(pv_total));
    r.load_total = kilowatt_hours(tenths(9'876.5 + static_cast<double>(i) / 360));
    r.import_total = kilowatt_hours(tenths(4'321.0 + static_cast<double>(i) / 900));
    r.export_total = kilowatt_hours(tenths(6'543.2 + static_cast<double>(i) / 700));
    r.charge_total = kilowatt_hours(tenths(2'222.2 + static_cast<double>(i) / 1'000));
    r.discharge_total = kilowatt_hours(tenths(2'111.1 + static_cast<double>(i) / 1'100));
    r.operation_mode = 2;
  }
  return readings;
}

const std::vector<Reading>& readings() {
  static const std::vector<Reading> all = week_of_readings();
  return all;
}

const std::string& readings_text() {
  static const std::string text = [] {
    std::string out;
    json::Writer writer(out);
    codec::write_readings(writer, readings());
    return out;
  }();
  return text;
}

void per_byte(benchmark::State& state, const std::string& text) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}

// --- parsing a week of readings ---

void parse_readings_gridpilot(benchmark::State& state) {
  for (auto _ : state) {
    auto parsed = codec::parse_readings(readings_text());
    if (!parsed || parsed->size() != readings().size()) state.SkipWithError("not parsed");
    benchmark::DoNotOptimize(parsed);
  }
  per_byte(state, readings_text());
}
BENCHMARK(parse_readings_gridpilot)->Unit(benchmark::kMillisecond);

// What a user of RapidJSON would write: a record of plain numbers, absent as NaN.
constexpr json::Fields reading_fields{"time",
                                      "soc_percent",
                                      "state_of_health_percent",
                                      "pv_w",
                                      "load_w",
                                      "grid_w",
                                      "battery_w",
                                      "backup_w",
                                      "grid_l1_w",
                                      "grid_l2_w",
                                      "grid_l3_w",
                                      "grid_voltage_l1_v",
                                      "grid_voltage_l2_v",
                                      "grid_voltage_l3_v",
                                      "battery_voltage_v",
                                      "battery_current_a",
                                      "battery_charge_limit_a",
                                      "battery_discharge_limit_a",
                                      "battery_temperature_celsius",
                                      "inverter_temperature_celsius",
                                      "pv_total_kwh",
                                      "load_total_kwh",
                                      "import_total_kwh",
                                      "export_total_kwh",
                                      "charge_total_kwh",
                                      "discharge_total_kwh",
                                      "battery_alarms",
                                      "inverter_faults",
                                      "operation_mode"};

struct PlainReading {
  Instant time{};
  std::array<double, reading_fields.size()> numbers;  // by place in reading_fields; 0 is not used
};

template <std::size_t N>
class Predictor {
 public:
  explicit Predictor(const json::Fields<N>& fields) : fields_(fields) {}
  std::size_t find(std::string_view name) {
    const std::size_t field = expected_ < N && fields_.name(expected_) == name ? expected_ : fields_.find(name);
    expected_ = field + 1;
    return field;
  }
  void restart() { expected_ = 0; }

 private:
  const json::Fields<N>& fields_;
  std::size_t expected_ = 0;
};

struct ReadingHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, ReadingHandler> {
  std::vector<PlainReading> all;
  Predictor<reading_fields.size()> predictor{reading_fields};
  std::size_t field = 0;

  bool StartObject() {
    all.emplace_back().numbers.fill(std::nan(""));
    predictor.restart();
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    field = predictor.find({text, length});
    return field < reading_fields.size();
  }
  bool number(double value) {
    all.back().numbers[field] = value;
    return true;
  }
  bool Null() { return true; }
  bool Int(int value) { return number(value); }
  bool Uint(unsigned value) { return number(value); }
  bool Int64(std::int64_t value) { return number(static_cast<double>(value)); }
  bool Uint64(std::uint64_t value) { return number(static_cast<double>(value)); }
  bool Double(double value) { return number(value); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    const auto time = parse_rfc3339({text, length});
    if (!time) return false;
    all.back().time = *time;
    return true;
  }
};

template <class Handler>
bool rapidjson_in_situ(benchmark::State& state, const std::string& text, std::string& copy, Handler& handler) {
  state.PauseTiming();  // the copy that in-situ parsing spoils is not counted
  copy = text;
  state.ResumeTiming();
  rapidjson::InsituStringStream stream(copy.data());
  return !rapidjson::Reader().Parse<rapidjson::kParseInsituFlag>(stream, handler).IsError();
}

void parse_readings_rapidjson_sax_in_situ(benchmark::State& state) {
  std::string copy;
  for (auto _ : state) {
    ReadingHandler handler;
    if (!rapidjson_in_situ(state, readings_text(), copy, handler) || handler.all.size() != readings().size())
      state.SkipWithError("not parsed");
    benchmark::DoNotOptimize(handler.all);
  }
  per_byte(state, readings_text());
}
BENCHMARK(parse_readings_rapidjson_sax_in_situ)->Unit(benchmark::kMillisecond);

void parse_readings_rapidjson_sax(benchmark::State& state) {
  for (auto _ : state) {
    ReadingHandler handler;
    rapidjson::StringStream stream(readings_text().c_str());
    if (rapidjson::Reader().Parse(stream, handler).IsError()) state.SkipWithError("not parsed");
    benchmark::DoNotOptimize(handler.all);
  }
  per_byte(state, readings_text());
}
BENCHMARK(parse_readings_rapidjson_sax)->Unit(benchmark::kMillisecond);

// simdjson's own fast way, for the choice in docs/adr: on-demand, same fields, same prediction.
void parse_readings_simdjson_on_demand(benchmark::State& state) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(readings_text());
  for (auto _ : state) {
    std::vector<PlainReading> all;
    Predictor<reading_fields.size()> predictor{reading_fields};
    auto document = parser.iterate(padded);
    for (auto element : document.get_array()) {
      PlainReading& reading = all.emplace_back();
      reading.numbers.fill(std::nan(""));
      predictor.restart();
      for (auto member : element.get_object()) {
        const std::string_view name = member.unescaped_key();
        const std::size_t field = predictor.find(name);
        if (field == 0) {
          reading.time = parse_rfc3339(member.value().get_string()).value();
        } else if (!member.value().is_null()) {
          reading.numbers[field] = member.value().get_double();
        }
      }
    }
    if (all.size() != readings().size()) state.SkipWithError("not parsed");
    benchmark::DoNotOptimize(all);
  }
  per_byte(state, readings_text());
}
BENCHMARK(parse_readings_simdjson_on_demand)->Unit(benchmark::kMillisecond);

// --- parsing one day of PSE's prices ---

/// A day as PSE's csdac-pln writes it, all eight fields of all 96 rows.
const std::string& prices_text() {
  static const std::string text = [] {
    std::mt19937 random(2);
    std::uniform_int_distribution<int> hundredths(-5'000, 90'000);
    std::string out;
    json::Writer writer(out);
    const Instant midnight = parse_rfc3339("2026-05-01T00:00:00+02:00").value();
    const auto pse_time = [](Instant t) {
      std::string time = to_rfc3339(t);
      time[10] = ' ';
      time.pop_back();
      return time;
    };
    writer.begin_object().key("value").begin_array();
    for (int row = 0; row < 96; ++row) {
      const Instant start = midnight + row * slot_length;
      const Instant end = start + slot_length;
      const auto period = [&](Seconds offset) {
        return pse_time(start + offset).substr(11, 5) + " - " + pse_time(end + offset).substr(11, 5);
      };
      const Seconds local(7200);
      writer.begin_object()
          .member("dtime", pse_time(end + local))
          .member("period", period(local))
          .key("csdac_pln")
          .decimal(hundredths(random), 2)
          .member("dtime_utc", pse_time(end))
          .member("period_utc", period(Seconds(0)))
          .member("business_date", "2026-05-01")
          .member("publication_ts", "2026-04-30 13:55:17.196")
          .member("publication_ts_utc", "2026-04-30 11:55:17.196")
          .end_object();
    }
    writer.end_array().end_object();
    return out;
  }();
  return text;
}

/// Our own decoder as it is used: the same fields, and beyond them it checks the periods against the times.
void parse_prices_gridpilot(benchmark::State& state) {
  for (auto _ : state) {
    auto page = codec::pse::parse_price_page(prices_text(), codec::pse::PriceReport::csdac_pln);
    if (!page || page->points.size() != 96) state.SkipWithError("not parsed");
    benchmark::DoNotOptimize(page);
  }
  per_byte(state, prices_text());
}
BENCHMARK(parse_prices_gridpilot)->Unit(benchmark::kMicrosecond);

constexpr json::Fields price_fields{"dtime",      "period",        "csdac_pln",      "dtime_utc",
                                    "period_utc", "business_date", "publication_ts", "publication_ts_utc"};

/// "2026-05-01 00:15…" by the places of its digits.
std::optional<Seconds> place_time(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  if (text.size() < 16 || text[4] != '-' || text[13] != ':') return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(8, 2))));
  return std::chrono::sys_days(date).time_since_epoch() + Seconds(number(11, 2) * 3600 + number(14, 2) * 60);
}

struct PriceHandler : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, PriceHandler> {
  std::vector<codec::PricePoint> rows;
  Predictor<price_fields.size()> predictor{price_fields};
  std::size_t field = 0;
  int depth = 0;

  PriceHandler() { rows.reserve(100); }
  bool StartObject() {
    if (++depth == 2) rows.emplace_back();
    predictor.restart();
    return true;
  }
  bool EndObject(rapidjson::SizeType) {
    --depth;
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    if (depth == 2) field = predictor.find({text, length});
    return true;
  }
  bool number(double value) {
    rows.back().price = NetPrice::from_per_mwh(value);
    return true;
  }
  bool Int(int value) { return number(value); }
  bool Uint(unsigned value) { return number(value); }
  bool Double(double value) { return number(value); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    codec::PricePoint& row = rows.back();
    const std::string_view value(text, length);
    const auto local = [](std::optional<Seconds> t) { return std::chrono::local_seconds(t.value()); };
    switch (field) {
      case 0: row.local = {.time = local(place_time(value))}; break;
      case 3: row.utc = Instant(place_time(value).value()); break;
      case 5: row.business_date = parse_date(value); break;
      case 6: row.published_locally = local(place_time(value)); break;
      case 7: row.published_at = Instant(place_time(value).value()); break;
      default: break;
    }
    return true;
  }
};

void parse_prices_rapidjson_sax_in_situ(benchmark::State& state) {
  // Pausing the clock would cost more than the copy of these 20 kB, so it is counted; the variant below has none.
  std::string copy;
  for (auto _ : state) {
    copy = prices_text();
    PriceHandler handler;
    rapidjson::InsituStringStream stream(copy.data());
    if (rapidjson::Reader().Parse<rapidjson::kParseInsituFlag>(stream, handler).IsError() || handler.rows.size() != 96)
      state.SkipWithError("not parsed");
    benchmark::DoNotOptimize(handler.rows);
  }
  per_byte(state, prices_text());
}
BENCHMARK(parse_prices_rapidjson_sax_in_situ)->Unit(benchmark::kMicrosecond);

void parse_prices_rapidjson_sax(benchmark::State& state) {
  for (auto _ : state) {
    PriceHandler handler;
    rapidjson::StringStream stream(prices_text().c_str());
    if (rapidjson::Reader().Parse(stream, handler).IsError() || handler.rows.size() != 96)
      state.SkipWithError("not parsed");
    benchmark::DoNotOptimize(handler.rows);
  }
  per_byte(state, prices_text());
}
BENCHMARK(parse_prices_rapidjson_sax)->Unit(benchmark::kMicrosecond);

// --- writing a week of readings ---

void write_readings_gridpilot(benchmark::State& state) {
  for (auto _ : state) {
    std::string out;
    json::Writer writer(out);
    codec::write_readings(writer, readings());
    benchmark::DoNotOptimize(out);
  }
  per_byte(state, readings_text());
}
BENCHMARK(write_readings_gridpilot)->Unit(benchmark::kMillisecond);

std::vector<PlainReading> plain_readings() {
  ReadingHandler handler;
  rapidjson::StringStream stream(readings_text().c_str());
  rapidjson::Reader().Parse(stream, handler);
  return std::move(handler.all);
}

void write_readings_rapidjson(benchmark::State& state) {
  const std::vector<PlainReading> plain = plain_readings();
  for (auto _ : state) {
    rapidjson::StringBuffer out(nullptr, 640 * plain.size());  // as much at once as ours
    rapidjson::Writer<rapidjson::StringBuffer> writer(out);
    writer.StartArray();
    for (const PlainReading& reading : plain) {
      writer.StartObject();
      for (std::size_t i = 0; i < reading_fields.size(); ++i) {
        const std::string_view name = reading_fields.name(i);
        writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
        if (i == 0) {
          const std::string time = to_rfc3339(reading.time);
          writer.String(time.data(), static_cast<rapidjson::SizeType>(time.size()));
        } else if (std::isnan(reading.numbers[i])) {
          writer.Null();
        } else if (i > 25) {
          writer.Uint64(static_cast<std::uint64_t>(reading.numbers[i]));
        } else {
          writer.Double(reading.numbers[i]);
        }
      }
      writer.EndObject();
    }
    writer.EndArray();
    benchmark::DoNotOptimize(out);
  }
  per_byte(state, readings_text());
}
BENCHMARK(write_readings_rapidjson)->Unit(benchmark::kMillisecond);

// --- the ring ---

void ring_append_when_full(benchmark::State& state) {
  RingBuffer<Reading> ring;
  for (const Reading& reading : readings()) ring.append(reading);
  Reading reading = ring.newest();
  for (auto _ : state) {
    reading.time += Seconds(20);
    ring.append(reading);
    benchmark::ClobberMemory();
  }
  state.counters["buffer_bytes"] = static_cast<double>(ring.capacity() * sizeof(Reading));
}
BENCHMARK(ring_append_when_full);

/// What a plan's look back costs: the mean of one number over the whole buffer.
void ring_walk_a_week(benchmark::State& state) {
  RingBuffer<Reading> ring;
  for (const Reading& reading : readings()) ring.append(reading);
  for (auto _ : state) {
    double sum = 0.0;
    for (const Reading& reading : ring) sum += in_watts(reading.load.value_or(Power()));
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(ring_walk_a_week)->Unit(benchmark::kMicrosecond);

void write_document(const char* folder, const char* name, const std::string& text) {
  std::ofstream(std::string(folder) + "/" + name, std::ios::binary) << text;
}

}  // namespace

int main(int count, char** arguments) {
  if (const char* folder = std::getenv("GRIDPILOT_BENCH_DOCUMENTS")) {
    write_document(folder, "readings.json", readings_text());
    write_document(folder, "prices.json", prices_text());
  }
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
}
