// Messages: what a thread's connections send and what must come back, both a function of the
// connection's number and the request's sequence on it. So nothing is kept for a request in flight,
// and replies are compared with memory as they arrive, in pieces of any size. One per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "client/load/plan.hpp"
#include "client/replies/text_reply.hpp"

namespace client::load {

class Messages {
 public:
  Messages() = default;
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;
  virtual ~Messages() = default;

  /// Not empty. The view dies at the next call of any of these, except rule().
  virtual std::string_view request(std::uint64_t connection, std::uint64_t sequence) = 0;
  /// The same of its reply; empty when what comes back is not known.
  virtual std::string_view reply(std::uint64_t connection, std::uint64_t sequence) = 0;
  /// How the reply is told where reply() is empty.
  virtual replies::ReplyRule rule(std::uint64_t connection, std::uint64_t sequence) const {
    static_cast<void>(connection);
    static_cast<void>(sequence);
    return {};
  }
  /// Whether any rule has a pattern.
  bool judges_text() const noexcept { return judges_text_; }
  /// The other request of this connection that a reply which begins with `got` belongs to, if it
  /// can be told.
  virtual std::optional<std::uint64_t> sequence_of(std::uint64_t connection,
                                                   std::string_view got) const {
    static_cast<void>(connection);
    static_cast<void>(got);
    return std::nullopt;
  }

 protected:
  bool judges_text_ = false;
};

}  // namespace client::load
