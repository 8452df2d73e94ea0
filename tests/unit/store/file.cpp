#include "gridpilot/store/sqlite/file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <set>

#include "gridpilot/os/file.hpp"
#include "unit/store/support.hpp"

namespace gridpilot::store::test {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::chrono::milliseconds lock_wait{20};

class RecordFile : public RecordTest {
 protected:
  [[nodiscard]] fs::path path() const { return folder.path() / "gridpilot.db"; }

  Error opening_error(const fs::path& at_path) {
    SqliteRecord::Options with = options();
    with.path = at_path;
    Result<std::unique_ptr<SqliteRecord>> record = SqliteRecord::open(with, io.get_executor());
    if (record) throw std::runtime_error("it opened");
    EXPECT_THAT(record.error().message, HasSubstr(at_path.native()));
    return record.error();
  }

  void record_one_decision() {
    const auto record = open();
    static_cast<void>(value(record->store_decision(decision_at(0))));
    done(record->close());
  }

  [[nodiscard]] std::vector<fs::path> files_with(std::string_view part) const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder.path()))
      if (entry.path().filename().native().contains(part)) found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
  }

  /// What another program sees, through SQLite's own tool.
  [[nodiscard]] static std::string sqlite3(const fs::path& file, const std::string& sql) {
    const std::string command = "sqlite3 '" + file.native() + "' \"" + sql + "\" 2>&1";
    FILE* output = popen(command.c_str(), "r");
    std::string text;
    std::array<char, 4096> part{};
    while (std::fgets(part.data(), part.size(), output) != nullptr) text += part.data();
    pclose(output);
    return text;
  }
};

std::vector<std::byte> bytes_of(const fs::path& path) {
  const std::string text = os::read_file(path).value();
  std::vector<std::byte> bytes(text.size());
  std::ranges::transform(text, bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
  return bytes;
}

TEST_F(RecordFile, KeepsWhatWasRecordedAcrossARestart) {
  record_one_decision();
  const auto record = open();
  EXPECT_THAT(record->notices(), IsEmpty());
  EXPECT_THAT(value(record->decisions(always, 10, std::nullopt)), SizeIs(1));
}

TEST_F(RecordFile, IsTidyAfterClosingAndPrivateToItsOwner) {
  record_one_decision();
  EXPECT_THAT(files_with(""), SizeIs(1));
  struct stat status{};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(RecordFile, IsReadableBySqlitesOwnTool) {
  if (sqlite3(path(), "SELECT 1") != "1\n") GTEST_SKIP() << "the sqlite3 tool is not installed";
  const auto record = open();
  Reading reading;
  reading.time = at(0);
  reading.battery = watts(-1500);
  record->append(reading);
  static_cast<void>(value(record->store_decision(decision_at(0))));
  // Also while gridpilot has it open.
  EXPECT_EQ(sqlite3(path(), "PRAGMA integrity_check"), "ok\n");
  EXPECT_EQ(sqlite3(path(), "SELECT time_s, battery_w, pv_w IS NULL FROM readings"), "1795564800|-1500|1\n");
  EXPECT_EQ(sqlite3(path(), "SELECT action, power_w, stop_soc_permille, verdict FROM decisions"),
            "charge|3200|875|pending\n");
  EXPECT_EQ(sqlite3(path(), "PRAGMA user_version; PRAGMA application_id"),
            std::to_string(migrations().size()) + "\n1196444756\n");
}

TEST_F(RecordFile, HasTheDocumentedSchema) {
  const fs::path document = fs::path(GRIDPILOT_SOURCE_DIR) / "docs/storage.md";
  const std::string text = os::read_file(document).value();
  const Database database = std::move(open_record_file(path(), migrations(), lock_wait).value().database);
  Result<Statement> columns = database.prepare(
      "SELECT t.name, c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c "
      "WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite_%'");
  ASSERT_TRUE(columns);
  int count = 0;
  while (columns->step().value()) {
    ++count;
    EXPECT_THAT(text, HasSubstr("`" + std::string(columns->text(0)) + "`"));
    EXPECT_THAT(text, HasSubstr("`" + std::string(columns->text(1)) + "`")) << "of table " << columns->text(0);
  }
  EXPECT_GT(count, 70);
}

TEST_F(RecordFile, SetsADamagedFileAsideAndKeepsIt) {
  record_one_decision();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);  // the second page
    const std::string rubbish(8192, '\xa5');
    file.write(rubbish.data(), static_cast<std::streamsize>(rubbish.size()));
  }
  const std::vector<std::byte> damaged = bytes_of(path());
  const auto record = open();
  ASSERT_THAT(record->notices(), SizeIs(1));
  EXPECT_THAT(record->notices()[0], HasSubstr("corrupt-"));
  EXPECT_THAT(value(record->decisions(always, 10, std::nullopt)), IsEmpty());
  EXPECT_GT(value(record->store_decision(decision_at(0))), 0);
  const std::vector<fs::path> kept = files_with(".corrupt-");
  ASSERT_THAT(kept, Not(IsEmpty()));  // its log lies beside it
  EXPECT_EQ(bytes_of(kept[0]), damaged);
}

