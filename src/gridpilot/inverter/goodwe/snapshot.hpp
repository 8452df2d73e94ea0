#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gridpilot/core/time.hpp"
#include "gridpilot/inverter/goodwe/eco_window.hpp"
#include "gridpilot/net/async.hpp"

/// The owner's settings from before the first write, kept where a crash does not lose them.
namespace gridpilot::goodwe {

/// Register values as they were, and which of them were then written.
struct Snapshot {
  std::string serial;
  Instant taken_at{};
  std::map<std::uint16_t, std::uint16_t> registers;  ///< every register that control could touch
  std::set<std::uint16_t> touched;                   ///< those that were written, or may have been
};

[[nodiscard]] std::string to_json(const Snapshot& snapshot);
/// malformed with the field where the text is no snapshot.
[[nodiscard]] Result<Snapshot> parse_snapshot(std::string_view text);

/// What to write, in this order, so that the owner's settings stand again: groups, limits, then the work mode, then EMS
/// (a change of the work mode resets EMS). Only what was touched is written. An owner's state that forced the battery
/// (EMS other than auto, off-grid, a group that acts all day) is not brought back: self-use instead.
[[nodiscard]] std::vector<RegisterSpan> give_back_spans(const Snapshot& snapshot);

/// Where the owner's settings cannot be read any more: self-use.
[[nodiscard]] Snapshot self_use_snapshot();

/// Where one snapshot is kept.
class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;
  /// nullopt where there is none.
  [[nodiscard]] virtual net::Awaitable<Result<std::optional<std::string>>> load() = 0;
  /// Replaces what was there; on disk and synced when it completes.
  [[nodiscard]] virtual net::Awaitable<Result<void>> save(std::string text) = 0;
  /// Forgets it; nothing to forget is no error.
  [[nodiscard]] virtual net::Awaitable<Result<void>> remove() = 0;
};

/// A JSON file in the state folder. The disk is worked on by `blocking`, never by the loop's thread.
class FileSnapshotStore final : public SnapshotStore {
 public:
  FileSnapshotStore(std::filesystem::path path, net::asio::any_io_executor blocking)
      : path_(std::move(path)), blocking_(std::move(blocking)) {}

  [[nodiscard]] net::Awaitable<Result<std::optional<std::string>>> load() override;
  [[nodiscard]] net::Awaitable<Result<void>> save(std::string text) override;
  [[nodiscard]] net::Awaitable<Result<void>> remove() override;

 private:
  std::filesystem::path path_;
  net::asio::any_io_executor blocking_;
};

}  // namespace gridpilot::goodwe
