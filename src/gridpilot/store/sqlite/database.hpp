#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gridpilot/core/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace gridpilot::store {

/// A prepared statement. Values are bound by position from 1 and copied; columns are read by position from 0.
class Statement {
 public:
  /// Absent binds NULL. A failure to bind is reported by the next step().
  void bind(int position, std::int64_t value);
  void bind(int position, std::optional<std::int64_t> value);
  void bind(int position, std::string_view text);
  void bind(int position, const std::optional<std::string>& text);
  void bind(int position, std::span<const std::byte> blob);

  /// True while there is a row to read.
  [[nodiscard]] Result<bool> step();
  /// Runs to the end, also when it fails, and makes it ready to be bound and run again.
  [[nodiscard]] Result<void> run();
  /// Ready to be bound and run again; bindings stay.
  void reset();

  [[nodiscard]] bool is_null(int column) const;
  /// NULL reads as 0 here, as absent in optional_integer().
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;
  [[nodiscard]] double real(int column) const;
  /// Views are good until the next step() or reset().
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::span<const std::byte> blob(int column) const;

 private:
  friend class Database;
  struct Finalise {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  void note(int code);

  std::unique_ptr<sqlite3_stmt, Finalise> statement_;
  int bind_failure_ = 0;
};

/// One connection; used by one thread at a time. Every error names the file and has SQLite's own sentence.
class Database {
 public:
  enum class Mode {
    create,      ///< for writing; the file is created where it is missing, its folder must be there
    read_write,  ///< for writing; the file must exist
    read_only,
  };
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& path, Mode mode,
                                             std::chrono::milliseconds lock_wait);

  [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;
  /// Runs every statement of a script.
  [[nodiscard]] Result<void> execute(const std::string& script);
  /// The first column of the first row; absent where there is no row.
  [[nodiscard]] Result<std::optional<std::int64_t>> integer(std::string_view sql) const;
  [[nodiscard]] Result<std::string> text(std::string_view sql) const;

  [[nodiscard]] std::int64_t last_insert_id() const;
  /// True where the file can only be read, whatever mode was asked for.
  [[nodiscard]] bool read_only() const;
  /// A closed connection leaves the write-ahead log as it is, for a later examination or for a rename beside its file.
  void keep_log_when_closed();
  void tidy_log_when_closed();
  /// Ends a running query from another thread; it answers `cancelled`.
  void interrupt() const;
  /// A copy of everything, page by page, into a file that must not exist.
  [[nodiscard]] Result<void> copy_to(const std::filesystem::path& target) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database) : database_(database) {}
  std::unique_ptr<sqlite3, Close> database_;
};

/// Rolls back unless committed.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  /// After a failure the transaction is still to be rolled back: by the destructor.
  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace gridpilot::store
