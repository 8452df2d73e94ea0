#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "gridpilot/core/result.hpp"

namespace gridpilot::os {

/// What read_file takes at most unless told otherwise.
inline constexpr std::size_t default_max_file_bytes = std::size_t{256} << 20U;

/// A whole file as bytes. not_found where there is none; bad_input for a folder; too_large past the limit (the content
/// is not read then); io_failure for everything else. The sentence names the path. Blocks: never on the loop's thread.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path,
                                            std::size_t max_bytes = default_max_file_bytes);

/// The same, unpacked where the content is gzip, whatever the file's name; the limit holds for the unpacked bytes, so
/// that a small file cannot become a large one. corrupt where the packed stream is damaged or torn.
[[nodiscard]] Result<std::string> read_file_unpacked(const std::filesystem::path& path,
                                                     std::size_t max_bytes = default_max_file_bytes);

/// Replaces the file in one step: after it, or after a power cut at any moment, the path holds either the old content
/// or all of the new. Written beside the target, synced, renamed, and the folder synced. Permissions of an existing
/// file are kept, a new one gets 0644 as the umask allows. The folder must exist.
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Unpacks a gzip text in memory, also several members one after the other. Code as above.
[[nodiscard]] Result<std::string> gunzip(std::string_view packed, std::size_t max_bytes = default_max_file_bytes);

}  // namespace gridpilot::os
