#include "gridpilot/market/price_cache.hpp"

#include <cstdio>
#include <utility>

#include "gridpilot/codec/fixings.hpp"
#include "gridpilot/core/json.hpp"
#include "gridpilot/net/run_on.hpp"
#include "gridpilot/os/file.hpp"

namespace gridpilot::market {

namespace {

using std::chrono::year_month_day;

constexpr std::int64_t file_format = 2;
constexpr std::size_t max_file_bytes = std::size_t{256} * 1024;

/// FNV-1a over all that is kept: a flipped digit must not become a price.
class Checksum {
 public:
  void add(std::int64_t value) {
    for (int byte = 0; byte < 8; ++byte) {
      hash_ ^= (static_cast<std::uint64_t>(value) >> (8 * byte)) & 0xffU;
      hash_ *= 0x100000001b3U;
    }
  }
  void add(std::string_view text) {
    for (const char c : text) add(static_cast<std::int64_t>(c));
    add(std::int64_t{-1});
  }
  [[nodiscard]] std::string text() const {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash_));
    return digits;
  }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

std::int64_t days_of(year_month_day day) {
  return std::chrono::sys_days(day).time_since_epoch().count();
}

std::string checksum_of(const std::vector<MarketPrice>& prices) {
  Checksum sum;
  for (const MarketPrice& price : prices) {
    sum.add(price.slot.index());
    sum.add(price.price.nanos_per_kwh());
    sum.add(price.published_at ? price.published_at->time_since_epoch().count() : -1);
    sum.add(price.fetched_at.time_since_epoch().count());
    if (!price.fixing) continue;
    sum.add(price.fixing->from.text());
    sum.add(price.fixing->rate.ppm);
    sum.add(days_of(price.fixing->fixed_on));
    sum.add(price.fixing->source);
    sum.add(price.fixing->fetched_at.time_since_epoch().count());
  }
  return sum.text();
}

Result<void> write(const std::filesystem::path& folder, const std::filesystem::path& file, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return failure(ErrorCode::io_failure, "cannot make folder " + folder.string() + ": " + error.message());
  return os::write_file_atomically(file, text);
}

/// Names are "<source>-<date>.json", so that a date is found at its place from the end.
void drop_old_files(const std::filesystem::path& folder, std::string_view source, year_month_day before) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const std::string prefix = std::string(source) + "-";
    if (!name.starts_with(prefix) || !name.ends_with(".json") || name.size() != prefix.size() + 15) continue;
    const auto date = parse_date(std::string_view(name).substr(prefix.size(), 10));
    std::error_code ignored;
    if (date && *date < before) std::filesystem::remove(entry.path(), ignored);
  }
}

struct PriceFile {
  std::int64_t format = 0;
  std::string source, series, day, currency, checksum;
  std::optional<CurrencyFixing> fixing;  ///< the same for all of a day's prices
  std::vector<MarketPrice> prices;
};

Instant read_time(json::Reader& in) {
  const auto t = parse_rfc3339(in.string());
  if (!t) in.fail("not a time");
  return t.value_or(Instant{});
}

CurrencyFixing read_fixing(json::Reader& in) {
  static constexpr json::Fields fields{"from", "to", "rate_ppm", "fixed_on", "bank", "fetched_at"};
  CurrencyFixing fixing{.from = Currency::eur(), .to = Currency::pln(), .rate = {}, .fixed_on = {}, .source = {}};
  const auto currency = [&in](Currency& into) {
    const auto read = Currency::parse(in.string());
    if (!read) return in.fail("not a currency");
    into = *read;
  };
  const json::Seen seen = in.record(fields, [&](std::size_t field) {
    switch (field) {
      case 0: currency(fixing.from); break;
      case 1: currency(fixing.to); break;
      case 2: fixing.rate = Ratio{in.integer()}; break;
      case 3: {
        const auto day = parse_date(in.string());
        if (!day) return in.fail("not a date");
        fixing.fixed_on = *day;
        break;
      }
      case 4: {
        const codec::FixingKind* const bank = codec::fixing_kind_named(in.string());
        if (bank == nullptr) return in.fail("not a bank that is known here");
        fixing.source = bank->name;
        break;
      }
      default: fixing.fetched_at = read_time(in);
    }
  });
  in.require(fields, seen);
  return fixing;
}

void read_price(json::Reader& in, MarketPrice& price) {
  static constexpr json::Fields fields{"start", "price_per_mwh", "published_at", "fetched_at"};
  const json::Seen seen = in.record(fields, [&](std::size_t field) {
    switch (field) {
      case 0: price.slot = Slot::containing(read_time(in)); break;
      case 1: price.price = NetPrice::from_nanos_per_kwh(in.fixed(6)); break;
      case 2:
        if (!in.null()) price.published_at = read_time(in);
        break;
      default: price.fetched_at = read_time(in);
    }
  });
  in.require(fields, seen);
}

