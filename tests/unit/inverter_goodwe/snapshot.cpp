#include "gridpilot/inverter/goodwe/snapshot.hpp"

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

#include <filesystem>

#include "unit/inverter_goodwe/scripted_inverter.hpp"

namespace gridpilot::goodwe {
namespace {

Snapshot example() {
  return {.serial = "9010KETU000W0001",
          .taken_at = Instant(Seconds(1'790'000'000)),
          .registers = {{45355, 250},
                        {47000, 0},
                        {47511, 1},
                        {47512, 0},
                        {47547, 0x3000},
                        {47548, 0x3000},
                        {47549, 0},
                        {47550, 100},
                        {47551, 100},
                        {47552, 0},
                        {47612, 0}},
          .touched = {47000, 47547, 47548, 47549}};
}

std::string text_of(const std::vector<RegisterSpan>& spans) {
  std::string text;
  for (const RegisterSpan& span : spans) {
    text += (text.empty() ? "" : " ") + std::to_string(span.first) + ":";
    for (const std::uint16_t value : span.values.span()) text += std::to_string(value) + ",";
  }
  return text;
}

TEST(Snapshot, ComesBackFromItsText) {
  const auto back = parse_snapshot(to_json(example()));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->serial, example().serial);
  EXPECT_EQ(back->taken_at, example().taken_at);
  EXPECT_EQ(back->registers, example().registers);
  EXPECT_EQ(back->touched, example().touched);
}

TEST(Snapshot, RefusesWhatIsNone) {
  for (const char* text :
       {"", "{", "{}", R"({"format":2})",
        R"({"format":1,"serial":"x","taken_at":"2026-01-01T00:00:00Z","registers":{"a":1},"touched":[]})",
        R"({"format":1,"serial":"x","taken_at":"2026-01-01T00:00:00Z","registers":{"1":70000},"touched":[]})",
        R"({"format":1,"serial":"x","taken_at":"yesterday","registers":{},"touched":[]})"})
    EXPECT_FALSE(parse_snapshot(text)) << text;
}

TEST(GivingBack, WritesWhatWasTouchedAndTheModeLast) {
  EXPECT_EQ(text_of(give_back_spans(example())), "47547:12288,12288,0, 47000:0,");
}

TEST(GivingBack, DoesNotBringAForcedModeBack) {
  Snapshot ems = example();
  ems.registers[47511] = 4;
  ems.registers[47512] = 5000;
  ems.touched = {47511, 47512};
  EXPECT_EQ(text_of(give_back_spans(ems)), "47511:1,0,");

  Snapshot off_grid = example();
  off_grid.registers[47000] = 1;
  EXPECT_EQ(text_of(give_back_spans(off_grid)), "47547:12288,12288,0, 47000:0,");

  Snapshot all_day = example();
  all_day.registers[47000] = 3;
  all_day.registers[47547] = 0x0000;
  all_day.registers[47548] = 0x173B;
  all_day.registers[47549] = 0xFF7F;
  all_day.registers[47550] = 0xFFDD;
  all_day.touched = {47549};
  EXPECT_EQ(text_of(give_back_spans(all_day)), "47549:65407, 47000:0,");
}

TEST(GivingBack, KeepsAnOwnersWindows) {
  Snapshot windows = example();
  windows.registers[47000] = 3;
  windows.registers[47547] = 0x0600;
  windows.registers[47548] = 0x0800;
  windows.registers[47549] = 0xFF3E;
  EXPECT_EQ(text_of(give_back_spans(windows)), "47547:1536,2048,65342, 47000:3,");
}

TEST(FileSnapshotStore, KeepsOneTextAcrossRuns) {
  const auto path = std::filesystem::temp_directory_path() / ("gridpilot-snapshot-" + std::to_string(::getpid()));
  net::asio::io_context io;
  net::asio::thread_pool disk(1);
  FileSnapshotStore store(path, disk.get_executor());
  const auto loaded = [&] { return run(io, store.load()).value(); };
  EXPECT_EQ(loaded(), std::nullopt);
  ASSERT_TRUE(run(io, store.save("one")));
  ASSERT_TRUE(run(io, store.save("two")));
  FileSnapshotStore another_run(path, disk.get_executor());
  EXPECT_EQ(run(io, another_run.load()).value(), "two");
  ASSERT_TRUE(run(io, store.remove()));
  ASSERT_TRUE(run(io, store.remove()));
  EXPECT_EQ(loaded(), std::nullopt);
  disk.join();
}

}  // namespace
}  // namespace gridpilot::goodwe
