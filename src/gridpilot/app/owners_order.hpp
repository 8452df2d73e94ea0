#pragma once

#include <filesystem>
#include <optional>

#include "gridpilot/core/result.hpp"
#include "gridpilot/core/time.hpp"
#include "gridpilot/domain/command.hpp"

/// What the owner told the running daemon to do instead of the plan, until an instant: the override of docs/guard.md.
/// The guard has the last word on it as on a plan. A file in the data folder, like the pause (inverter_pause.hpp), so
/// that it is kept over a restart and given by another process. These functions block: never on the loop's thread.
namespace gridpilot::app {

/// The longest order that is accepted: one that was forgotten must end by itself.
inline constexpr std::chrono::hours longest_order{24};

[[nodiscard]] std::filesystem::path order_file(const std::filesystem::path& data_folder);

/// The order that holds at `now`; absent where there is none, where it is over, or where it ends later than
/// longest_order from now (a clock that was wrong when it was written). corrupt where the file cannot be understood.
[[nodiscard]] Result<std::optional<Command>> read_order(const std::filesystem::path& data_folder, Instant now);

/// Gives an order, or another one; action, power, stop_soc, until and export_limit are kept. bad_input where it ends
/// before `now` or after longest_order.
[[nodiscard]] Result<void> write_order(const std::filesystem::path& data_folder, const Command& order, Instant now);

/// The plan steers again; succeeds where there is no order.
[[nodiscard]] Result<void> clear_order(const std::filesystem::path& data_folder);

}  // namespace gridpilot::app
