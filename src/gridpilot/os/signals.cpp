#include "gridpilot/os/signals.hpp"

#include <csignal>

namespace gridpilot::os {

void ignore_broken_pipes() {
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

}  // namespace gridpilot::os
