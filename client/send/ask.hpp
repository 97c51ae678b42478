// ask: one line to a service, one reply from it, on a connection that has nothing else under way.
#pragma once

#include <cstddef>
#include <string>
#include <system_error>

#include "client/send/options.hpp"
#include "streams/connection.hpp"
#include "streams/task.hpp"

namespace client::send {

inline constexpr std::size_t max_line = std::size_t{1} << 20U;  ///< of input and reply, bytes

struct Answer {
  std::error_code ec;      ///< what kept a whole reply from coming
  std::string text;        ///< the reply, with its line feeds
  bool different = false;  ///< an echo that is not the line
};

/// `connection` outlives the call. After an error the connection is of no more use.
streams::Task<Answer> ask(streams::Connection& connection, Protocol protocol, std::string line);

}  // namespace client::send