TEST_F(RecordFile, SetsAFileThatIsNoDatabaseAsideUnderANameOfItsOwn) {
  std::set<std::string> texts;
  for (int i = 1; i <= 3; ++i) {
    const std::string text = "this is no database, whatever it may be: " + std::to_string(i);
    ASSERT_TRUE(os::write_file_atomically(path(), text));
    const auto record = open();
    EXPECT_THAT(record->notices(), SizeIs(1));
    for (const fs::path& kept : files_with(".corrupt-"))
      if (!kept.native().ends_with("-wal") && !kept.native().ends_with("-shm"))
        texts.insert(os::read_file(kept).value());
    EXPECT_THAT(texts, SizeIs(i));
    done(record->close());
  }
}

TEST_F(RecordFile, RefusesAnotherProgramsDatabaseAndLeavesItAlone) {
  {
    Database other = Database::open(path(), Database::Mode::create, lock_wait).value();
    ASSERT_TRUE(other.execute("CREATE TABLE photographs (name TEXT)"));
  }
  const std::vector<std::byte> before = bytes_of(path());
  EXPECT_EQ(opening_error(path()).code, ErrorCode::unsupported);
  EXPECT_EQ(bytes_of(path()), before);
}

TEST_F(RecordFile, RefusesANewerSchemaAndLeavesItAlone) {
  record_one_decision();
  {
    Database newer = Database::open(path(), Database::Mode::read_write, lock_wait).value();
    ASSERT_TRUE(newer.execute("PRAGMA user_version = 4711"));
  }
  const Error error = opening_error(path());
  EXPECT_EQ(error.code, ErrorCode::unsupported);
  EXPECT_THAT(error.message, HasSubstr("schema 4711"));
  EXPECT_THAT(files_with(".corrupt-"), IsEmpty());
}

