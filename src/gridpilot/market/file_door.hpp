#pragma once

#include "gridpilot/net/document_door.hpp"
#include "gridpilot/os/clock.hpp"

namespace gridpilot::market {

/// The door to documents that lie in files, by addresses like "file:///srv/prices.csv". Packed ones (gzip) are
/// unpacked. All file work happens on the executor given for it.
class FileDoor final : public net::DocumentDoor {
 public:
  /// The clock must outlive it.
  FileDoor(const os::Clock& clock, net::asio::any_io_executor for_blocking_work)
      : clock_(clock), blocking_(std::move(for_blocking_work)) {}

  /// Whether an address is one of a file.
  [[nodiscard]] static bool leads_to_file(std::string_view url);
  /// not_published where there is no such file (yet); other errors of os::read_file, and of the request's check.
  [[nodiscard]] net::Awaitable<Result<net::Document>> fetch(net::DocumentRequest request) override;

 private:
  const os::Clock& clock_;
  net::asio::any_io_executor blocking_;
};

}  // namespace gridpilot::market
