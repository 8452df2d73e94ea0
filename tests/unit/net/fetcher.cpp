#include "gridpilot/net/fetcher.hpp"

#include <boost/asio/thread_pool.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "gridpilot/net/task_group.hpp"
#include "support/http_peer.hpp"
#include "unit/net/run.hpp"

namespace gridpilot::net {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using gridpilot::test::answer;
using gridpilot::test::HttpPeer;
using gridpilot::test::response;
using gridpilot::test::Script;
using gridpilot::test::Step;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Instant start{Seconds(1'800'000'000)};

Script error_status(const std::string& status, const std::string& headers = "") {
  return {{.send = response(status, headers, "{}")}};
}

/// One door to a scripted server, in simulated time, with a cache in a folder of its own.
class Fetching : public testing::Test {
 protected:
  Fetching() {
    std::string pattern = (fs::temp_directory_path() / "gridpilot-fetch-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    options_.retry.jitter = 0.0;
    restart();
  }
  ~Fetching() override {
    stop();
    fs::remove_all(folder_);
  }
  void serve(HttpPeer::Handler handler) { peer_ = std::make_unique<HttpPeer>(io_, std::move(handler)); }
  void serve(std::vector<Script> scripts) { peer_ = std::make_unique<HttpPeer>(io_, std::move(scripts)); }

  void stop() {
    fetcher_.reset();
    if (pool_) pool_->join();
    cache_.reset();
  }
  /// The process ends and another begins, on the same folder.
  void restart() {
    stop();
    pool_ = std::make_unique<asio::thread_pool>(1);
    cache_ = std::make_unique<DocumentCache>(DocumentCache::Options{.folder = folder_}, io_.get_executor(),
                                             pool_->get_executor());
    make_fetcher(cache_.get());
  }
  void make_fetcher(const DocumentCache* cache) {
    fetcher_ = std::make_unique<Fetcher>(Fetcher::Parts{.http = client_,
                                                        .timeline = timeline_,
                                                        .cache = cache,
                                                        .on_event =
                                                            [this](const FetchEvent& event) {
                                                              events_.emplace_back(name_of(event.kind));
                                                              if (event.error != nullptr)
                                                                events_.back() +=
                                                                    " " + std::string(name_of(event.error->code));
                                                            }},
                                         options_);
  }
  DocumentRequest request(const std::string& path = "/document") const {
    return {.key = "document", .url = peer_->url(path)};
  }
  Result<Document> fetch(DocumentRequest wanted) {
    Result<Document> result = failure(ErrorCode::bug, "not asked");
    test::run(io_, [](Fetching* self, DocumentRequest asked, Result<Document>* out) -> Awaitable<void> {
      const Timeline::Participant inside(self->timeline_);
      *out = co_await self->fetcher_->fetch(std::move(asked));
    }(this, std::move(wanted), &result));
    return result;
  }
  Result<Document> fetch() { return fetch(request()); }
  void pass(Seconds time) {
    test::run(io_, [](SimulatedTimeline* timeline, Seconds how_long) -> Awaitable<void> {
      const Timeline::Participant inside(*timeline);
      co_await timeline->wait_until(timeline->clock().now() + how_long);
    }(&timeline_, time));
  }
  Instant now() const { return timeline_.clock().now(); }
  void expect_error(const Result<Document>& result, ErrorCode code, const std::string& words) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(name_of(result.error().code), name_of(code)) << result.error().message;
    EXPECT_THAT(result.error().message, HasSubstr(words));
  }

  fs::path folder_;
  asio::io_context io_;
  SimulatedTimeline timeline_{io_, start};
  std::unique_ptr<HttpPeer> peer_;
  HttpClient client_{io_.get_executor()};
  std::unique_ptr<asio::thread_pool> pool_;
  std::unique_ptr<DocumentCache> cache_;
  FetcherOptions options_{.source = "scripted"};
  std::unique_ptr<Fetcher> fetcher_;
  std::vector<std::string> events_;
};

TEST_F(Fetching, AGoodAnswerComesWithItsTimes) {
  serve({answer("{\"a\":1}")});
  const auto document = fetch();
  ASSERT_TRUE(document.has_value()) << document.error().message;
  EXPECT_EQ(document->body, "{\"a\":1}");
  EXPECT_EQ(document->content_type, "application/json");
  EXPECT_EQ(document->received_at, start);
  EXPECT_EQ(document->confirmed_at, start);
  EXPECT_FALSE(document->from_cache);
  EXPECT_THAT(events_, ElementsAre("answered"));
}

TEST_F(Fetching, FurtherHeadersAreSentAndNotKept) {
  serve({answer("{}")});
  DocumentRequest wanted = request();
  wanted.headers = {{"Authorization", "Bearer top-secret"}};
  ASSERT_TRUE(fetch(wanted).has_value());
  EXPECT_THAT(peer_->requests().at(0), HasSubstr("\r\nAuthorization: Bearer top-secret\r\n"));
  stop();
  for (const auto& file : fs::directory_iterator(folder_)) {
    std::ifstream in(file.path());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    EXPECT_THAT(text, Not(HasSubstr("secret")));
  }
}

TEST_F(Fetching, AHeaderWithALineBreakIsRefused) {
  serve({answer("{}")});
  DocumentRequest wanted = request();
  wanted.headers = {{"Authorization", "x\r\nEvil: yes"}};
  expect_error(fetch(wanted), ErrorCode::bad_input, "header");
  EXPECT_TRUE(peer_->requests().empty());
}

TEST_F(Fetching, RetriesWithGrowingPauses) {
  serve({error_status("502 Bad Gateway"), error_status("502 Bad Gateway"), answer("{}")});
  ASSERT_TRUE(fetch().has_value());
  EXPECT_EQ(peer_->requests().size(), 3U);
  EXPECT_EQ(now(), start + 1s + 2s);
  EXPECT_THAT(events_, ElementsAre("failed unreachable", "failed unreachable", "answered"));
  EXPECT_EQ(fetcher_->state().failures.at(ErrorCode::unreachable), 2U);
  EXPECT_FALSE(fetcher_->state().last_error.has_value());
}

TEST_F(Fetching, GivesUpAfterTheLastAttempt) {
  serve({error_status("500 Oops")});
  expect_error(fetch(), ErrorCode::unreachable, "status 500");
  EXPECT_EQ(peer_->requests().size(), 3U);
}

TEST_F(Fetching, DoesNotRepeatAQuestionThatWillFailAgain) {
  serve({error_status("403 Forbidden")});
  expect_error(fetch(), ErrorCode::rejected, "403");
  EXPECT_EQ(peer_->requests().size(), 1U);
}

TEST_F(Fetching, ThePausesEndWithTheDeadline) {
  options_.deadline = 1500ms;
  restart();
  serve({error_status("502 Bad Gateway")});
  expect_error(fetch(), ErrorCode::unreachable, "502");
  EXPECT_EQ(peer_->requests().size(), 2U);
}

TEST_F(Fetching, ASilentServerEndsWithTheDeadlineOfAllAttempts) {
  options_.deadline = 250ms;
  options_.limits.total = 10s;
  restart();
  serve({Script{{.then = Step::Then::hang}}});
  const auto begun = SteadyClock::now();
  expect_error(fetch(), ErrorCode::timeout, "127.0.0.1");
  EXPECT_LT(SteadyClock::now() - begun, 2s);
  EXPECT_EQ(peer_->requests().size(), 1U);
}

TEST_F(Fetching, AsksWhetherAnythingIsNewAndConfirmsWhatIsKnown) {
  serve([](const std::string& asked) {
    if (asked.contains("If-None-Match: \"v1\"") && asked.contains("If-Modified-Since: Wed, 25 Nov 2026 10:00:00 GMT"))
      return error_status("304 Not Modified");
    return answer("{\"v\":1}", "ETag: \"v1\"\r\nLast-Modified: Wed, 25 Nov 2026 10:00:00 GMT\r\n");
  });
  ASSERT_TRUE(fetch().has_value());
  pass(600s);
  restart();
  const auto again = fetch();
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->body, "{\"v\":1}");
  EXPECT_EQ(again->received_at, start);
  EXPECT_EQ(again->confirmed_at, start + 600s);
  EXPECT_FALSE(again->from_cache);
  EXPECT_THAT(events_, ElementsAre("answered", "confirmed"));
}

TEST_F(Fetching, AnAnswerToAnotherQuestionIsNotConfirmed) {
  serve([](const std::string& asked) {
    return asked.contains("If-None-Match") ? error_status("304 Not Modified") : answer("{\"v\":1}", "ETag: \"v1\"\r\n");
  });
  ASSERT_TRUE(fetch(request("/one")).has_value());
  ASSERT_TRUE(fetch(request("/two")).has_value());
  EXPECT_THAT(events_, ElementsAre("answered", "answered"));
}

TEST_F(Fetching, NothingNewWhereNothingWasKnownIsAWrongAnswer) {
  serve({error_status("304 Not Modified")});
  expect_error(fetch(), ErrorCode::wrong_answer, "nothing was known");
}

TEST_F(Fetching, NothingNewAfterTheFileWasDamagedFetchesItAnew) {
  serve([](const std::string& asked) {
    return asked.contains("If-None-Match") ? error_status("304 Not Modified") : answer("{\"v\":1}", "ETag: \"v1\"\r\n");
  });
  ASSERT_TRUE(fetch().has_value());
  stop();
  std::ofstream(folder_ / "scripted_document.document", std::ios::app) << "tail";
  restart();
  const auto again = fetch();
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->body, "{\"v\":1}");
}

TEST_F(Fetching, AFreshDocumentIsNotAskedForAgainAlsoAfterARestart) {
  options_.fresh_for = 300s;
  restart();
  serve({answer("{\"v\":1}"), answer("{\"v\":2}")});
  ASSERT_TRUE(fetch().has_value());
  restart();
  pass(299s);
  const auto same = fetch();
  ASSERT_TRUE(same.has_value());
  EXPECT_TRUE(same->from_cache);
  EXPECT_EQ(same->body, "{\"v\":1}");
  pass(1s);
  const auto next = fetch();
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->body, "{\"v\":2}");
  EXPECT_THAT(events_, ElementsAre("answered", "remembered", "answered"));
}

