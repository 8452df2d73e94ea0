#pragma once

#include <filesystem>
#include <optional>

#include "gridpilot/core/result.hpp"
#include "gridpilot/core/time.hpp"

/// A pause of the daemon's inverter: while it lasts, nothing is sent to the unit at all, so that its maker can update
/// its firmware undisturbed. The pause is a file in the data folder, so that it is kept over a restart of the daemon
/// and can be begun and ended by another process. These functions block: never on the loop's thread.
namespace gridpilot::app {

/// The longest pause that is accepted: one that was forgotten must end by itself.
inline constexpr std::chrono::hours longest_pause{24};

[[nodiscard]] std::filesystem::path pause_file(const std::filesystem::path& data_folder);

/// When the pause ends; absent where there is none, also where the file's instant has passed at `now`, or lies further
/// ahead than longest_pause (a clock that was wrong when it was written). corrupt where the file cannot be understood.
[[nodiscard]] Result<std::optional<Instant>> read_pause(const std::filesystem::path& data_folder, Instant now);

/// Begins a pause, or moves the end of the present one. bad_input where it ends before `now` or after longest_pause.
[[nodiscard]] Result<void> write_pause(const std::filesystem::path& data_folder, Instant until, Instant now);

/// Ends the pause; succeeds where there is none.
[[nodiscard]] Result<void> clear_pause(const std::filesystem::path& data_folder);

}  // namespace gridpilot::app
