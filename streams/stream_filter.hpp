// A StreamFilter stands between a connection's socket and its streams and may change what passes:
// take telnet's commands out of lines, hold bytes back to a rate, encrypt. It does no I/O. The
// reader drives it with each piece that arrives, on the loop's thread, and does what a step says.
//
//     socket ── wire ──► in() ── plain ──► StreamReader
//     socket ◄── wire ──┘            (what the step answers the peer)
//
// A connection without a filter does not look for one. What no filter needs yet is left out: the
// other direction, out(plain → wire) and end(), and the verdicts "hold until" and "reset".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace streams {

class StreamFilter {
 public:
  /// What becomes of the direction that a step belongs to.
  enum class Then : std::uint8_t {
    go_on,
    end  ///< as feed_eof(): what is here is read, then the reader is at its end
  };

  /// What a step lets through, in either direction.
  struct Step {
    /// For the reader: a view of the beginning of the bytes that came in, changed in place or not,
    /// or of memory of the filter's own, of any size, that stays until its next step.
    std::string_view plain;
    /// For the peer, before what the handler writes next. Dropped once nothing can be sent.
    std::string wire;
    /// What follows.
    Then then = Then::go_on;
  };

  /// Takes all of `wire`, which is not empty and may be overwritten. An exception breaks the
  /// connection: ENOMEM for std::bad_alloc, EPROTO for any other.
  virtual Step in(std::span<char> wire) = 0;

  /// Appends what another filter of its kind needs to go on in its place. Throws std::bad_alloc.
  virtual void save(std::string& /*state*/) const {}

 protected:
  ~StreamFilter() = default;
};

}  // namespace streams
