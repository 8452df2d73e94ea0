#include "gridpilot/app/opened_record.hpp"

namespace gridpilot::app {

Result<OpenedRecord> OpenedRecord::open(const std::filesystem::path& folder, net::asio::any_io_executor loop,
                                        obs::Log& log) {
  Result<void> created = os::create_private_folder(folder);
  if (!created) return std::move(created).failed();
  Result<os::InstanceLock> lock = os::InstanceLock::take(folder);
  if (!lock) return std::move(lock).failed();
  Result<std::unique_ptr<store::SqliteRecord>> record =
      store::SqliteRecord::open({.path = folder / "gridpilot.db"}, std::move(loop));
  if (!record) return std::move(record).failed();
  for (const std::string& notice : (*record)->notices()) log.warning("record.opened", {{"notice", notice}});
  return OpenedRecord{.lock = std::move(*lock), .record = std::move(*record)};
}

}  // namespace gridpilot::app