TEST_F(Fetching, WhatIsRememberedComesWithoutAskingHoweverOld) {
  serve({answer("{\"v\":1}"), error_status("500 Oops")});
  ASSERT_TRUE(fetch().has_value());
  restart();
  pass(24h);
  Result<Document> result = failure(ErrorCode::bug, "not asked");
  test::run(io_, [](Fetcher* fetcher, DocumentRequest asked, Result<Document>* out) -> Awaitable<void> {
    *out = co_await fetcher->remembered(std::move(asked));
  }(fetcher_.get(), request(), &result));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_TRUE(result->from_cache);
  EXPECT_EQ(result->confirmed_at, start);
  EXPECT_EQ(peer_->requests().size(), 1U);
}

TEST_F(Fetching, ABreakerLeavesAFailingSourceAloneAndTriesItLater) {
  options_.breaker = {.failures_to_open = 3, .first_pause = 60s};
  restart();
  serve({error_status("500 Oops"), error_status("500 Oops"), error_status("500 Oops"), answer("{}")});
  expect_error(fetch(), ErrorCode::unreachable, "500");
  expect_error(fetch(), ErrorCode::busy, "left alone until");
  EXPECT_EQ(peer_->requests().size(), 3U);
  EXPECT_EQ(fetcher_->state().breaker, Breaker::State::open);
  pass(60s);
  ASSERT_TRUE(fetch().has_value());
  EXPECT_EQ(fetcher_->state().breaker, Breaker::State::closed);
}

