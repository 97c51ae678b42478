// What a ping sends and what must come back for it. Messages of a run differ as far as their size
// allows, so that a late or foreign reply is not taken for the right one. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace client {

enum class PingProtocol { echo, line };

struct PingPayload {
  std::string request;
  std::string reply;
};

/// Message number `sequence` with `size` bytes of content, 1 or more; the line protocol adds its
/// own words around it.
PingPayload make_ping(PingProtocol protocol, std::uint64_t sequence, std::size_t size);

}  // namespace client
