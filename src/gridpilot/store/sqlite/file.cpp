#include "gridpilot/store/sqlite/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "gridpilot/core/time.hpp"
#include "gridpilot/os/clock.hpp"

extern "C" const char gridpilot_migration_0001_begin[], gridpilot_migration_0001_end[];
extern "C" const char gridpilot_migration_0002_begin[], gridpilot_migration_0002_end[];

namespace gridpilot::store {
namespace fs = std::filesystem;

std::span<const Migration> migrations() {
  static const std::array steps{
      Migration{"0001_init", std::string_view(gridpilot_migration_0001_begin, gridpilot_migration_0001_end)},
      Migration{"0002_forecasts", std::string_view(gridpilot_migration_0002_begin, gridpilot_migration_0002_end)},
  };
  return steps;
}

namespace {

/// Below this size a file is examined at every start; above only after a stop that left a log behind.
constexpr std::uintmax_t small_file_bytes = 32U << 20U;

std::uintmax_t size_of(const fs::path& path) {
  std::error_code absent;
  const std::uintmax_t size = fs::file_size(path, absent);
  return absent ? 0 : size;
}

fs::path with_suffix(const fs::path& path, std::string_view suffix) {
  fs::path named = path;
  named += suffix;
  return named;
}

/// "20261125T013000Z", and "20261125T013000Z-2" where that name is taken.
fs::path unused_name(const fs::path& path, std::string_view kind) {
  std::string time;
  for (const char c : to_rfc3339(os::SystemClock().now()))
    if (c != '-' && c != ':') time += c;
  const fs::path first = with_suffix(path, fmt::format(".{}-{}", kind, time));
  fs::path name = first;
  std::error_code ignored;
  for (int n = 2; fs::exists(name, ignored); ++n) name = with_suffix(first, fmt::format("-{}", n));
  return name;
}

/// SQLite would create it readable for everybody; log and index get the file's own mode.
Result<void> create_private(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return failure(ErrorCode::io_failure, fmt::format("{}: {}", path.native(), std::strerror(errno)));
  ::close(descriptor);
  return {};
}

Result<std::string> set_aside(const fs::path& path, const Error& reason) {
  const fs::path kept = unused_name(path, "corrupt");
  for (const std::string_view part : {"-wal", "-shm", ""}) {
    std::error_code failed;
    if (!fs::exists(with_suffix(path, part), failed)) continue;
    fs::rename(with_suffix(path, part), with_suffix(kept, part), failed);
    if (failed)
      return failure(ErrorCode::io_failure,
                     fmt::format("{}: damaged, and cannot be renamed: {}", path.native(), failed.message()));
  }
  return fmt::format("{}; kept as {}, a new record is begun", reason.message, kept.native());
}

/// What the file says it is.
struct Identity {
  std::int64_t application = 0;
  std::int64_t version = 0;
  std::int64_t tables = 0;
  [[nodiscard]] bool fresh() const { return application == 0 && version == 0 && tables == 0; }
};

Result<Identity> identify(const Database& database) {
  Identity identity;
  struct Question {
    const char* sql;
    std::int64_t* answer;
  };
  for (const auto& [sql, answer] :
       {Question{"SELECT count(*) FROM sqlite_schema", &identity.tables},
        Question{"PRAGMA application_id", &identity.application}, Question{"PRAGMA user_version", &identity.version}}) {
    Result<std::optional<std::int64_t>> value = database.integer(sql);
    if (!value) return std::move(value).failed();
    *answer = value->value_or(0);
  }
  return identity;
}

Result<void> examine(const Database& database, const fs::path& path) {
  Result<std::string> verdict = database.text("PRAGMA quick_check(1)");
  if (!verdict) return std::move(verdict).failed();
  if (*verdict != "ok") return failure(ErrorCode::corrupt, fmt::format("{}: damaged: {}", path.native(), *verdict));
  return {};
}

Result<void> apply(Database& database, const Migration& step, std::size_t version) {
  Result<Transaction> transaction = Transaction::begin(database);
  if (!transaction) return std::move(transaction).failed();
  Result<void> done = database.execute(std::string(step.script));
  if (done)
    done =
        database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, version));
  if (done) done = transaction->commit();
  if (!done) return std::unexpected(std::move(done.error()).in(fmt::format("migration {}", step.name)));
  return {};
}

