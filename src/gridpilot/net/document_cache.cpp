#include "gridpilot/net/document_cache.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include "gridpilot/core/json.hpp"
#include "gridpilot/net/run_on.hpp"
#include "gridpilot/os/file.hpp"

namespace gridpilot::net {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view mark = "gridpilot-document 1 ";
constexpr std::string_view suffix = ".document";
constexpr std::size_t checksum_digits = 16;

/// FNV-1a: against damage, not against forgery.
class Hash {
 public:
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    add_byte(0);
  }
  [[nodiscard]] std::string text() const {
    char digits[checksum_digits + 1];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash_));
    return digits;
  }

 private:
  void add_byte(unsigned char byte) {
    hash_ ^= byte;
    hash_ *= 0x100000001b3U;
  }
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

std::string checksum_of(std::string_view text) {
  Hash hash;
  hash.add(text);
  return hash.text();
}

std::unexpected<Error> corrupt(std::string sentence) {
  return failure(ErrorCode::corrupt, std::move(sentence));
}

constexpr json::Fields header_fields{"received_at",   "confirmed_at", "content_type", "etag",
                                     "last_modified", "asked_as",     "body_bytes"};

struct Header {
  StoredDocument stored;
  std::int64_t body_bytes = 0;
};

Header read_header(json::Reader& in) {
  Header header;
  const auto time = [&in] {
    const auto t = parse_rfc3339(in.string());
    if (!t) in.fail("not a time");
    return t.value_or(Instant{});
  };
  const json::Seen seen = in.record(header_fields, [&](std::size_t field) {
    switch (field) {
      case 0: header.stored.document.received_at = time(); break;
      case 1: header.stored.document.confirmed_at = time(); break;
      case 2: header.stored.document.content_type = in.string(); break;
      case 3: header.stored.etag = in.string(); break;
      case 4: header.stored.last_modified = in.string(); break;
      case 5: header.stored.asked_as = in.string(); break;
      default: header.body_bytes = in.integer();
    }
  });
  in.require(header_fields, seen);
  return header;
}

struct Entry {
  fs::path path;
  fs::file_time_type written;
  std::uintmax_t bytes = 0;
};

/// Drops the oldest files, whatever they are (what a cut left behind too), until the rest is below the limit.
void drop_oldest(const fs::path& folder, std::size_t max_total_bytes) {
  std::vector<Entry> entries;
  std::uintmax_t total = 0;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    std::error_code gone;
    Entry entry{.path = file.path(), .written = file.last_write_time(gone), .bytes = file.file_size(gone)};
    if (gone) continue;
    total += entry.bytes;
    entries.push_back(std::move(entry));
  }
  if (total <= max_total_bytes) return;
  std::ranges::sort(entries, {}, &Entry::written);
  for (const Entry& entry : entries) {
    if (total <= max_total_bytes) return;
    std::error_code ignored;
    if (fs::remove(entry.path, ignored)) total -= entry.bytes;
  }
}

Result<void> write(const fs::path& file, std::size_t max_total_bytes, const StoredDocument& stored) {
  const std::string text = write_document(stored);
  if (text.size() > max_total_bytes)
    return failure(ErrorCode::too_large, file.string() + ": a document larger than the whole cache is not kept");
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error)
    return failure(ErrorCode::io_failure, "cannot make folder " + file.parent_path().string() + ": " + error.message());
  auto written = os::write_file_atomically(file, text);
  if (written) drop_oldest(file.parent_path(), max_total_bytes);
  return written;
}

Result<StoredDocument> read(const fs::path& file, std::size_t max_bytes) {
  const auto text = os::read_file(file, max_bytes);
  if (!text) return text.failed();
  auto stored = read_document(*text);
  if (stored) return stored;
  std::error_code ignored;
  fs::remove(file, ignored);
  return std::unexpected(std::move(stored.error()).in(file.string()));
}

}  // namespace

