#include "gridpilot/os/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

#include <fstream>

namespace gridpilot::os {
namespace {

class Files : public testing::Test {
 protected:
  Files() {
    std::string name = (std::filesystem::temp_directory_path() / "gridpilot-files-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Files() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::filesystem::path at(const char* name) const { return folder_ / name; }
  void put(const char* name, std::string_view content) const { std::ofstream(at(name), std::ios::binary) << content; }
  std::filesystem::path folder_;
};

std::string packed(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST_F(Files, ReadsWhatWasWrittenAlsoBytesThatAreNoText) {
  const std::string content("a\0b\xff\n", 5);
  ASSERT_TRUE(write_file_atomically(at("file"), content));
  EXPECT_EQ(read_file(at("file")).value(), content);
  ASSERT_TRUE(write_file_atomically(at("file"), ""));
  EXPECT_EQ(read_file(at("file")).value(), "");
}

TEST_F(Files, ReadsPseudoFilesThatTellNoSize) {
  EXPECT_FALSE(read_file("/proc/self/status").value().empty());
}

TEST_F(Files, LeavesNothingBesideTheTargetAndKeepsItsPermissions) {
  put("file", "old");
  ASSERT_EQ(::chmod(at("file").c_str(), 0600), 0);
  ASSERT_TRUE(write_file_atomically(at("file"), "new"));
  struct stat about{};
  ASSERT_EQ(::stat(at("file").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator()), 1);
}

TEST_F(Files, KeepsTheOldContentWhenTheNewCannotBePutInItsPlace) {
  std::filesystem::create_directories(at("target/inside"));
  const auto written = write_file_atomically(at("target"), "new");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find(at("target").string()), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_directory(at("target/inside")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator()), 1);
}

TEST_F(Files, SaysWhichFileAndWhyItCannotBeRead) {
  EXPECT_EQ(read_file(at("none")).error().code, ErrorCode::not_found);
  EXPECT_NE(read_file(at("none")).error().message.find(at("none").string()), std::string::npos);
  EXPECT_EQ(read_file(folder_).error().code, ErrorCode::bad_input);
  put("large", std::string(100, 'x'));
  EXPECT_EQ(read_file(at("large"), 99).error().code, ErrorCode::too_large);
  EXPECT_TRUE(read_file(at("large"), 100));
  EXPECT_EQ(write_file_atomically(at("none/file"), "").error().code, ErrorCode::not_found);
}

TEST_F(Files, UnpacksGzipAndLeavesPlainTextAlone) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += std::to_string(i) + "\n";
  put("plain.csv", text);
  put("packed.csv.gz", packed(text));
  put("two_members.gz", packed("one,") + packed("two"));
  EXPECT_EQ(read_file_unpacked(at("plain.csv")).value(), text);
  EXPECT_EQ(read_file_unpacked(at("packed.csv.gz")).value(), text);
  EXPECT_EQ(read_file_unpacked(at("two_members.gz")).value(), "one,two");
}

TEST_F(Files, RefusesTornDamagedAndExplodingGzip) {
  const std::string good = packed(std::string(1'000'000, 'x'));
  put("torn.gz", good.substr(0, good.size() / 2));
  std::string damaged = good;
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);
  put("damaged.gz", damaged);
  put("exploding.gz", good);
  EXPECT_EQ(read_file_unpacked(at("torn.gz")).error().code, ErrorCode::corrupt);
  EXPECT_EQ(read_file_unpacked(at("damaged.gz")).error().code, ErrorCode::corrupt);
  EXPECT_EQ(read_file_unpacked(at("exploding.gz"), 100'000).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace gridpilot::os