TEST_F(Fetching, ADocumentThatDoesNotExistIsNoFaultOfTheSource) {
  options_.breaker.failures_to_open = 1;
  restart();
  serve({error_status("404 Not Found")});
  for (int n = 0; n < 3; ++n) expect_error(fetch(), ErrorCode::not_found, "404");
  EXPECT_EQ(peer_->requests().size(), 3U);
}

TEST_F(Fetching, ALimitOfQuestionsHoldsAlsoAfterARestart) {
  options_.rate = RateLimitPolicy{.questions = 2, .window = 24h};
  restart();
  serve({answer("{}")});
  ASSERT_TRUE(fetch().has_value());
  pass(3600s);
  ASSERT_TRUE(fetch().has_value());
  restart();
  expect_error(fetch(), ErrorCode::busy, to_rfc3339(start + 24h));
  EXPECT_EQ(peer_->requests().size(), 2U);
  EXPECT_EQ(fetcher_->state().left_alone_until, start + 24h);
  pass(23h);
  EXPECT_TRUE(fetch().has_value());
}

TEST_F(Fetching, RetryAfterIsKept) {
  serve({error_status("429 Too Many Requests", "Retry-After: 90\r\n"), answer("{}")});
  expect_error(fetch(), ErrorCode::busy, "429");
  pass(89s);
  expect_error(fetch(), ErrorCode::busy, "left alone until " + to_rfc3339(start + 90s));
  pass(1s);
  EXPECT_TRUE(fetch().has_value());
  EXPECT_EQ(peer_->requests().size(), 2U);
}

TEST_F(Fetching, ACancelledFetchEndsAndCountsAsNoFailure) {
  serve({Script{{.then = Step::Then::hang}}});
  TaskGroup group(io_.get_executor(), [](std::string_view, const std::exception_ptr&) { FAIL(); });
  group.spawn("fetch", [](Fetcher* fetcher, DocumentRequest asked) -> Awaitable<void> {
    (void)co_await fetcher->fetch(std::move(asked));
  }(fetcher_.get(), request()));
  while (peer_->requests().empty()) io_.run_one();
  group.cancel();
  test::run(io_, group.join());
  EXPECT_TRUE(fetcher_->state().failures.empty());
  EXPECT_TRUE(events_.empty());
}

TEST_F(Fetching, WithoutACacheEveryFetchAsks) {
  options_.fresh_for = 300s;
  make_fetcher(nullptr);
  serve({answer("{}", "ETag: \"v1\"\r\n")});
  ASSERT_TRUE(fetch().has_value());
  ASSERT_TRUE(fetch().has_value());
  EXPECT_EQ(peer_->requests().size(), 2U);
  EXPECT_THAT(peer_->requests().at(1), Not(HasSubstr("If-None-Match")));
}

TEST_F(Fetching, ABodyThatFailsItsCheckIsNeitherKeptNorConfirmed) {
  options_.fresh_for = 300s;
  restart();
  serve({answer("{\"torn\":", "ETag: \"v1\"\r\n"), answer("{}")});
  DocumentRequest wanted = request();
  wanted.check = [](std::string_view body) -> Result<void> {
    if (body.ends_with('}')) return {};
    return failure(ErrorCode::malformed, "the text ends too early");
  };
  expect_error(fetch(wanted), ErrorCode::malformed, "127.0.0.1: the text ends too early");
  ASSERT_TRUE(fetch(wanted).has_value());
  EXPECT_THAT(peer_->requests().at(1), Not(HasSubstr("If-None-Match")));
}

}  // namespace
}  // namespace gridpilot::net
