// The line protocol's commands: the bytes of a line in, the reply out. No I/O. One object a
// connection, driven by its handler on its worker's thread, one line at a time.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "server/protocols/context.hpp"
#include "streams/stream_writer.hpp"

namespace server::protocols {

/// The reply to one line: its parts in order, unused ones empty. The parts point into static text,
/// into the line, or into what LineCommands owns: they hold while the line does and until the next
/// call of execute(), too_long() or release().
struct Reply {
  std::array<std::string_view, 3> parts{};
  bool quit = false;  ///< close the connection once this reply is sent

  /// An ignored line has no reply. Every other reply ends in its one CR LF.
  bool empty() const noexcept { return parts[0].empty(); }
};

/// When lines come.
class LineArrival {
 public:
  /// When the end of the line that is being executed was received.
  virtual std::chrono::steady_clock::time_point line_received() = 0;

 protected:
  ~LineArrival() = default;
};

/// What a command may know of the connection that it answers.
struct Caller {
  const streams::StreamWriter& writer;
  LineArrival& arrival;
};

class LineCommands {
 public:
  /// Both must outlive this.
  LineCommands(const Context& context, const Caller& caller) noexcept
      : context_(context), caller_(caller) {}

  /// Executes one line, given without its line end; it holds no LF. The word before the first space
  /// is the command, in any case, the rest its argument byte for byte; an empty argument is none.
  /// A CR in text that goes back to the peer is written as the two characters `\r`. What cannot be
  /// done is answered with -ERR and why.
  Reply execute(std::string_view line);

  /// The reply to a line longer than Options::max_line.
  Reply too_long();

  /// Gives back what a long reply took. For the handler, before it waits with nothing to do.
  void release() noexcept { std::string{}.swap(scratch_); }

 private:
  Reply execute_otherwise(std::string_view line);

  const Context& context_;
  const Caller& caller_;
  std::string scratch_;
};

}  // namespace server::protocols