bool is_cache_name(std::string_view text) {
  return !text.empty() && text.size() <= 120 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

std::string fingerprint_of(const DocumentRequest& request) {
  Hash hash;
  hash.add(request.url);
  hash.add(request.accept);
  hash.add(request.post);
  for (const auto& [name, value] : request.headers) {
    hash.add(name);
    hash.add(value);
  }
  return hash.text();
}

std::string write_document(const StoredDocument& stored) {
  std::string rest;
  rest.reserve(stored.document.body.size() + 512);
  json::Writer(rest)
      .begin_object()
      .member("received_at", stored.document.received_at)
      .member("confirmed_at", stored.document.confirmed_at)
      .member("content_type", stored.document.content_type)
      .member("etag", stored.etag)
      .member("last_modified", stored.last_modified)
      .member("asked_as", stored.asked_as)
      .member("body_bytes", stored.document.body.size())
      .end_object();
  rest += '\n';
  rest += stored.document.body;
  std::string text(mark);
  text += checksum_of(rest);
  text += '\n';
  text += rest;
  return text;
}

Result<StoredDocument> read_document(std::string_view text) {
  if (!text.starts_with(mark)) return corrupt("this is no document of this version");
  text.remove_prefix(mark.size());
  if (text.size() < checksum_digits + 1 || text[checksum_digits] != '\n') return corrupt("the document is torn");
  const std::string_view checksum = text.substr(0, checksum_digits);
  text.remove_prefix(checksum_digits + 1);
  if (checksum_of(text) != checksum) return corrupt("the document's checksum does not match");
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return corrupt("the document is torn");
  auto header = json::decode(text.substr(0, end), read_header);
  if (!header) return corrupt(header.error().message);
  text.remove_prefix(end + 1);
  if (std::cmp_not_equal(header->body_bytes, text.size())) return corrupt("the document is torn");
  if (header->stored.document.confirmed_at < header->stored.document.received_at)
    return corrupt("the document was confirmed before it came");
  header->stored.document.body = text;
  return std::move(header->stored);
}

/// What was used last, by file name.
class DocumentCache::Memory {
 public:
  explicit Memory(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  [[nodiscard]] std::optional<StoredDocument> find(const std::string& name) {
    const auto known = std::ranges::find(entries_, name, &Entry::name);
    if (known == entries_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, known);
    return known->stored;
  }
  void put(const std::string& name, const StoredDocument& stored) {
    forget(name);
    const std::size_t bytes = stored.document.body.size();
    if (bytes > max_bytes_) return;
    while (bytes_ + bytes > max_bytes_) forget(std::string(entries_.back().name));
    entries_.push_front({.name = name, .stored = stored});
    bytes_ += bytes;
  }

 private:
  struct Entry {
    std::string name;
    StoredDocument stored;
  };
  void forget(const std::string& name) {
    const auto known = std::ranges::find(entries_, name, &Entry::name);
    if (known == entries_.end()) return;
    bytes_ -= known->stored.document.body.size();
    entries_.erase(known);
  }

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  ///< some dozens, the last used first
};

struct DocumentCache::Shared {
  Shared(Options chosen, OnFailure handler)
      : options(std::move(chosen)), on_failure(std::move(handler)), memory(options.max_memory_bytes) {}

  Options options;
  OnFailure on_failure;
  Memory memory;
  /// Counts what was kept: what was read from disk meanwhile is older.
  std::uint64_t kept = 0;
};

DocumentCache::DocumentCache(Options options, asio::any_io_executor loop,
                             const asio::any_io_executor& for_blocking_work, OnFailure on_failure)
    : shared_(std::make_shared<Shared>(std::move(options), std::move(on_failure))),
      loop_(std::move(loop)),
      blocking_(asio::make_strand(for_blocking_work)) {}

fs::path DocumentCache::file_of(std::string_view source, std::string_view key) const {
  std::string name(source);
  name += '_';
  name += key;
  name += suffix;
  return shared_->options.folder / name;
}

Awaitable<Result<StoredDocument>> DocumentCache::find(std::string source, std::string key) const {
  if (!is_cache_name(source) || !is_cache_name(key))
    co_return failure(ErrorCode::bad_input, "'" + key + "' of '" + source + "' cannot name a document");
  const auto shared = shared_;
  const std::filesystem::path file = file_of(source, key);
  const std::string name = file.filename().string();
  if (auto known = shared->memory.find(name)) co_return std::move(*known);
  const std::uint64_t kept = shared->kept;
  auto found =
      co_await run_on(blocking_, [file, limit = shared->options.max_total_bytes] { return read(file, limit); });
  if (found && kept == shared->kept) shared->memory.put(name, *found);
  if (!found && found.error().code != ErrorCode::not_found && shared->on_failure) shared->on_failure(found.error());
  co_return found;
}

void DocumentCache::keep(std::string_view source, std::string_view key, StoredDocument stored) const {
  if (!is_cache_name(source) || !is_cache_name(key)) return;
  const std::filesystem::path file = file_of(source, key);
  ++shared_->kept;
  shared_->memory.put(file.filename().string(), stored);
  asio::post(blocking_, [file, limit = shared_->options.max_total_bytes, stored = std::move(stored),
                         shared = std::weak_ptr<Shared>(shared_), loop = loop_] {
    auto written = write(file, limit, stored);
    if (!written) report(loop, shared, std::move(written.error()));
  });
}

void DocumentCache::report(const asio::any_io_executor& loop, const std::weak_ptr<Shared>& shared, Error error) {
  asio::post(loop, [shared, error = std::move(error)] {
    const auto alive = shared.lock();
    if (alive && alive->on_failure) alive->on_failure(error);
  });
}

}  // namespace gridpilot::net
