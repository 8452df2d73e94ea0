#pragma once

#include <source_location>

namespace gridpilot {

/// Ends the process after printing where; for programmer errors only, never for input.
[[noreturn]] void verification_failed(const char* condition, const std::source_location& where);

}  // namespace gridpilot

/// Active in release builds too: an invariant that does not hold must not steer a battery.
#define GRIDPILOT_VERIFY(condition)                                                    \
  do {                                                                                 \
    if (!(condition)) [[unlikely]]                                                     \
      ::gridpilot::verification_failed(#condition, ::std::source_location::current()); \
  } while (false)
