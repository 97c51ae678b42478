// A command of the user's, run by sh. The loop's thread; cancelling who waits ends the command.
#pragma once

#include <chrono>
#include <string>

#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::doctor {

/// Runs `command`, whose input is empty; what it prints is printed nowhere. Empty once it has ended
/// well, else how it failed, with the last line that it has printed. What is not over within
/// `patience` is killed, with its process group.
streams::Task<std::string> run_in_shell(streams::EventLoop& loop, std::string command,
                                        std::chrono::seconds patience);

}  // namespace client::doctor
