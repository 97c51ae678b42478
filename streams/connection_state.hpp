// A ConnectionState: what a connection is between two turns, without its socket. Together they are
// all that another Connection needs to go on with it, of this loop, of another, or of another
// process. A value, but for the bytes, which are views of the connection's buffers.
#pragma once

#include <cstdint>
#include <string_view>

#include "streams/endpoint.hpp"

namespace streams {

struct ConnectionState {
  Endpoint peer;                     ///< peername()
  std::uint64_t bytes_received = 0;  ///< by the socket, in all
  std::uint64_t bytes_sent = 0;      ///< likewise
  /// Taken from the kernel and not read yet, behind a filter what that let through.
  std::string_view unread;
  std::string_view unsent;      ///< written, and not taken by the kernel yet
  bool is_proxied = false;      ///< set_peername() was called
  bool is_in_overrun = false;   ///< what comes belongs to a line that was too long
  bool peer_has_ended = false;  ///< its FIN was read
  bool is_ended = false;        ///< our FIN follows what is unsent: write_eof() or close()
  bool is_fin_sent = false;     ///< and is with the kernel
  bool has_lost = false;        ///< something was written after write_eof()
  bool is_closing = false;      ///< close() was called
};

}  // namespace streams
