#include "gridpilot/weather/weather_sources.hpp"

#include <boost/asio/thread_pool.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "gridpilot/weather/combine.hpp"
#include "support/http_peer.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::weather {
namespace {

using namespace std::chrono_literals;
using gridpilot::test::answer;
using gridpilot::test::HttpPeer;
using gridpilot::test::Script;
using net::Awaitable;
using testing::HasSubstr;
using testing::Not;

const Instant start = parse_rfc3339("2026-06-01T10:00:00Z").value();

std::string open_meteo_answer(double tilted) {
  return R"({"utc_offset_seconds":0,"timezone":"GMT","minutely_15_units":{"time":"iso8601",)"
         R"("shortwave_radiation":"W/m²","global_tilted_irradiance":"W/m²"},"minutely_15":{"time":)"
         R"(["2026-06-01T10:15"],"shortwave_radiation":[500],"global_tilted_irradiance":[)" +
         std::to_string(tilted) + "]}}";
}

class Sources : public testing::Test {
 protected:
  void serve(HttpPeer::Handler handler) { peer_ = std::make_unique<HttpPeer>(io_, std::move(handler)); }
  void build(WeatherSourceSettings settings, BuiltSource::Asking asking = BuiltSource::Asking::now) {
    if (peer_) settings.url = peer_->origin();
    auto built = BuiltSource::create(settings, home_, {.http = client_, .timeline = timeline_}, asking);
    ASSERT_TRUE(built.has_value()) << built.error().message;
    built_ = std::move(*built);
  }
  template <class Port>
  auto fetch() {
    Port& source = *std::get<std::unique_ptr<Port>>(built_->source());
    decltype(fetch_of(source)) result = failure(ErrorCode::bug, "not asked");
    net::test::run(io_, [](net::Timeline* timeline, Port* asked, decltype(result)* out) -> Awaitable<void> {
      const net::Timeline::Participant inside(*timeline);
      *out = co_await asked->fetch();
    }(&timeline_, &source, &result));
    return result;
  }
  template <class Value>
  static Result<Value> fetch_of(ports::OutlookSource<Value>& source);

