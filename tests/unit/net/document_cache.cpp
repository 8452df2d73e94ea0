#include "gridpilot/net/document_cache.hpp"

#include <boost/asio/thread_pool.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "unit/net/run.hpp"

namespace gridpilot::net {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const Instant start{Seconds(1'800'000'000)};

StoredDocument some_document(std::string body) {
  return {.document = {.body = std::move(body),
                       .content_type = "application/json",
                       .received_at = start,
                       .confirmed_at = start + Seconds(60)},
          .etag = "W/\"abc\"",
          .last_modified = "Wed, 25 Nov 2026 10:02:30 GMT",
          .asked_as = "0123"};
}

/// A cache over a folder of its own, and what happens when the process ends and another begins.
class Cached : public testing::Test {
 protected:
  Cached() {
    std::string pattern = (fs::temp_directory_path() / "gridpilot-cache-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    open();
  }
  ~Cached() override {
    close();
    fs::remove_all(folder_);
  }
  void open(std::size_t max_total_bytes = 1 << 20U, std::size_t max_memory_bytes = 0) {
    pool_ = std::make_unique<asio::thread_pool>(1);
    cache_ = std::make_unique<DocumentCache>(
        DocumentCache::Options{
            .folder = folder_ / "documents", .max_total_bytes = max_total_bytes, .max_memory_bytes = max_memory_bytes},
        io_.get_executor(), pool_->get_executor(), [this](const Error& error) { failures_.push_back(error); });
  }
  void close() {
    if (pool_) pool_->join();
    io_.restart();
    io_.poll();
    cache_.reset();
    pool_.reset();
  }
  Result<StoredDocument> find(const std::string& key) {
    Result<StoredDocument> found = failure(ErrorCode::bug, "not asked");
    test::run(io_, [](DocumentCache* cache, std::string name, Result<StoredDocument>* out) -> Awaitable<void> {
      *out = co_await cache->find("source", name);
    }(cache_.get(), key, &found));
    return found;
  }
  void overwrite(const std::string& key, const std::string& text) const {
    std::ofstream(cache_->file_of("source", key), std::ios::binary | std::ios::trunc) << text;
  }
  std::string content(const std::string& key) const {
    std::ifstream in(cache_->file_of("source", key), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder_;
  asio::io_context io_;
  std::unique_ptr<asio::thread_pool> pool_;
  std::unique_ptr<DocumentCache> cache_;
  std::vector<Error> failures_;
};

TEST_F(Cached, WhatWasKeptIsFoundAfterARestart) {
  cache_->keep("source", "day-1", some_document("{\"a\":1}"));
  close();
  open();
  const auto found = find("day-1");
  ASSERT_TRUE(found.has_value()) << found.error().message;
  EXPECT_EQ(found->document.body, "{\"a\":1}");
  EXPECT_EQ(found->document.received_at, start);
  EXPECT_EQ(found->document.confirmed_at, start + Seconds(60));
  EXPECT_EQ(found->etag, "W/\"abc\"");
  EXPECT_EQ(found->last_modified, "Wed, 25 Nov 2026 10:02:30 GMT");
  EXPECT_EQ(found->asked_as, "0123");
}

TEST_F(Cached, ALaterFindSeesWhatWasJustKept) {
  cache_->keep("source", "day-1", some_document("old"));
  cache_->keep("source", "day-1", some_document("new"));
  const auto found = find("day-1");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->document.body, "new");
}

TEST_F(Cached, WhatWasNeverKeptIsNotFound) {
  const auto found = find("day-1");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::not_found);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(Cached, ADamagedFileIsReportedRemovedAndWrittenAnew) {
  cache_->keep("source", "day-1", some_document("{\"price\":412.34}"));
  ASSERT_TRUE(find("day-1").has_value());
  std::string text = content("day-1");
  text[text.find("412")] = '9';
  overwrite("day-1", text);
  const auto found = find("day-1");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::corrupt);
  EXPECT_THAT(found.error().message, HasSubstr("source_day-1.document"));
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_FALSE(fs::exists(cache_->file_of("source", "day-1")));
  cache_->keep("source", "day-1", some_document("good"));
  EXPECT_TRUE(find("day-1").has_value());
}

TEST_F(Cached, EveryTornFileIsCorrupt) {
  const std::string whole = write_document(some_document("{\"a\":[1,2,3]}"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = read_document(std::string_view(whole).substr(0, size));
    ASSERT_FALSE(read.has_value()) << size;
    ASSERT_EQ(read.error().code, ErrorCode::corrupt);
  }
  ASSERT_TRUE(read_document(whole).has_value());
}

TEST_F(Cached, TheOldestGoWhenTheFolderGrowsAboveItsLimit) {
  close();
  open(10'000);
  const auto now = fs::file_time_type::clock::now();
  for (int n = 0; n < 5; ++n) {
    const std::string key = "day-" + std::to_string(n);
    cache_->keep("source", key, some_document(std::string(3000, 'x')));
    ASSERT_TRUE(find(key).has_value());
    fs::last_write_time(cache_->file_of("source", key), now - std::chrono::hours(10 - n));
  }
  EXPECT_FALSE(find("day-0").has_value());
  EXPECT_FALSE(find("day-1").has_value());
  for (const char* const key : {"day-2", "day-3", "day-4"}) EXPECT_TRUE(find(key).has_value()) << key;
}

TEST_F(Cached, WhatWasUsedLastIsInMemory) {
  close();
  open(1 << 20U, 5000);
  for (const char* const key : {"day-1", "day-2"}) cache_->keep("source", key, some_document(std::string(2000, 'x')));
  ASSERT_TRUE(find("day-1").has_value());
  cache_->keep("source", "day-3", some_document(std::string(2000, 'y')));
  cache_->keep("source", "huge", some_document(std::string(6000, 'z')));
  pool_->join();
  fs::remove_all(folder_ / "documents");
  EXPECT_TRUE(find("day-1").has_value());
  EXPECT_TRUE(find("day-3").has_value());
}

TEST_F(Cached, ADocumentLargerThanTheWholeCacheIsNotKept) {
  close();
  open(10'000);
  cache_->keep("source", "huge", some_document(std::string(20'000, 'x')));
  EXPECT_EQ(find("huge").error().code, ErrorCode::not_found);
  close();
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_EQ(failures_.front().code, ErrorCode::too_large);
}

TEST_F(Cached, AFolderThatCannotBeMadeIsReported) {
  std::ofstream(folder_ / "documents") << "a file where the folder should be";
  cache_->keep("source", "day-1", some_document("{}"));
  close();
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_EQ(failures_.front().code, ErrorCode::io_failure);
}

TEST_F(Cached, NamesThatLeadOutOfTheFolderAreRefused) {
  for (const char* const name : {"", "../secret", "a/b", "a b", "ä"}) {
    EXPECT_FALSE(is_cache_name(name)) << name;
    EXPECT_EQ(find(name).error().code, ErrorCode::bad_input) << name;
  }
  EXPECT_FALSE(is_cache_name(std::string(121, 'a')));
  EXPECT_TRUE(is_cache_name("entsoe-a44-PL-2026-11-25"));
}

RC_GTEST_PROP(DocumentFile, ReadsBackWhatWasWritten, (const std::string& body, std::uint32_t age)) {
  StoredDocument stored = some_document(body);
  stored.document.received_at -= Seconds(age);
  const auto read = read_document(write_document(stored));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->document.body == body);
  RC_ASSERT(read->document.received_at == stored.document.received_at);
}

TEST(Fingerprint, TellsQuestionsApart) {
  const DocumentRequest plain{.key = "a", .url = "http://x/1"};
  DocumentRequest with_key = plain;
  with_key.headers = {{"Authorization", "Bearer secret"}};
  DocumentRequest other = plain;
  other.url = "http://x/2";
  EXPECT_NE(fingerprint_of(plain), fingerprint_of(with_key));
  EXPECT_NE(fingerprint_of(plain), fingerprint_of(other));
  EXPECT_EQ(fingerprint_of(with_key).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace gridpilot::net
