// Protocol: what the target of a load run speaks, and how load is put on it. A constant; any
// thread. Each stands in a file of its own, named after it, and in the table below.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace client::load {

class LoadConnection;
class Messages;
struct Plan;
struct ThreadContext;

struct Protocol {
  std::string_view name;
  bool has_requests = true;  ///< we send: at a rate, or a number of messages
  bool has_replies = true;   ///< each request has one, which is verified
  bool has_lines = false;    ///< requests are lines of a template; else bytes, or those of a file
  /// What is sent and what must come back. Throws std::invalid_argument for a template that cannot
  /// be read.
  std::unique_ptr<Messages> (*make_messages)(const Plan& plan);
  /// The connection with this number.
  std::unique_ptr<LoadConnection> (*make_connection)(ThreadContext& context, std::uint64_t number);
};

extern const Protocol echo_protocol;
extern const Protocol line_protocol;
extern const Protocol discard_protocol;
extern const Protocol chargen_protocol;

/// The first is the default.
inline constexpr std::array protocols{&echo_protocol, &line_protocol, &discard_protocol,
                                      &chargen_protocol};

}  // namespace client::load
