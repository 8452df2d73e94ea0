#include "gridpilot/market/price_keeper.hpp"

#include <boost/asio/thread_pool.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gridpilot/net/task_group.hpp"
#include "unit/market/prices.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::market {
namespace {

using net::Awaitable;
using std::chrono::year_month_day;
using test::at;
using test::date;
using test::day_of_prices;
using test::warsaw;
using testing::ElementsAre;
using testing::HasSubstr;

const Instant start = at("2026-09-07T06:00:00Z");

/// Publishes each day at 13:10 local of the day before, and fails while told to.
class ScriptedSource final : public ports::PriceSource {
 public:
  explicit ScriptedSource(const os::Clock& clock, PriceSeries series = PriceSeries::sdac_15min)
      : clock_(clock), series_(series) {}
  [[nodiscard]] std::string_view name() const override { return "scripted"; }
  [[nodiscard]] PriceSeries series() const override { return series_; }
  [[nodiscard]] Currency currency() const override { return Currency::pln(); }
  [[nodiscard]] Awaitable<Result<std::vector<MarketPrice>>> fetch_day(year_month_day day) override {
    const Instant now = clock_.now();
    asked.push_back(to_iso(day) + " at " + clock_text(warsaw(), now));
    if (fault) co_return std::unexpected(*fault);
    const Instant published = warsaw().instant_of({.date = plus_days(day, -1), .hour = 13, .minute = 10});
    if (now < published) co_return failure(ErrorCode::not_published, "not yet");
    auto prices = day_of_prices(day, now);
    if (correction) prices[40].price = *correction;
    co_return prices;
  }
  std::vector<std::string> asked;
  std::optional<Error> fault;
  std::optional<NetPrice> correction;

 private:
  const os::Clock& clock_;
  PriceSeries series_;
};

class Keeping : public testing::Test {
 protected:
  void TearDown() override {
    group_.cancel();
    net::test::run(io_, group_.join());
    pool_.join();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
    EXPECT_THAT(escalated_, ElementsAre());
  }
  PriceKeeper& keep(ScriptedSource& source, const PriceCache* cache = nullptr, ScheduleOptions options = {}) {
    options.spread = Seconds(0);
    options.after_failure.jitter = 0.0;
    keeper_ = std::make_unique<PriceKeeper>(
        PriceKeeper::Parts{.source = source, .timeline = timeline_, .book = book_, .cache = cache},
        PublicationSchedule(warsaw(), options),
        PriceKeeperHooks{.on_prices = [this](PriceSeries, const std::vector<MarketPrice>&,
                                             int changed) { changes_.push_back(changed); },
                         .on_event =
                             [this](const SourceEvent& event) {
                               events_.push_back(std::string(name_of(event.kind)) + " " + to_iso(event.day));
                               if (event.error) last_error_ = event.error->message;
                             }});
    group_.spawn("keeper", keeper_->run());
    return *keeper_;
  }
  /// Lets simulated time pass up to an instant, where it then stands: the test is a participant itself.
  void pass_until(Instant t) { net::test::run(io_, timeline_.wait_until(t)); }
  PriceCache& cache() {
    std::string name = std::filesystem::temp_directory_path() / "gridpilot-keeper-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    cache_ = std::make_unique<PriceCache>(folder_, warsaw(), pool_.get_executor());
    return *cache_;
  }

