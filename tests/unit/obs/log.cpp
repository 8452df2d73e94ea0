#include "gridpilot/obs/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "gridpilot/obs/repeat_guard.hpp"

namespace gridpilot::obs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class LogTest : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<Log> log_as(Format format, Level level = Level::info) {
    return std::make_unique<Log>(Log::Options{.level = level, .format = format},
                                 [this](std::string_view line) { lines.emplace_back(line); });
  }
  std::vector<std::string> lines;
};

using LogEvents = LogTest;

TEST_F(LogEvents, AreAnEventAndFieldsAsText) {
  const auto log = log_as(Format::text);
  log->info("plan.made", {{"slots", 140}, {"cost", 3.25}, {"foreseen", true}, {"site", "home"}});
  log->warning("reading.late", {{"age_s", -2}});
  EXPECT_THAT(lines, ElementsAre("info plan.made slots=140 cost=3.25 foreseen=true site=home",
                                 "warning reading.late age_s=-2"));
}

TEST_F(LogEvents, QuoteTextThatIsNotOneWord) {
  const auto log = log_as(Format::text);
  log->info("e", {{"a", "two words"}, {"b", "say \"x\""}, {"c", ""}, {"d", "k=v"}, {"e", "zażółć"}, {"f", "\x01"}});
  EXPECT_THAT(lines, ElementsAre(R"(info e a="two words" b="say \"x\"" c="" d="k=v" e=zażółć f="\u0001")"));
}

TEST_F(LogEvents, CannotBeForgedByALineBreakInAValue) {
  for (const Format format : {Format::text, Format::journal, Format::json}) {
    lines.clear();
    log_as(format)->info("e", {{"answer", "x\n<3>forged\r"}});
    ASSERT_THAT(lines, SizeIs(1));
    EXPECT_THAT(lines[0], Not(HasSubstr("\n")));
    EXPECT_THAT(lines[0], Not(HasSubstr("\r")));
  }
}

TEST_F(LogEvents, CarryTheJournalsPriorities) {
  const auto log = log_as(Format::journal, Level::debug);
  log->debug("a");
  log->info("b", {{"n", 1}});
  log->warning("c");
  log->error("d");
  EXPECT_THAT(lines, ElementsAre("<7>a", "<6>b n=1", "<4>c", "<3>d"));
}

TEST_F(LogEvents, AreObjectsAsJson) {
  const auto log = log_as(Format::json);
  log->error("e", {{"text", "a \"b\"\n\\"}, {"n", 3}, {"x", 0.5}, {"none", std::nan("")}, {"flag", false}});
  EXPECT_THAT(
      lines,
      ElementsAre(R"({"level":"error","event":"e","text":"a \"b\"\n\\","n":3,"x":0.5,"none":null,"flag":false})"));
}

TEST_F(LogEvents, BelowTheLevelAreLeftOut) {
  const auto log = log_as(Format::text, Level::warning);
  log->debug("a");
  log->info("b");
  log->warning("c");
  EXPECT_THAT(lines, ElementsAre("warning c"));
}

TEST_F(LogEvents, TellAnErrorsCodeAndSentence) {
  const auto log = log_as(Format::text);
  log->failure(Level::error, "record.failed", Error{.code = ErrorCode::io_failure, .message = "disk is full"},
               {{"rows", 3}});
  EXPECT_THAT(lines, ElementsAre("error record.failed rows=3 error=io_failure message=\"disk is full\""));
}

TEST_F(LogEvents, LeaveCancellationsOut) {
  log_as(Format::text)->failure(Level::error, "e", Error{.code = ErrorCode::cancelled, .message = "stopped"});
  EXPECT_THAT(lines, IsEmpty());
}

TEST_F(LogEvents, NeverShowASecret) {
  for (const Format format : {Format::text, Format::journal, Format::json}) {
    lines.clear();
    const auto log = log_as(format);
    log->redactor().add_secret("pass\"word/1");
    log->redactor().add_secret("pass");
    log->redactor().add_secret("");
    log->info("fetch", {{"url", "https://x/?key=pass%22word%2F1"}, {"header", "Bearer pass\"word/1 pass"}});
    log->failure(Level::error, "e", Error{.code = ErrorCode::rejected, .message = "refused pass\"word/1"});
    ASSERT_THAT(lines, SizeIs(2));
    for (const std::string& line : lines) {
      EXPECT_THAT(line, Not(HasSubstr("pass")));
      EXPECT_THAT(line, Not(HasSubstr("word")));
      EXPECT_THAT(line, HasSubstr("***"));
    }
  }
}

TEST_F(LogEvents, GoToStandardErrorWhenTheLogEnds) {
  testing::internal::CaptureStderr();
  {
    Log log({.level = Level::info, .format = Format::journal});
    for (int i = 0; i < 100; ++i) log.info("e", {{"i", i}});
  }
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(written, '\n'), 100);
  EXPECT_THAT(written, HasSubstr("<6>e i=99\n"));
}

