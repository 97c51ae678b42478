// Misuse: a mistake of the program, reported where it is made. asyncio raises RuntimeError for
// these. In debug mode the message names the task and where it was created.
#pragma once

#include <stdexcept>

namespace streams {

/// Thrown by the operation that was wrong; nothing has changed by it.
class Misuse final : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Throws Misuse: `what` is what was done wrong and must not be.
[[noreturn]] void misuse(const char* what);
/// The same for a destructor, behind which nothing could go on: a line on standard error, and the
/// process ends with SIGABRT.
[[noreturn]] void fatal_misuse(const char* what) noexcept;

}  // namespace streams
