#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "gridpilot/store/sqlite/database.hpp"

namespace gridpilot::store {

/// One step of the schema; its number is its place in the list, from 1.
struct Migration {
  std::string_view name;
  std::string_view script;
};

/// Those of migrations/sqlite, which are part of the program.
[[nodiscard]] std::span<const Migration> migrations();

/// Written into every file of ours ("GPLT"), so that no other program's database is taken for one.
inline constexpr std::int64_t application_id = 0x47504c54;

struct OpenedFile {
  Database database;
  std::vector<std::string> notices;  ///< what was done besides opening, for the log
};

/// Opens or creates the record's file for writing, checks it and brings its schema up to date, one transaction each,
/// after a copy beside it (`<path>.schema-<version>-<time>`). A damaged file is renamed to `<path>.corrupt-<time>`
/// with its log, and a new one is begun. Errors: busy, unsupported (newer schema, or another program's database),
/// io_failure.
[[nodiscard]] Result<OpenedFile> open_record_file(const std::filesystem::path& path, std::span<const Migration> steps,
                                                  std::chrono::milliseconds lock_wait);

/// A connection for queries to a file that open_record_file has opened.
[[nodiscard]] Result<Database> open_for_queries(const std::filesystem::path& path, std::chrono::milliseconds lock_wait);

}  // namespace gridpilot::store
