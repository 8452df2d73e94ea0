#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gridpilot/store/sqlite/record.hpp"

namespace gridpilot::store::test {

namespace fs = std::filesystem;

/// A folder that is gone with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "gridpilot-store-XXXXXX").native();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Runs one coroutine to its end; a hanging one fails the test.
template <class T>
T finished(net::asio::io_context& io, net::Awaitable<T> task) {
  std::optional<T> result;
  net::asio::co_spawn(io, std::move(task), [&](std::exception_ptr error, T value) {
    if (error) std::rethrow_exception(error);
    result.emplace(std::move(value));
  });
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  io.restart();
  while (!result && std::chrono::steady_clock::now() < end && io.run_one_until(end) != 0) {
  }
  if (!result) throw std::runtime_error("the coroutine did not end");
  return std::move(*result);
}

class RecordTest : public testing::Test {
 protected:
  [[nodiscard]] SqliteRecord::Options options() const {
    SqliteRecord::Options options;
    options.path = folder.path() / "gridpilot.db";
    options.lock_wait = std::chrono::milliseconds(20);
    options.retry_after = std::chrono::milliseconds(1);
    return options;
  }
  [[nodiscard]] std::unique_ptr<SqliteRecord> open() { return open(options()); }
  [[nodiscard]] std::unique_ptr<SqliteRecord> open(const SqliteRecord::Options& with) {
    Result<std::unique_ptr<SqliteRecord>> record = SqliteRecord::open(with, io.get_executor());
    if (!record) throw std::runtime_error(record.error().message);
    return std::move(*record);
  }
  template <class T>
  T wait(net::Awaitable<T> task) {
    return finished(io, std::move(task));
  }
  /// The value; a failure fails the test with its sentence.
  template <class T>
  T value(net::Awaitable<Result<T>> task) {
    Result<T> result = wait(std::move(task));
    if (!result) throw std::runtime_error(result.error().message);
    return std::move(*result);
  }
  void done(net::Awaitable<Result<void>> task) {
    const Result<void> result = wait(std::move(task));
    EXPECT_TRUE(result) << result.error().message;
  }

  TemporaryFolder folder;
  net::asio::io_context io;
};

inline Instant at(std::int64_t seconds) {
  return Instant(Seconds(1'795'564'800 + seconds));  // 2026-11-25T00:00Z and so many seconds
}

inline constexpr ports::TimeRange always{Instant(Seconds(0)), Instant(Seconds(1'000'000'000'000))};

inline Decision decision_at(std::int64_t seconds, std::string reason = "the night is cheap") {
  return {.time = at(seconds),
          .command = {.action = Action::charge,
                      .power = watts(3200),
                      .stop_soc = percent(87.5),
                      .until = at(seconds + 900)},
          .reason = std::move(reason),
          .bound_by = std::nullopt,
          .alternatives = {},
          .verdict = Verdict::pending};
}

}  // namespace gridpilot::store::test