TEST_F(LogEvents, BearTheTimeInUtcAsJson) {
  testing::internal::CaptureStderr();
  {
    Log({.level = Level::info, .format = Format::json}).info("e");
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::MatchesRegex(R"(\{"time":"....-..-..T..:..:..\....Z","level":"info","event":"e"\}.)"));
}

TEST(LogFormat, IsTheJournalsWhereStandardErrorIsItsStream) {
  struct stat status{};
  ASSERT_EQ(fstat(STDERR_FILENO, &status), 0);
  setenv("JOURNAL_STREAM", (std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino)).c_str(), 1);
  EXPECT_EQ(Log::format_of_standard_error(), Format::journal);
  setenv("JOURNAL_STREAM", "1:1", 1);  // inherited from a service, but redirected since
  EXPECT_EQ(Log::format_of_standard_error(), Format::text);
  unsetenv("JOURNAL_STREAM");
  EXPECT_EQ(Log::format_of_standard_error(), Format::text);
}

class Repeats : public LogTest {
 protected:
  static Instant at(int seconds) { return Instant(Seconds(1'000'000 + seconds)); }
  static Error error(ErrorCode code) { return {.code = code, .message = "no answer"}; }
};

TEST_F(Repeats, AreLoggedOnceThenCounted) {
  const auto log = log_as(Format::text);
  RepeatGuard guard(*log);
  for (int i = 0; i < 50; ++i) guard.failed("inverter", error(ErrorCode::timeout), at(20 * i));
  EXPECT_THAT(lines, ElementsAre("warning source.failing source=inverter failures=1 error=timeout "
                                 "message=\"no answer\""));
  EXPECT_EQ(guard.failures("inverter"), 50);
  EXPECT_EQ(guard.failures("market"), 0);
  lines.clear();
  guard.succeeded("inverter", at(1000));
  guard.succeeded("inverter", at(1020));
  guard.succeeded("market", at(1020));
  EXPECT_THAT(lines, ElementsAre("info source.recovered source=inverter failures=50 after_s=1000"));
  EXPECT_EQ(guard.failures("inverter"), 0);
}

TEST_F(Repeats, AreLoggedAgainWhenTheReasonChangesOrAnHourHasPassed) {
  const auto log = log_as(Format::text);
  RepeatGuard guard(*log);
  guard.failed("inverter", error(ErrorCode::timeout), at(0));
  guard.failed("inverter", error(ErrorCode::checksum), at(20));
  guard.failed("inverter", error(ErrorCode::checksum), at(40));
  guard.failed("inverter", error(ErrorCode::checksum), at(3620));
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[1], HasSubstr("source.failing source=inverter failures=2 error=checksum"));
  EXPECT_THAT(lines[2], HasSubstr("source.still_failing source=inverter failures=4 for_s=3620"));
}

TEST_F(Repeats, DoNotCountCancellations) {
  const auto log = log_as(Format::text);
  RepeatGuard guard(*log);
  guard.failed("inverter", error(ErrorCode::cancelled), at(0));
  EXPECT_EQ(guard.failures("inverter"), 0);
  EXPECT_THAT(lines, IsEmpty());
}

TEST(Redaction, MasksTheLongerSecretFirstAndEveryOccurrence) {
  Redactor redactor;
  redactor.add_secret("abc");
  redactor.add_secret("abcdef");
  EXPECT_EQ(redactor.masked("abcdef abc xabcx"), "*** *** x***x");
  EXPECT_EQ(redactor.masked("ab"), "ab");
  EXPECT_EQ(Redactor().masked("abc"), "abc");
}

TEST(Redaction, EndsWhereTheMaskContainsTheSecret) {
  Redactor redactor;
  redactor.add_secret("*");
  EXPECT_EQ(redactor.masked("a*b"), "a***b");
}

}  // namespace
}  // namespace gridpilot::obs