PriceFile read_file(json::Reader& in) {
  static constexpr json::Fields fields{"format", "source", "series", "day", "currency", "checksum", "fixing", "prices"};
  PriceFile file;
  const json::Seen seen = in.record(fields, [&](std::size_t field) {
    switch (field) {
      case 0: file.format = in.integer(); break;
      case 1: file.source = in.string(); break;
      case 2: file.series = in.string(); break;
      case 3: file.day = in.string(); break;
      case 4: file.currency = in.string(); break;
      case 5: file.checksum = in.string(); break;
      case 6:
        if (!in.null()) file.fixing = read_fixing(in);
        break;
      default: in.array([&] { read_price(in, file.prices.emplace_back()); });
    }
  });
  in.require(fields, seen);
  return file;
}

}  // namespace

std::string write_price_file(const CachedSeries& of, year_month_day day, const std::vector<MarketPrice>& prices) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("format", file_format).member("source", of.source).member("series", name_of(of.series));
  out.member("day", to_iso(day)).member("currency", of.currency.text()).member("checksum", checksum_of(prices));
  out.key("fixing");
  if (const auto fixing = prices.empty() ? std::nullopt : prices.front().fixing) {
    out.begin_object().member("from", fixing->from.text()).member("to", fixing->to.text());
    out.member("rate_ppm", fixing->rate.ppm).member("fixed_on", to_iso(fixing->fixed_on));
    out.member("bank", fixing->source).member("fetched_at", to_rfc3339(fixing->fetched_at)).end_object();
  } else {
    out.null();
  }
  out.key("prices").begin_array();
  for (const MarketPrice& price : prices) {
    out.begin_object().member("start", to_rfc3339(price.slot.start())).key("price_per_mwh");
    out.decimal(price.price.nanos_per_kwh(), 6).key("published_at");
    price.published_at ? out.value(to_rfc3339(*price.published_at)) : out.null();
    out.member("fetched_at", to_rfc3339(price.fetched_at)).end_object();
  }
  out.end_array().end_object();
  return text;
}

Result<std::vector<MarketPrice>> read_price_file(std::string_view text, const CachedSeries& of, year_month_day day,
                                                 const TimeZone& zone) {
  auto file = json::decode(text, read_file, max_file_bytes);
  if (!file) return failure(ErrorCode::corrupt, std::move(file.error().message));
  if (file->format != file_format) return failure(ErrorCode::corrupt, "written by another version of this program");
  if (file->source != of.source || file->series != name_of(of.series) || file->day != to_iso(day) ||
      file->currency != of.currency.text())
    return failure(ErrorCode::corrupt,
                   "holds " + file->series + " of " + file->day + " in " + file->currency + " from " + file->source);
  for (MarketPrice& price : file->prices) price.fixing = file->fixing;
  if (file->checksum != checksum_of(file->prices)) return failure(ErrorCode::corrupt, "its checksum does not match");
  const SlotRange slots = zone.slots_of(day);
  Slot expected = slots.first;
  for (MarketPrice& price : file->prices) {
    if (price.slot != expected) break;
    price.source = of.source;
    expected = expected.next();
  }
  if (expected != slots.last || std::cmp_not_equal(file->prices.size(), slots.size()))
    return failure(ErrorCode::corrupt, "its quarters are not those of the day");
  return std::move(file->prices);
}

PriceCache::PriceCache(std::filesystem::path folder, TimeZone zone, net::asio::any_io_executor for_blocking_work)
    : folder_(std::move(folder)), zone_(std::move(zone)), blocking_(std::move(for_blocking_work)) {}

std::filesystem::path PriceCache::file_of(std::string_view source, year_month_day day) const {
  return folder_ / (std::string(source) + "-" + to_iso(day) + ".json");
}

net::Awaitable<Result<std::vector<MarketPrice>>> PriceCache::load(CachedSeries of, year_month_day day) const {
  return net::run_on(blocking_,
                     [file = file_of(of.source, day), of, day, zone = zone_]() -> Result<std::vector<MarketPrice>> {
                       const auto text = os::read_file(file, max_file_bytes);
                       if (!text) return text.failed();
                       auto prices = read_price_file(*text, of, day, zone);
                       if (!prices) return std::unexpected(std::move(prices.error()).in(file.string()));
                       return prices;
                     });
}

net::Awaitable<Result<void>> PriceCache::store(CachedSeries of, year_month_day day,
                                               std::vector<MarketPrice> prices) const {
  return net::run_on(
      blocking_,
      [folder = folder_, file = file_of(of.source, day), of, day, kept = std::move(prices)]() -> Result<void> {
        auto written = write(folder, file, write_price_file(of, day, kept));
        drop_old_files(folder, of.source, plus_days(day, -kept_days));
        return written;
      });
}

}  // namespace gridpilot::market
