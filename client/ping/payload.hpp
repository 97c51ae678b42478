// What a ping sends and what must come back for it. Messages of a run differ as far as their size
// allows, so that a late or foreign reply is not taken for the right one. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "client/ping/options.hpp"

namespace client::ping {

struct Payload {
  std::string request;
  std::string reply;
};

/// Message number `sequence` with `size` bytes of content, 1 or more; the line protocol adds its
/// own words around it. An echo's last byte is a line feed where there is room for one, so that a
/// service that reads lines answers too, if wrongly.
Payload make_payload(Protocol protocol, std::uint64_t sequence, std::size_t size);

/// What to tell the user of a reply to `protocol`'s message that began with `got` and was not the
/// right one.
std::string explain_mismatch(Protocol protocol, std::string_view got);

}  // namespace client::ping
