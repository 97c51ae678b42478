// What an echolined says of the connections that have ended: ENDED of its admin's address. The
// loop's thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "streams/address.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::doctor {

struct EndedDirection {
  std::string how;  ///< `fin`, `reset` or `open`
  std::uint64_t bytes = 0;
  std::uint64_t hashed = 0;  ///< bytes that `hash` is of
  std::string hash;          ///< as text::RunningHash::hex()
};
struct EndedConnection {
  std::string cause;   ///< a word of its log
  EndedDirection in;   ///< the client's
  EndedDirection out;  ///< its own
};

/// The last that have ended, the latest first. Throws std::runtime_error, with its name: nobody
/// answers, it is no admin's address, or it keeps nothing of what has ended.
streams::Task<std::vector<EndedConnection>> ask_ended(streams::EventLoop& loop,
                                                      streams::Address admin, std::string name);

/// A line of the reply; what it does not say is empty.
EndedConnection read_ended(std::string_view line);

}  // namespace client::doctor