Result<void> migrate(OpenedFile& file, const fs::path& path, const Identity& found, std::span<const Migration> steps) {
  const auto version = static_cast<std::size_t>(found.version);
  if (version == steps.size()) return {};
  if (!found.fresh()) {
    const fs::path copy = unused_name(path, fmt::format("schema-{}", version));
    if (Result<void> copied = file.database.copy_to(copy); !copied)
      return std::unexpected(std::move(copied.error()).in("copying the record before its schema changes"));
    file.notices.push_back(fmt::format("{}: schema brought from {} to {}; the file as it was is {}", path.native(),
                                       version, steps.size(), copy.native()));
  }
  for (std::size_t i = version; i < steps.size(); ++i)
    if (Result<void> applied = apply(file.database, steps[i], i + 1); !applied) return applied;
  return {};
}

Result<void> set_up(Database& database, const fs::path& path) {
  Result<std::string> journal = database.text("PRAGMA journal_mode = WAL");
  if (!journal) return std::move(journal).failed();
  if (*journal != "wal")
    return failure(ErrorCode::unsupported,
                   fmt::format("{}: this file system cannot hold a write-ahead log; use a local one", path.native()));
  // A page cache of 1 MB; the log is cut back to 4 MB; deleted rows are not overwritten, which Debian's build would do.
  return database.execute(
      "PRAGMA cache_size = -1000; PRAGMA mmap_size = 0; PRAGMA journal_size_limit = 4194304;"
      "PRAGMA secure_delete = OFF; PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL");
}

Result<OpenedFile> attempt(const fs::path& path, std::span<const Migration> steps,
                           std::chrono::milliseconds lock_wait) {
  const bool log_left = size_of(with_suffix(path, "-wal")) > 0;
  if (Result<void> created = create_private(path); !created) return std::move(created).failed();
  Result<Database> database = Database::open(path, Database::Mode::read_write, lock_wait);
  if (!database) return std::move(database).failed();
  OpenedFile file{.database = std::move(*database), .notices = {}};
  file.database.keep_log_when_closed();  // until the file has proved to be sound
  if (file.database.read_only())
    return failure(ErrorCode::io_failure, fmt::format("{}: is not writable", path.native()));

  Result<Identity> found = identify(file.database);
  if (!found) return std::move(found).failed();
  if (!found->fresh()) {
    if (found->application != application_id)
      return failure(ErrorCode::unsupported,
                     fmt::format("{}: is another program's database, not a record of gridpilot", path.native()));
    if (found->version > static_cast<std::int64_t>(steps.size()))
      return failure(ErrorCode::unsupported,
                     fmt::format("{}: written by a newer gridpilot (schema {}, this one knows {})", path.native(),
                                 found->version, steps.size()));
    if (log_left || size_of(path) <= small_file_bytes)
      if (Result<void> sound = examine(file.database, path); !sound) return std::move(sound).failed();
  }
  if (Result<void> ready = set_up(file.database, path); !ready) return std::move(ready).failed();
  if (Result<void> migrated = migrate(file, path, *found, steps); !migrated) return std::move(migrated).failed();
  file.database.tidy_log_when_closed();
  return file;
}

}  // namespace

Result<OpenedFile> open_record_file(const fs::path& path, std::span<const Migration> steps,
                                    std::chrono::milliseconds lock_wait) {
  Result<OpenedFile> opened = attempt(path, steps, lock_wait);
  if (opened) return opened;
  if (opened.error().code == ErrorCode::busy) {
    opened.error().message += "; another gridpilot or another program is using it";
    return opened;
  }
  if (opened.error().code != ErrorCode::corrupt) return opened;
  Result<std::string> notice = set_aside(path, opened.error());
  if (!notice) return std::move(notice).failed();
  opened = attempt(path, steps, lock_wait);
  if (opened) opened->notices.insert(opened->notices.begin(), std::move(*notice));
  return opened;
}

Result<Database> open_for_queries(const fs::path& path, std::chrono::milliseconds lock_wait) {
  Result<Database> database = Database::open(path, Database::Mode::read_only, lock_wait);
  if (!database) return database;
  if (Result<void> ready = database->execute("PRAGMA cache_size = -1000; PRAGMA mmap_size = 0"); !ready)
    return std::move(ready).failed();
  return database;
}

}  // namespace gridpilot::store