  net::asio::io_context io_;
  net::asio::thread_pool pool_{1};
  net::SimulatedTimeline timeline_{io_, start};
  net::Timeline::Participant test_{timeline_};
  std::vector<std::string> escalated_;
  net::TaskGroup group_{io_.get_executor(), [this](std::string_view task, const std::exception_ptr& thrown) {
                          escalated_.push_back(std::string(task) + ": " + net::describe(thrown));
                        }};
  PriceBook book_;
  ScriptedSource source_{timeline_.clock()};
  std::filesystem::path folder_;
  std::unique_ptr<PriceCache> cache_;
  std::unique_ptr<PriceKeeper> keeper_;
  std::vector<int> changes_;
  std::vector<std::string> events_;
  std::string last_error_;
};

TEST_F(Keeping, KnowsTodayAtOnceAndTomorrowSoonAfterItsPublication) {
  const PriceKeeper& keeper = keep(source_);
  EXPECT_EQ(keeper.state().condition, SourceCondition::starting);
  EXPECT_EQ(keeper.state().age, std::nullopt);
  pass_until(start + Seconds(60));
  EXPECT_EQ(keeper.state().condition, SourceCondition::fresh);
  EXPECT_EQ(keeper.state().age, Seconds(60));
  EXPECT_EQ(book_.known_until(PriceSeries::sdac_15min, Slot::containing(start)).start(), at("2026-09-07T22:00:00Z"));
  pass_until(at("2026-09-07T11:05:00Z"));
  EXPECT_EQ(keeper.state().condition, SourceCondition::waiting);
  pass_until(at("2026-09-07T23:00:00Z"));
  EXPECT_EQ(keeper.state().condition, SourceCondition::fresh);
  EXPECT_EQ(book_.known_until(PriceSeries::sdac_15min, Slot::containing(start)).start(), at("2026-09-08T22:00:00Z"));
  EXPECT_THAT(source_.asked, ElementsAre("2026-09-07 at 08:00", "2026-09-07 at 11:00", "2026-09-08 at 12:40",
                                         "2026-09-08 at 12:43", "2026-09-08 at 12:48", "2026-09-08 at 12:56",
                                         "2026-09-08 at 13:09", "2026-09-08 at 13:29", "2026-09-08 at 16:29"));
  EXPECT_EQ(keeper.state().failure_count(), 0);
}

TEST_F(Keeping, ACorrectionReachesTheBook) {
  keep(source_);
  pass_until(start + Seconds(60));
  source_.correction = NetPrice::from_nanos_per_kwh(7);
  pass_until(start + Seconds(4 * 3600));
  EXPECT_THAT(changes_, ElementsAre(96, 1));
}

TEST_F(Keeping, AFailingSourceIsAskedLessAndLessAndItsStateSaysWhy) {
  source_.fault = Error{ErrorCode::unreachable, "no route to host"};
  const PriceKeeper& keeper = keep(source_);
  pass_until(start + Seconds(4 * 3600));
  EXPECT_EQ(keeper.state().condition, SourceCondition::failing);
  EXPECT_EQ(keeper.state().age, std::nullopt);
  EXPECT_LT(source_.asked.size(), 24U);
  EXPECT_EQ(keeper.state().failures.at(ErrorCode::unreachable), static_cast<int>(source_.asked.size()));
  EXPECT_EQ(keeper.state().last_error->message, "no route to host");
  source_.fault.reset();
  pass_until(start + Seconds(5 * 3600));
  EXPECT_NE(keeper.state().condition, SourceCondition::failing);
  EXPECT_TRUE(book_.find(PriceSeries::sdac_15min, Slot::containing(start)).has_value());
}

TEST_F(Keeping, RemembersFromDiskWhatWasKnownBeforeARestart) {
  PriceCache& files = cache();
  keep(source_, &files);
  pass_until(start + Seconds(60));
  group_.cancel();
  net::test::run(io_, group_.join());
  book_ = PriceBook();
  events_.clear();

  ScriptedSource dead(timeline_.clock());
  dead.fault = Error{ErrorCode::unreachable, "no network"};
  PriceKeeper again({.source = dead, .timeline = timeline_, .book = book_, .cache = &files},
                    PublicationSchedule(warsaw()), {});
  net::TaskGroup tasks(io_.get_executor(), [](std::string_view, const std::exception_ptr&) {});
  tasks.spawn("again", again.run());
  pass_until(start + Seconds(120));
  EXPECT_EQ(book_.known_until(PriceSeries::sdac_15min, Slot::containing(start)).start(), at("2026-09-07T22:00:00Z"));
  EXPECT_EQ(again.state().age, Seconds(120));
  EXPECT_TRUE(dead.asked.empty()) << "nothing was due";
  tasks.cancel();
  net::test::run(io_, tasks.join());
}

TEST_F(Keeping, ACorruptFileIsNamedAndFetchedAnew) {
  PriceCache& files = cache();
  const auto file = files.file_of("scripted", date("2026-09-07"));
  std::ofstream(file) << "{\"format\":1,";
  keep(source_, &files);
  pass_until(start + Seconds(60));
  EXPECT_THAT(events_, ElementsAre("cache_failed 2026-09-07", "fetched 2026-09-07"));
  EXPECT_THAT(last_error_, HasSubstr(file.string()));
  EXPECT_TRUE(book_.find(PriceSeries::sdac_15min, Slot::containing(start)).has_value());
}

TEST_F(Keeping, FetchesThePastWhereItIsWanted) {
  keep(source_, nullptr, {.past_days = 2});
  pass_until(start + Seconds(60));
  EXPECT_THAT(events_, ElementsAre("fetched 2026-09-07", "fetched 2026-09-06", "fetched 2026-09-05"));
}

TEST_F(Keeping, TwoSourcesAreKeptBesideEachOther) {
  ScriptedSource export_prices(timeline_.clock(), PriceSeries::rce_15min);
  export_prices.fault = Error{ErrorCode::timeout, "silent"};
  PriceKeeper second({.source = export_prices, .timeline = timeline_, .book = book_}, PublicationSchedule(warsaw()),
                     {});
  keep(source_);
  group_.spawn("second", second.run());
  pass_until(start + Seconds(60));
  EXPECT_TRUE(book_.find(PriceSeries::sdac_15min, Slot::containing(start)).has_value());
  EXPECT_FALSE(book_.find(PriceSeries::rce_15min, Slot::containing(start)).has_value());
  EXPECT_EQ(second.state().condition, SourceCondition::failing);
  group_.cancel();
  net::test::run(io_, group_.join());
}

}  // namespace
}  // namespace gridpilot::market
