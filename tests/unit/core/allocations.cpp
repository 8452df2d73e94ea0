// Replaces the program's operator new by one that counts. A source of its own: inlined into others, g++ takes the pair
// of new and free for a mistake.
#include "unit/core/allocations.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GRIDPILOT_OPERATOR_NEW_IS_TAKEN
#endif
#endif

#ifdef GRIDPILOT_OPERATOR_NEW_IS_TAKEN

std::optional<std::size_t> allocations() {
  return std::nullopt;
}

#else

namespace {
std::atomic<std::size_t> count = 0;
}

std::optional<std::size_t> allocations() {
  return count;
}

void* operator new(std::size_t size) {
  ++count;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

#endif
