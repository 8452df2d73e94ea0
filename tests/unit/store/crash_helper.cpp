// Records decisions as fast as it can and prints the reason of each that has been acknowledged, until it is killed.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "gridpilot/store/sqlite/record.hpp"

namespace {

using namespace gridpilot;

net::Awaitable<void> record_for_ever(store::SqliteRecord* record, int lane) {
  for (int i = 0;; ++i) {
    Reading reading;
    reading.time = Instant(Seconds(1'795'564'800 + i));
    record->append(reading);
    Decision decision;
    decision.time = reading.time;
    decision.reason = std::to_string(getpid()) + "-" + std::to_string(lane) + "-" + std::to_string(i);
    decision.alternatives = {{Action::hold, watts(0), currency(1)}};
    const std::string line = decision.reason + "\n";
    const Result<std::int64_t> id = co_await record->store_decision(std::move(decision));
    if (!id || write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  net::asio::io_context io;
  auto record = store::SqliteRecord::open({.path = argv[1]}, io.get_executor());
  if (!record) {
    std::fprintf(stderr, "%s\n", record.error().message.c_str());
    return 1;
  }
  for (int lane = 0; lane < 4; ++lane)
    net::asio::co_spawn(io, record_for_ever(record->get(), lane), [](std::exception_ptr) { std::_Exit(1); });
  io.run();
}
