#include "gridpilot/core/verify.hpp"

#include <cstdio>
#include <cstdlib>

namespace gridpilot {

void verification_failed(const char* condition, const std::source_location& where) {
  std::fprintf(stderr, "gridpilot: invariant broken: %s (%s:%u, %s)\n", condition, where.file_name(),
               static_cast<unsigned>(where.line()), where.function_name());
  std::abort();
}

}  // namespace gridpilot