  net::asio::io_context io_;
  net::SimulatedTimeline timeline_{io_, start};
  std::unique_ptr<HttpPeer> peer_;
  net::HttpClient client_{io_.get_executor()};
  Home home_{.latitude_degrees = 50.06,
             .longitude_degrees = 19.94,
             .planes = {{.peak = kilowatts(5), .tilt_degrees = 35, .azimuth_degrees = 180},
                        {.peak = kilowatts(2.4), .tilt_degrees = 20, .azimuth_degrees = 270},
                        {.peak = kilowatts(1), .tilt_degrees = 35, .azimuth_degrees = 180}}};
  std::unique_ptr<BuiltSource> built_;
};

TEST_F(Sources, OpenMeteoIsAskedOncePerDirectionInUtc) {
  serve([](const std::string& request) { return answer(open_meteo_answer(request.contains("tilt=35") ? 600 : 400)); });
  build({.kind = WeatherSourceKind::open_meteo});
  const auto forecast = fetch<ports::WeatherSource>();
  ASSERT_TRUE(forecast.has_value()) << forecast.error().message;
  EXPECT_EQ(forecast->slots.size(), 1U);
  ASSERT_EQ(forecast->planes.size(), 2U);
  EXPECT_EQ(forecast->planes[0].azimuth_degrees, 180.0);
  EXPECT_EQ(forecast->planes[1].azimuth_degrees, 270.0);
  EXPECT_EQ(forecast->planes[1].w_per_m2.at(0).second, 400.0);
  ASSERT_EQ(peer_->requests().size(), 2U);
  for (const char* const part :
       {"GET /v1/forecast?latitude=50.06&longitude=19.94&", "minutely_15=shortwave_radiation,", "&tilt=35&azimuth=0&",
        "timezone=GMT", "past_days=2", "forecast_days=4", "hourly=snow_depth"})
    EXPECT_THAT(peer_->requests()[0], HasSubstr(part));
  EXPECT_THAT(peer_->requests()[1], HasSubstr("&tilt=20&azimuth=90&"));
}

TEST_F(Sources, OpenMeteoWithoutPlanesIsAskedForTheWeatherAlone) {
  home_.planes.clear();
  serve([](const std::string&) { return answer(open_meteo_answer(1)); });
  build({.kind = WeatherSourceKind::open_meteo});
  // It sends what was not asked for: that is refused.
  const auto forecast = fetch<ports::WeatherSource>();
  ASSERT_FALSE(forecast.has_value());
  EXPECT_THAT(forecast.error().message, HasSubstr("127.0.0.1: minutely_15.global_tilted_irradiance"));
  EXPECT_THAT(peer_->requests()[0], Not(HasSubstr("tilt")));
}

TEST_F(Sources, ImgwIsAskedForItsStation) {
  serve([](const std::string&) {
    return answer(R"({"stacja":"Kraków","data_pomiaru":"2026-06-01","godzina_pomiaru":"9","temperatura":"17.5"})");
  });
  build({.kind = WeatherSourceKind::imgw, .station = "krakow"});
  const auto seen = fetch<ports::ObservationSource>();
  ASSERT_TRUE(seen.has_value()) << seen.error().message;
  EXPECT_EQ(seen->air, celsius(17.5));
  EXPECT_THAT(peer_->requests()[0], HasSubstr("GET /api/data/synop/station/krakow "));
}

TEST_F(Sources, ForecastSolarAddsThePlanes) {
  serve([](const std::string&) {
    return answer(R"({"result":{"watts":{"2026-06-01T10:00:00+00:00":400,"2026-06-01T11:00:00+00:00":400}}})");
  });
  build({.kind = WeatherSourceKind::forecast_solar, .key = "KEY"});
  const auto forecast = fetch<ports::PvSource>();
  ASSERT_TRUE(forecast.has_value()) << forecast.error().message;
  ASSERT_EQ(forecast->slots.size(), 4U);
  EXPECT_NEAR(in_watt_hours(forecast->slots[0].expected), 300.0, 1e-9);
  ASSERT_EQ(peer_->requests().size(), 3U);
  EXPECT_THAT(peer_->requests()[0], HasSubstr("GET /KEY/estimate/50.06/19.94/35/0/5?time=utc "));
  EXPECT_THAT(peer_->requests()[1], HasSubstr("GET /KEY/estimate/50.06/19.94/20/90/2.4?time=utc "));
}

TEST_F(Sources, SolcastAddsItsSitesAndKeepsToItsTenCalls) {
  serve([](const std::string&) {
    return answer(R"({"forecasts":[{"pv_estimate":2,"pv_estimate10":1,"pv_estimate90":3,)"
                  R"("period_end":"2026-06-01T10:30:00Z","period":"PT30M"}]})");
  });
  build({.kind = WeatherSourceKind::solcast, .key = "secret", .sites = {"aaaa-1", "bbbb-2"}});
  EXPECT_EQ(built_->interval(), 289min);
  for (int n = 0; n < 5; ++n) {
    const auto forecast = fetch<ports::PvSource>();
    ASSERT_TRUE(forecast.has_value()) << forecast.error().message;
    EXPECT_NEAR(in_kilowatt_hours(forecast->slots.at(0).expected), 1.0, 1e-9);
    EXPECT_NEAR(in_kilowatt_hours(forecast->slots.at(0).p90.value()), 1.5, 1e-9);
  }
  EXPECT_THAT(peer_->requests()[0], HasSubstr("GET /rooftop_sites/aaaa-1/forecasts?format=json&hours=72 "));
  EXPECT_THAT(peer_->requests()[0], HasSubstr("Authorization: Bearer secret\r\n"));
  const auto eleventh = fetch<ports::PvSource>();
  ASSERT_FALSE(eleventh.has_value());
  EXPECT_EQ(eleventh.error().code, ErrorCode::busy);
  EXPECT_THAT(eleventh.error().message, HasSubstr("2026-06-02T10:00:00Z"));
  EXPECT_EQ(peer_->requests().size(), 10U);
}

TEST_F(Sources, ARestartContinuesFromTheCache) {
  std::string pattern = (std::filesystem::temp_directory_path() / "gridpilot-weather-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  home_.planes.resize(1);
  serve([](const std::string&) { return answer(open_meteo_answer(600)); });
  net::asio::thread_pool pool(1);
  const net::DocumentCache cache({.folder = folder}, io_.get_executor(), pool.get_executor());
  const net::Fetcher::Parts parts{.http = client_, .timeline = timeline_, .cache = &cache};
  const WeatherSourceSettings settings{.kind = WeatherSourceKind::open_meteo, .url = peer_->origin()};
  for (int process = 0; process < 2; ++process) {
    built_ = BuiltSource::create(settings, home_, parts, BuiltSource::Asking::in_turn).value();
    const auto forecast = fetch<ports::WeatherSource>();
    ASSERT_TRUE(forecast.has_value()) << forecast.error().message;
    EXPECT_EQ(forecast->fetched_at, start);
  }
  EXPECT_EQ(peer_->requests().size(), 1U);
  pool.join();
  std::filesystem::remove_all(folder);
}

TEST_F(Sources, WhatAKindNeedsIsNamed) {
  const net::Fetcher::Parts parts{.http = client_, .timeline = timeline_};
  home_.planes.clear();
  const auto refused = [&](const WeatherSourceSettings& settings, const std::string& words) {
    const auto built = BuiltSource::create(settings, home_, parts, BuiltSource::Asking::now);
    ASSERT_FALSE(built.has_value());
    EXPECT_EQ(built.error().code, ErrorCode::bad_input);
    EXPECT_THAT(built.error().message, HasSubstr(words));
  };
  refused({.kind = WeatherSourceKind::imgw}, "imgw needs a station");
  refused({.kind = WeatherSourceKind::forecast_solar}, "forecast-solar needs a plane");
  refused({.kind = WeatherSourceKind::solcast, .sites = {"a"}}, "solcast needs a key");
  refused({.kind = WeatherSourceKind::solcast, .key = "k"}, "solcast needs the resource id");
}

TEST(Combine, KeepsOnlySlotsThatAllPlanesHave) {
  PvForecast a;
  PvForecast b;
  const Slot first = Slot::containing(start);
  a.slots = {{.slot = first, .expected = watt_hours(1), .p10 = watt_hours(1), .p90 = std::nullopt},
             {.slot = first + 1, .expected = watt_hours(2), .p10 = watt_hours(1), .p90 = std::nullopt}};
  b.slots = {{.slot = first + 1, .expected = watt_hours(3), .p10 = std::nullopt, .p90 = std::nullopt},
             {.slot = first + 2, .expected = watt_hours(4), .p10 = std::nullopt, .p90 = std::nullopt}};
  const PvForecast sum = combine(std::vector<PvForecast>{a, b});
  ASSERT_EQ(sum.slots.size(), 1U);
  EXPECT_EQ(sum.slots[0].slot, first + 1);
  EXPECT_NEAR(in_watt_hours(sum.slots[0].expected), 5.0, 1e-9);
  EXPECT_FALSE(sum.slots[0].p10.has_value());
}

}  // namespace
}  // namespace gridpilot::weather
