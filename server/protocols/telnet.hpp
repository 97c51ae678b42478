// Takes telnet's commands (RFC 854) out of received bytes, so that a line protocol sees text only.
// One object a connection, driven by its handler on its worker's thread with each received piece in
// turn. Does no I/O, keeps no view, and is bounded: whatever the peer sends, it remembers 72 bytes.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace server::protocols {

class Telnet {
 public:
  /// Filters one received piece in place and returns its new size, never larger than `size`.
  ///
  /// Commands are taken out wherever pieces split them, sub-negotiations with all they contain;
  /// IAC IAC becomes one 0xFF; the NUL of CR NUL, telnet's bare carriage return and the line end of
  /// many clients, becomes LF. Every other byte stays, NUL included. Two things that RFC 854 does
  /// not define are read so that little is lost: an IAC before a byte that is no command (below
  /// 236) is dropped alone, and any command but SE inside a sub-negotiation ends it and counts.
  ///
  /// What the peer is to be told is appended to `replies`, at most 3 bytes for 3 received: WONT to
  /// the first DO of each option, DONT to the first WILL, WONT TIMING-MARK (RFC 860) to every DO
  /// TIMING-MARK. DONT, WONT and the other commands have no answer.
  std::size_t filter(char* data, std::size_t size, std::string& replies);

  /// Whether IAC IP (a user's Ctrl-C) came. The text before it was kept, text after it is dropped;
  /// negotiation after it is still answered, because a client may hold its output back until then.
  bool interrupted() const noexcept { return interrupted_; }

  /// Appends what another needs to go on in its place; nothing where it is as at the beginning.
  void save(std::string& state) const;
  /// Goes on from there; false where `state` is none, and then nothing has changed.
  bool resume(std::string_view state) noexcept;

  bool operator==(const Telnet&) const = default;

 private:
  enum class State : std::uint8_t {
    text,
    command,         ///< after IAC
    request,         ///< after IAC DO, before its option
    offer,           ///< after IAC WILL, before its option
    notice,          ///< after IAC DONT or IAC WONT, before its option
    content,         ///< inside a sub-negotiation
    content_command  ///< after IAC inside a sub-negotiation
  };

  State after_command(unsigned char byte) noexcept;
  void refuse_request(unsigned char option, std::string& replies);
  void refuse_offer(unsigned char option, std::string& replies);

  std::bitset<256> refused_requests_;
  std::bitset<256> refused_offers_;
  State state_ = State::text;
  bool after_cr_ = false;  ///< the last byte of text was a carriage return
  bool interrupted_ = false;
};

}  // namespace server::protocols
