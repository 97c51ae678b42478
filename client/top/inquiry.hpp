// An inquiry: asks a daemon for its figures on a connection that stands, in the line protocol
// (STATS) or over HTTP (GET /metrics), and reads the answer into samples. What comes may be from
// anybody, and is bounded. The loop's thread; the connection is the caller's and outlives it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/top/exposition.hpp"
#include "streams/connection.hpp"
#include "streams/task.hpp"

namespace client::top {

enum class Speech : std::uint8_t { lines, http };

struct Answer {
  Answer() = default;
  std::vector<Sample> samples;
  std::string version;           ///< of the daemon, if it was asked for and told
  std::string failure;           ///< why there are no samples, for people; empty where there are
  bool is_other_speech = false;  ///< it failed, because the target speaks the other one
  bool is_lost = false;        ///< it failed, because the connection ended before the answer began
  bool may_ask_again = false;  ///< the connection is fit for the next inquiry
};

/// STATS, and VERSION where `asks_version`.
streams::Task<Answer> ask_for_lines(streams::Connection& connection, bool asks_version);

/// GET `path`, of the host that `host` names.
streams::Task<Answer> ask_over_http(streams::Connection& connection, std::string host,
                                    std::string path);

}  // namespace client::top
