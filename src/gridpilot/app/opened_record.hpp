#pragma once

#include <filesystem>
#include <memory>

#include "gridpilot/core/result.hpp"
#include "gridpilot/net/async.hpp"
#include "gridpilot/obs/log.hpp"
#include "gridpilot/os/folders.hpp"
#include "gridpilot/store/sqlite/record.hpp"

namespace gridpilot::app {

/// A state folder that is ours alone, with its record.
struct OpenedRecord {
  os::InstanceLock lock;
  std::unique_ptr<store::SqliteRecord> record;

  /// Creates the folder where it does not exist. busy where another gridpilot works on it.
  [[nodiscard]] static Result<OpenedRecord> open(const std::filesystem::path& folder, net::asio::any_io_executor loop,
                                                 obs::Log& log);
};

}  // namespace gridpilot::app
