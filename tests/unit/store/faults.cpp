#include <boost/asio/bind_cancellation_slot.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <random>
#include <set>
#include <string>

#include "gridpilot/store/sqlite/database.hpp"
#include "unit/store/support.hpp"

namespace gridpilot::store::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class SickDisk : public RecordTest {
 protected:
  ~SickDisk() override { grow_again(); }

  /// Files of this process cannot grow beyond a size: what a full disk looks like to the record.
  static void full_at(rlim_t bytes) {
    static_cast<void>(signal(SIGXFSZ, SIG_IGN));
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  static void grow_again() {
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  /// The writer tries again by itself; waits until it is well.
  void wait_until_well(const SqliteRecord& record) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (record.health() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_FALSE(record.health());
  }
};

Reading reading_at(std::int64_t seconds) {
  Reading r;
  r.time = at(seconds);
  r.pv = watts(static_cast<double>(seconds));
  return r;
}

TEST_F(SickDisk, IsReportedAndOvercomeWithoutLoss) {
  const auto record = open();
  static_cast<void>(value(record->store_decision(decision_at(0, "before"))));
  full_at(16 * 1024);
  record->append(reading_at(0));
  const Result<std::int64_t> refused = wait(record->store_decision(decision_at(20, std::string(40'000, 'x'))));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::io_failure);
  ASSERT_TRUE(record->health());
  EXPECT_THAT(record->health()->message, testing::HasSubstr("gridpilot.db"));
  record->append(reading_at(20));
  // What is on disk can still be asked for.
  EXPECT_THAT(value(record->decisions(always, 10, std::nullopt)), SizeIs(1));

  grow_again();
  wait_until_well(*record);
  EXPECT_THAT(value(record->readings(always, 10)), ElementsAre(reading_at(0), reading_at(20)));
  EXPECT_THAT(value(record->decisions(always, 10, std::nullopt)), SizeIs(2));
}

TEST_F(SickDisk, KeepsTheNewestRowsWhenTheBufferIsFull) {
  SqliteRecord::Options with = options();
  with.buffer_rows = 5;
  const auto record = open(with);
  full_at(16 * 1024);
  const Result<std::int64_t> refused = wait(record->store_decision(decision_at(0, std::string(40'000, 'x'))));
  ASSERT_FALSE(refused);
  for (int i = 0; i < 12; ++i) record->append(reading_at(20 * i));
  grow_again();
  wait_until_well(*record);
  done(record->flush());
  std::vector<std::int64_t> times;
  for (const Reading& r : value(record->readings(always, 100))) times.push_back((r.time - at(0)).count());
  ASSERT_FALSE(times.empty());
  EXPECT_EQ(times.back(), 220);
  EXPECT_LE(times.size(), 12);
}

TEST_F(SickDisk, WaitsForALockThatPasses) {
  const auto record = open();
  Database other = Database::open(options().path, Database::Mode::read_write, std::chrono::milliseconds(20)).value();
  ASSERT_TRUE(other.execute("BEGIN IMMEDIATE"));
  const Result<std::int64_t> refused = wait(record->store_decision(decision_at(0)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::busy);
  ASSERT_TRUE(other.execute("COMMIT"));
  wait_until_well(*record);
  EXPECT_THAT(value(record->decisions(always, 10, std::nullopt)), SizeIs(1));
}

TEST_F(SickDisk, LeavesOutARowThatTheSchemaRefusesAndKeepsTheOthers) {
  const auto record = open();
  SlotEnergy impossible;
  impossible.slot = Slot::containing(at(0));
  impossible.load = kilowatt_hours(std::nan(""));
  SlotEnergy sound;
  sound.slot = impossible.slot.next();
  record->append(impossible);
  record->append(sound);
  Decision without_number = decision_at(0);
  without_number.alternatives = {{Action::hold, watts(0), currency(1)}, {Action::sell, watts(1), currency(INFINITY)}};
  const Result<std::int64_t> refused = wait(record->store_decision(without_number));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::bug);
  ASSERT_TRUE(record->health());
  EXPECT_GT(value(record->store_decision(decision_at(20))), 0);
  EXPECT_FALSE(record->health());
  EXPECT_THAT(value(record->slot_energies(always)), SizeIs(1));
  const auto decisions = value(record->decisions(always, 10, std::nullopt));
  ASSERT_THAT(decisions, SizeIs(1));
  EXPECT_THAT(decisions[0].decision.alternatives, IsEmpty());
}

TEST_F(SickDisk, ReportsAPlanWithANumberThatIsNotFinite) {
  const auto record = open();
  Plan plan;
  PlanSlot& slot = plan.slots.emplace_back();
  slot.slot = Slot::containing(at(0));
  slot.flow.stored = kilowatt_hours(INFINITY);
  record->store_plan(plan);
  EXPECT_TRUE(record->health());
  plan.slots[0].slot = slot.slot.next();
  plan.slots[0].flow.stored = kilowatt_hours(1);
  record->store_plan(plan);
  EXPECT_FALSE(record->health());
}

class Handover : public RecordTest {};

TEST_F(Handover, CommitsManyDecisionsAtOnce) {
  const auto record = open();
  std::set<std::int64_t> ids;
  int ended = 0;
  for (int i = 0; i < 200; ++i)
    net::asio::co_spawn(io, record->store_decision(decision_at(i)),
                        [&](std::exception_ptr error, Result<std::int64_t> id) {
                          ASSERT_FALSE(error);
                          ASSERT_TRUE(id);
                          ids.insert(*id);
                          ++ended;
                        });
  io.run();
  EXPECT_EQ(ended, 200);
  EXPECT_THAT(ids, SizeIs(200));
  EXPECT_THAT(value(record->decisions(always, 1000, std::nullopt)), SizeIs(200));
}

TEST_F(Handover, WritesReadingsWhenThereAreEnoughOfThem) {
  SqliteRecord::Options with = options();
  with.flush_rows = 10;
  const auto record = open(with);
  for (int i = 0; i < 10; ++i) record->append(reading_at(i));
  const Database other = Database::open(with.path, Database::Mode::read_only, std::chrono::milliseconds(1000)).value();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (other.integer("SELECT count(*) FROM readings").value() != 10) ASSERT_LT(std::chrono::steady_clock::now(), end);
}

TEST_F(Handover, WritesReadingsWhenTheyAreOldEnough) {
  SqliteRecord::Options with = options();
  with.flush_after = Seconds(0);
  const auto record = open(with);
  record->append(reading_at(0));
  const Database other = Database::open(with.path, Database::Mode::read_only, std::chrono::milliseconds(1000)).value();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (other.integer("SELECT count(*) FROM readings").value() != 1) ASSERT_LT(std::chrono::steady_clock::now(), end);
}

TEST_F(Handover, WritesWhatIsBufferedWhenItIsClosedOrDestroyed) {
  auto record = open();
  record->append(reading_at(0));
  done(record->close());
  record = open();
  record->append(reading_at(20));
  record.reset();
  record = open();
  EXPECT_THAT(value(record->readings(always, 10)), SizeIs(2));
}

TEST_F(Handover, DeclinesEverythingAfterItWasClosed) {
  const auto record = open();
  done(record->close());
  record->append(reading_at(0));
  EXPECT_EQ(wait(record->store_decision(decision_at(0))).error().code, ErrorCode::cancelled);
  EXPECT_EQ(wait(record->flush()).error().code, ErrorCode::cancelled);
  EXPECT_EQ(wait(record->last_reading()).error().code, ErrorCode::cancelled);
  EXPECT_EQ(wait(record->close()).error().code, ErrorCode::cancelled);
}

TEST_F(Handover, GoesOnWritingWhenTheWaitIsCancelled) {
  const auto record = open();
  net::asio::cancellation_signal cancel;
  std::optional<ErrorCode> answer;
  net::asio::co_spawn(
      io, record->store_decision(decision_at(0)),
      net::asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, Result<std::int64_t> id) {
        ASSERT_FALSE(error);
        answer = id ? ErrorCode::bug : id.error().code;
      }));
  io.poll_one();  // it has been handed over and waits
  cancel.emit(net::asio::cancellation_type::terminal);
  io.run();
  // The commit may have been quicker.
  if (answer != ErrorCode::bug) EXPECT_EQ(answer, ErrorCode::cancelled);
  EXPECT_THAT(value(record->decisions(always, 10, std::nullopt)), SizeIs(1));
}

/// Starts the helper that records decisions and says which have been acknowledged; kills it at some moment.
std::set<std::string> acknowledged_until_killed(const fs::path& path, std::size_t bytes_before_the_kill) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("pipe");
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    execl(STORE_CRASH_HELPER, STORE_CRASH_HELPER, path.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(ends[1]);
  std::string said;
  std::array<char, 512> part{};
  bool killed = false;
  for (ssize_t n = 0; (n = read(ends[0], part.data(), part.size())) > 0;) {
    said.append(part.data(), static_cast<std::size_t>(n));
    if (!killed && said.size() >= bytes_before_the_kill) {
      kill(child, SIGKILL);
      killed = true;
    }
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << said;
  std::set<std::string> reasons;
  for (std::size_t begin = 0, end = 0; (end = said.find('\n', begin)) != std::string::npos; begin = end + 1)
    reasons.insert(said.substr(begin, end - begin));
  return reasons;
}

TEST_F(Handover, LosesNoAcknowledgedDecisionWhenTheProcessIsKilled) {
  std::minstd_rand random(20'261'125);
  std::set<std::string> acknowledged;
  for (int round = 0; round < 12; ++round) {
    const std::size_t bytes = std::uniform_int_distribution<std::size_t>(0, 3'000)(random);
    acknowledged.merge(acknowledged_until_killed(options().path, bytes));
    const auto record = open();
    EXPECT_THAT(record->notices(), IsEmpty());
    std::set<std::string> recorded;
    for (const auto& d : value(record->decisions(always, 1'000'000, std::nullopt))) recorded.insert(d.decision.reason);
    for (const std::string& reason : acknowledged) ASSERT_TRUE(recorded.contains(reason)) << reason;
    done(record->close());
  }
  EXPECT_GT(acknowledged.size(), 20);
}

}  // namespace
}  // namespace gridpilot::store::test
