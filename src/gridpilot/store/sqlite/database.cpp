#include "gridpilot/store/sqlite/database.hpp"

#include <sqlite3.h>

#include <cstring>
#include <utility>

namespace gridpilot::store {
namespace {

ErrorCode code_of(int code) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::busy;
    case SQLITE_INTERRUPT: return ErrorCode::cancelled;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::corrupt;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_NOLFS:
    case SQLITE_NOMEM: return ErrorCode::io_failure;
    default: return ErrorCode::bug;  // our own statements and values: constraint, mismatch, misuse
  }
}

/// Also for a connection that could not be opened, where SQLite keeps a handle only to ask it why.
std::unexpected<Error> failed(sqlite3* database, int code, std::string_view path) {
  std::string message(path);
  message += ": ";
  message += database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  if (const int cause = database != nullptr ? sqlite3_system_errno(database) : 0; cause != 0 && code != SQLITE_FULL) {
    message += " (";
    message += std::strerror(cause);
    message += ")";
  }
  return failure(code_of(code), std::move(message));
}

std::unexpected<Error> failed(sqlite3* database, int code) {
  const char* path = sqlite3_db_filename(database, "main");
  return failed(database, code, path != nullptr ? path : "");
}

}  // namespace

void Statement::Finalise::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void Statement::note(int code) {
  if (code != SQLITE_OK) bind_failure_ = code;
}

void Statement::bind(int position, std::int64_t value) {
  note(sqlite3_bind_int64(statement_.get(), position, value));
}

void Statement::bind(int position, std::optional<std::int64_t> value) {
  if (value)
    bind(position, *value);
  else
    note(sqlite3_bind_null(statement_.get(), position));
}

void Statement::bind(int position, std::string_view text) {
  // An empty view may have no address, which would bind NULL.
  note(sqlite3_bind_text64(statement_.get(), position, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                           SQLITE_UTF8));
}

void Statement::bind(int position, const std::optional<std::string>& text) {
  if (text)
    bind(position, std::string_view(*text));
  else
    note(sqlite3_bind_null(statement_.get(), position));
}

void Statement::bind(int position, std::span<const std::byte> blob) {
  note(blob.empty() ? sqlite3_bind_zeroblob(statement_.get(), position, 0)
                    : sqlite3_bind_blob64(statement_.get(), position, blob.data(), blob.size(), SQLITE_TRANSIENT));
}

Result<bool> Statement::step() {
  sqlite3* database = sqlite3_db_handle(statement_.get());
  if (bind_failure_ != 0) return failed(database, std::exchange(bind_failure_, 0));
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failed(database, code);
}

Result<void> Statement::run() {
  for (;;) {
    Result<bool> row = step();
    if (row && *row) continue;
    reset();
    if (!row) return std::move(row).failed();
    return {};
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());  // repeats the step's failure, which has been reported
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* blob = static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), column));
  if (blob == nullptr) return {};
  return {blob, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::filesystem::path& path, Mode mode, std::chrono::milliseconds lock_wait) {
  const int flags = mode == Mode::read_only    ? SQLITE_OPEN_READONLY
                    : mode == Mode::read_write ? SQLITE_OPEN_READWRITE
                                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  // One thread at a time uses a connection, so SQLite need not lock it.
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) return failed(handle, code, path.native());
  sqlite3_busy_timeout(handle, static_cast<int>(lock_wait.count()));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return failed(database_.get(), code);
  return Statement(statement);
}

Result<void> Database::execute(const std::string& script) {
  const int code = sqlite3_exec(database_.get(), script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failed(database_.get(), code);
  return {};
}

Result<std::optional<std::int64_t>> Database::integer(std::string_view sql) const {
  Result<Statement> statement = prepare(sql);
  if (!statement) return std::move(statement).failed();
  Result<bool> row = statement->step();
  if (!row) return std::move(row).failed();
  if (!*row) return std::optional<std::int64_t>();
  return statement->optional_integer(0);
}

Result<std::string> Database::text(std::string_view sql) const {
  Result<Statement> statement = prepare(sql);
  if (!statement) return std::move(statement).failed();
  Result<bool> row = statement->step();
  if (!row) return std::move(row).failed();
  return std::string(*row ? statement->text(0) : std::string_view());
}

std::int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(database_.get());
}

bool Database::read_only() const {
  return sqlite3_db_readonly(database_.get(), "main") == 1;
}

void Database::keep_log_when_closed() {
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void Database::tidy_log_when_closed() {
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

void Database::interrupt() const {
  sqlite3_interrupt(database_.get());
}

Result<void> Database::copy_to(const std::filesystem::path& target) const {
  Result<Database> copy = open(target, Mode::create, std::chrono::milliseconds(0));
  if (!copy) return std::move(copy).failed();
  sqlite3_backup* backup = sqlite3_backup_init(copy->database_.get(), "main", database_.get(), "main");
  if (backup == nullptr) return failed(copy->database_.get(), sqlite3_errcode(copy->database_.get()));
  sqlite3_backup_step(backup, -1);
  if (const int code = sqlite3_backup_finish(backup); code != SQLITE_OK) return failed(copy->database_.get(), code);
  return {};
}

Result<Transaction> Transaction::begin(Database& database) {
  // At once and not at the first change, so that only this statement can meet another program's lock.
  if (Result<void> begun = database.execute("BEGIN IMMEDIATE"); !begun) return std::move(begun).failed();
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  // Fails only where SQLite has rolled back by itself, after a full disk for instance.
  static_cast<void>(database_->execute("ROLLBACK"));
}

Result<void> Transaction::commit() {
  Result<void> committed = database_->execute("COMMIT");
  if (committed) database_ = nullptr;
  return committed;
}

}  // namespace gridpilot::store
