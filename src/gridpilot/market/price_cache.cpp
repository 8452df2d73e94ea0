#include "gridpilot/market/price_cache.hpp"

#include <cstdio>
#include <utility>

#include "gridpilot/core/json.hpp"
#include "gridpilot/net/run_on.hpp"
#include "gridpilot/os/file.hpp"

namespace gridpilot::market {

namespace {

using std::chrono::year_month_day;

constexpr std::int64_t file_format = 1;
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
  [[nodiscard]] std::string text() const {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash_));
    return digits;
  }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

std::string checksum_of(const std::vector<MarketPrice>& prices) {
  Checksum sum;
  for (const MarketPrice& price : prices) {
    sum.add(price.slot.index());
    sum.add(price.price.nanos_per_kwh());
    sum.add(price.published_at ? price.published_at->time_since_epoch().count() : -1);
    sum.add(price.fetched_at.time_since_epoch().count());
  }
  return sum.text();
}

Result<void> write(const std::filesystem::path& folder, const std::filesystem::path& file, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return failure(ErrorCode::io_failure, "cannot make folder " + folder.string() + ": " + error.message());
  return os::write_file_atomically(file, text);
}

/// Names are "<series>-<date>.json", so that a date is found at its place from the end.
void drop_old_files(const std::filesystem::path& folder, PriceSeries series, year_month_day before) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const std::string prefix = std::string(name_of(series)) + "-";
    if (!name.starts_with(prefix) || !name.ends_with(".json") || name.size() != prefix.size() + 15) continue;
    const auto date = parse_date(std::string_view(name).substr(prefix.size(), 10));
    std::error_code ignored;
    if (date && *date < before) std::filesystem::remove(entry.path(), ignored);
  }
}

struct PriceFile {
  std::int64_t format = 0;
  std::string series, day, checksum;
  std::vector<MarketPrice> prices;
};

void read_price(json::Reader& in, MarketPrice& price) {
  static constexpr json::Fields fields{"start", "price_per_mwh", "published_at", "fetched_at"};
  const auto time = [&] {
    const auto t = parse_rfc3339(in.string());
    if (!t) in.fail("not a time");
    return t.value_or(Instant{});
  };
  const json::Seen seen = in.record(fields, [&](std::size_t field) {
    switch (field) {
      case 0: price.slot = Slot::containing(time()); break;
      case 1: price.price = NetPrice::from_nanos_per_kwh(in.fixed(6)); break;
      case 2:
        if (!in.null()) price.published_at = time();
        break;
      default: price.fetched_at = time();
    }
  });
  in.require(fields, seen);
}

PriceFile read_file(json::Reader& in) {
  static constexpr json::Fields fields{"format", "series", "day", "checksum", "prices"};
  PriceFile file;
  const json::Seen seen = in.record(fields, [&](std::size_t field) {
    switch (field) {
      case 0: file.format = in.integer(); break;
      case 1: file.series = in.string(); break;
      case 2: file.day = in.string(); break;
      case 3: file.checksum = in.string(); break;
      default: in.array([&] { read_price(in, file.prices.emplace_back()); });
    }
  });
  in.require(fields, seen);
  return file;
}

}  // namespace

std::string write_price_file(PriceSeries series, year_month_day day, const std::vector<MarketPrice>& prices) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("format", file_format).member("series", name_of(series)).member("day", to_iso(day));
  out.member("checksum", checksum_of(prices)).key("prices").begin_array();
  for (const MarketPrice& price : prices) {
    out.begin_object().member("start", to_rfc3339(price.slot.start())).key("price_per_mwh");
    out.decimal(price.price.nanos_per_kwh(), 6).key("published_at");
    price.published_at ? out.value(to_rfc3339(*price.published_at)) : out.null();
    out.member("fetched_at", to_rfc3339(price.fetched_at)).end_object();
  }
  out.end_array().end_object();
  return text;
}

Result<std::vector<MarketPrice>> read_price_file(std::string_view text, PriceSeries series, year_month_day day,
                                                 const TimeZone& zone, std::string_view source) {
  auto file = json::decode(text, read_file, max_file_bytes);
  if (!file) return failure(ErrorCode::corrupt, std::move(file.error().message));
  if (file->format != file_format) return failure(ErrorCode::corrupt, "written by another version of this program");
  if (file->series != name_of(series) || file->day != to_iso(day))
    return failure(ErrorCode::corrupt, "holds " + file->series + " of " + file->day);
  if (file->checksum != checksum_of(file->prices)) return failure(ErrorCode::corrupt, "its checksum does not match");
  const SlotRange slots = zone.slots_of(day);
  Slot expected = slots.first;
  for (MarketPrice& price : file->prices) {
    if (price.slot != expected) break;
    price.source = source;
    expected = expected.next();
  }
  if (expected != slots.last || std::cmp_not_equal(file->prices.size(), slots.size()))
    return failure(ErrorCode::corrupt, "its quarters are not those of the day");
  return std::move(file->prices);
}

PriceCache::PriceCache(std::filesystem::path folder, TimeZone zone, net::asio::any_io_executor for_blocking_work)
    : folder_(std::move(folder)), zone_(std::move(zone)), blocking_(std::move(for_blocking_work)) {}

std::filesystem::path PriceCache::file_of(PriceSeries series, year_month_day day) const {
  return folder_ / (std::string(name_of(series)) + "-" + to_iso(day) + ".json");
}

net::Awaitable<Result<std::vector<MarketPrice>>> PriceCache::load(PriceSeries series, year_month_day day,
                                                                  std::string_view source) const {
  return net::run_on(
      blocking_,
      [file = file_of(series, day), series, day, source, zone = zone_]() -> Result<std::vector<MarketPrice>> {
        const auto text = os::read_file(file, max_file_bytes);
        if (!text) return text.failed();
        auto prices = read_price_file(*text, series, day, zone, source);
        if (!prices) return std::unexpected(std::move(prices.error()).in(file.string()));
        return prices;
      });
}

net::Awaitable<Result<void>> PriceCache::store(PriceSeries series, year_month_day day,
                                               std::vector<MarketPrice> prices) const {
  return net::run_on(
      blocking_,
      [folder = folder_, file = file_of(series, day), series, day, kept = std::move(prices)]() -> Result<void> {
        auto written = write(folder, file, write_price_file(series, day, kept));
        drop_old_files(folder, series, plus_days(day, -kept_days));
        return written;
      });
}

}  // namespace gridpilot::market
