#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gridpilot/core/result.hpp"
#include "gridpilot/net/document_door.hpp"

namespace gridpilot::net {

/// A document as caches keep it: with what a conditional question needs.
struct StoredDocument {
  Document document;
  std::string etag, last_modified;  ///< empty where not sent
  /// Fingerprint of the question (fingerprint_of): an answer to another one is not used.
  std::string asked_as;
};

/// Whether a text may name a source or a document in a cache: 1 to 120 letters, digits, '-' and '.'.
[[nodiscard]] bool is_cache_name(std::string_view text);

/// Of address, accepted type, further headers and what is posted; nothing of them can be read from it but a guess be
/// checked.
[[nodiscard]] std::string fingerprint_of(const DocumentRequest& request);

/// The form in which documents lie in files and in the shared cache: a line with a checksum over everything behind it,
/// a line with the header as JSON, the body as it came.
[[nodiscard]] std::string write_document(const StoredDocument& stored);
/// corrupt where the text is not what write_document made.
[[nodiscard]] Result<StoredDocument> read_document(std::string_view text);

/// The last good documents on disk, so that a restart without network knows what was known before. One file each,
/// written atomically, with a checksum; the oldest are dropped when the folder grows above its limit.
/// All file work happens on the executor given for it, one thing after the other, never on the loop.
class DocumentCache {
 public:
  struct Options {
    std::filesystem::path folder;  ///< made where it does not exist; nobody else's
    std::size_t max_total_bytes = std::size_t{32} << 20U;
    /// So much of what was used last is held in memory too: a question need not wait for the disk, which may be busy
    /// writing the answers before it.
    std::size_t max_memory_bytes = std::size_t{1} << 20U;
  };
  /// Called on the loop when a file could not be written or a corrupt one was found (it is removed then).
  using OnFailure = std::function<void(const Error& error)>;

  DocumentCache(Options options, asio::any_io_executor loop, const asio::any_io_executor& for_blocking_work,
                OnFailure on_failure = {});

  /// The newest that was kept, also in a process of before. not_found where there is none; corrupt where the file is
  /// not what was written; io_failure.
  [[nodiscard]] Awaitable<Result<StoredDocument>> find(std::string source, std::string key) const;
  /// Keeps a document in place of the one of the same name. Returns at once: whoever has a document need not wait for
  /// the disk. A find() that comes later sees it. Written by the time the blocking executor has been joined.
  void keep(std::string_view source, std::string_view key, StoredDocument stored) const;

  [[nodiscard]] std::filesystem::path file_of(std::string_view source, std::string_view key) const;

 private:
  class Memory;
  struct Shared;
  static void report(const asio::any_io_executor& loop, const std::weak_ptr<Shared>& shared, Error error);

  std::shared_ptr<Shared>
      shared_;  ///< of the loop; weak in work under way: a failure that nobody waits for any more is dropped
  asio::any_io_executor loop_;
  asio::any_io_executor blocking_;  ///< a strand
};

}  // namespace gridpilot::net
