// Messages: what a thread's connections send and what must come back, both a function of the
// connection's number and the request's sequence on it. So nothing is kept for a request in flight,
// and replies are compared with memory as they arrive, in pieces of any size. One per thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/load/plan.hpp"
#include "client/replies/text_reply.hpp"

namespace client::load {

class Messages {
 public:
  /// Several messages of a connection, one behind the other.
  struct Batch {
    std::uint64_t count = 0;
    std::string_view bytes;
  };

  Messages() = default;
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;
  virtual ~Messages() = default;

  /// Not empty. The view dies at the next call of any of these, except rule().
  virtual std::string_view request(std::uint64_t connection, std::uint64_t sequence) = 0;
  /// The same of its reply; empty when what comes back is not known.
  virtual std::string_view reply(std::uint64_t connection, std::uint64_t sequence) = 0;
  /// The requests from `sequence` on, `most` at most, as far as they fit in a batch. None where one
  /// by one is the way.
  virtual Batch requests(std::uint64_t connection, std::uint64_t sequence, std::uint64_t most) {
    static_cast<void>(connection);
    static_cast<void>(sequence);
    static_cast<void>(most);
    return {};
  }
  /// The same of their replies, as far as they are known, and fit in `room` bytes as well.
  virtual Batch replies(std::uint64_t connection, std::uint64_t sequence, std::uint64_t most,
                        std::size_t room) {
    static_cast<void>(connection);
    static_cast<void>(sequence);
    static_cast<void>(most);
    static_cast<void>(room);
    return {};
  }
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
  /// Bytes of a batch at most: less than what a StreamWriter hands to the kernel at once.
  static constexpr std::size_t batch_size = 2048;

  /// For those whose messages have `largest` bytes at most and are written with so many beyond them
  /// that get lost.
  void make_batches(std::size_t largest, std::size_t beyond = 0) {
    if (largest <= batch_size / 2) batch_.resize(batch_size + largest + beyond);
  }
  /// `write(at, sequence)` writes one and returns its end, or nullptr, and the batch ends before
  /// it.
  template <class Write>
  Batch batch(std::uint64_t sequence, std::uint64_t most, std::size_t room, Write write) {
    if (batch_.empty()) return {};
    char* const begin = batch_.data();
    const char* const limit = begin + std::min(room, batch_size);
    char* end = begin;
    std::uint64_t count = 0;
    for (; count != most; ++count) {
      char* const next = write(end, sequence + count);
      if (next == nullptr || next > limit) break;
      end = next;
    }
    return {count, {begin, static_cast<std::size_t>(end - begin)}};
  }

  bool judges_text_ = false;

 private:
  std::string batch_;  // none where messages are large
};

}  // namespace client::load
