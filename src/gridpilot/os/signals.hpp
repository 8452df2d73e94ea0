#pragma once

namespace gridpilot::os {

/// A reader of standard output or error that has gone away is an error of the write then, and does not end the process:
/// for what runs on. Commands that only print keep the default, so that `| head` ends them.
void ignore_broken_pipes();

}  // namespace gridpilot::os