TEST_F(RecordFile, RefusesALockedFile) {
  record_one_decision();
  Database other = Database::open(path(), Database::Mode::read_write, lock_wait).value();
  ASSERT_TRUE(other.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE decisions SET reason = ''"));
  const Error error = opening_error(path());
  EXPECT_EQ(error.code, ErrorCode::busy);
  EXPECT_THAT(error.message, HasSubstr("another gridpilot"));
  EXPECT_THAT(files_with(".corrupt-"), IsEmpty());
}

TEST_F(RecordFile, RefusesAFolderThatIsNotThereOrNotWritable) {
  EXPECT_EQ(opening_error(folder.path() / "nowhere" / "gridpilot.db").code, ErrorCode::io_failure);
  EXPECT_EQ(opening_error("/proc/gridpilot.db").code, ErrorCode::io_failure);
}

TEST_F(RecordFile, RefusesAFileThatIsAFolder) {
  EXPECT_EQ(opening_error(folder.path()).code, ErrorCode::io_failure);
}

TEST_F(RecordFile, OpensWhatAnEmptyFileIs) {
  ASSERT_TRUE(os::write_file_atomically(path(), ""));
  const auto record = open();
  EXPECT_THAT(record->notices(), IsEmpty());
}

// Migrations that do not exist yet, so that the way there is walked before it is needed.
constexpr std::array grown{
    Migration{"0001_first", "CREATE TABLE one (a INTEGER) STRICT; INSERT INTO one VALUES (1);"},
    Migration{"0002_second", "ALTER TABLE one ADD COLUMN b INTEGER; UPDATE one SET b = a + 1;"},
    Migration{"0003_third", "CREATE INDEX one_by_b ON one (b); CREATE TABLE three (c TEXT) STRICT;"},
};

std::string schema_of(const Database& database) {
  return database.text("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)").value();
}

class MigrationFrom : public RecordFile, public testing::WithParamInterface<std::size_t> {};

TEST_P(MigrationFrom, ReachesTheSchemaOfANewFileAndKeepsACopyOfTheOld) {
  const std::size_t version = GetParam();
  {
    ASSERT_TRUE(open_record_file(path(), std::span(grown).first(version), lock_wait));
  }
  Result<OpenedFile> migrated = open_record_file(path(), grown, lock_wait);
  ASSERT_TRUE(migrated) << migrated.error().message;
  const fs::path fresh_path = folder.path() / "fresh.db";
  const Result<OpenedFile> fresh = open_record_file(fresh_path, grown, lock_wait);
  ASSERT_TRUE(fresh);
  EXPECT_EQ(schema_of(migrated->database), schema_of(fresh->database));
  EXPECT_EQ(migrated->database.integer("SELECT b FROM one").value(), 2);
  EXPECT_EQ(migrated->database.integer("PRAGMA user_version").value(), 3);

  const std::vector<fs::path> copies = files_with(".schema-");
  if (version == grown.size()) {
    EXPECT_THAT(copies, IsEmpty());
    EXPECT_THAT(migrated->notices, IsEmpty());
    return;
  }
  ASSERT_THAT(copies, SizeIs(1));
  EXPECT_THAT(migrated->notices, Each(HasSubstr(copies[0].native())));
  const Database copy = Database::open(copies[0], Database::Mode::read_only, lock_wait).value();
  EXPECT_EQ(copy.integer("PRAGMA user_version").value(), static_cast<std::int64_t>(version));
  EXPECT_EQ(copy.integer("SELECT a FROM one").value(), 1);
}

INSTANTIATE_TEST_SUITE_P(EveryVersion, MigrationFrom, testing::Values(1, 2, 3));

TEST_F(RecordFile, StaysAsItWasWhenAMigrationFails) {
  constexpr std::array broken{grown[0], grown[1],
                              Migration{"0003_broken", "DROP TABLE one; CREATE TABLE two (; SELECT 1;"}};
  {
    ASSERT_TRUE(open_record_file(path(), std::span(grown).first(1), lock_wait));
  }
  const Result<OpenedFile> opened = open_record_file(path(), broken, lock_wait);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("0003_broken"));
  const Database database = Database::open(path(), Database::Mode::read_write, lock_wait).value();
  EXPECT_EQ(database.integer("PRAGMA user_version").value(), 2);  // each is a transaction of its own
  EXPECT_EQ(database.integer("SELECT b FROM one").value(), 2);
}

TEST_F(RecordFile, HasMigrationsNumberedInTheirOrder) {
  std::size_t number = 0;
  for (const Migration& step : migrations()) {
    ++number;
    EXPECT_EQ(std::stoul(std::string(step.name.substr(0, 4))), number);
    EXPECT_EQ(step.name[4], '_');
    // What is in the program is what lies in the tree.
    const fs::path source = fs::path(GRIDPILOT_SOURCE_DIR) / "migrations/sqlite" / (std::string(step.name) + ".sql");
    EXPECT_EQ(os::read_file(source).value(), step.script);
  }
  EXPECT_GE(number, 1);
}

TEST_F(RecordFile, RollsATransactionBackUnlessItIsCommitted) {
  Database database = Database::open(path(), Database::Mode::create, lock_wait).value();
  ASSERT_TRUE(database.execute("CREATE TABLE t (a INTEGER)"));
  {
    Result<Transaction> given_up = Transaction::begin(database);
    ASSERT_TRUE(given_up && database.execute("INSERT INTO t VALUES (1)"));
  }
  {
    Result<Transaction> kept = Transaction::begin(database);
    ASSERT_TRUE(kept && database.execute("INSERT INTO t VALUES (2)") && kept->commit());
  }
  EXPECT_EQ(database.text("SELECT group_concat(a) FROM t").value(), "2");
}

TEST_F(RecordFile, CopiesWhatIsBound) {
  Database database = Database::open(path(), Database::Mode::create, lock_wait).value();
  Statement statement = database.prepare("SELECT ?1").value();
  std::string text = "as it was";
  statement.bind(1, std::string_view(text));
  text = "otherwise";
  ASSERT_TRUE(statement.step().value());
  EXPECT_EQ(statement.text(0), "as it was");
}

}  // namespace
}  // namespace gridpilot::store::test
