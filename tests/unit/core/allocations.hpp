#pragma once

#include <cstddef>
#include <optional>

/// How often this program has asked for memory with new so far; absent where it is not counted, because a sanitizer has
/// an operator new of its own (the thread sanitizer's cannot be replaced).
std::optional<std::size_t> allocations();
