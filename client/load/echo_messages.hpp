// EchoMessages: pseudo-random bytes that come back as they went. A message is a window of one
// pattern, at a place that changes with connection and sequence, with a header of 16 bytes, as far
// as its size allows, that no other message of the run has:
//
//     bytes 0 to 7   the sequence plus a number of the connection, little-endian
//     bytes 8 to 15  another number of the connection
//
// Nothing is generated at run time: the header is stamped into the pattern for the moment of use.
// Several small ones are written out instead: the processor compares and copies slowly what has
// just been stamped.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "client/load/messages.hpp"

namespace client::load {

class EchoMessages final : public Messages {
 public:
  EchoMessages(std::size_t min_size, std::size_t max_size, std::uint64_t seed);

  std::string_view request(std::uint64_t connection, std::uint64_t sequence) override {
    return message(connection, sequence);
  }
  std::string_view reply(std::uint64_t connection, std::uint64_t sequence) override {
    return message(connection, sequence);
  }
  Batch requests(std::uint64_t connection, std::uint64_t sequence, std::uint64_t most) override {
    return replies(connection, sequence, most, batch_size);
  }
  Batch replies(std::uint64_t connection, std::uint64_t sequence, std::uint64_t most,
                std::size_t room) override;
  std::optional<std::uint64_t> sequence_of(std::uint64_t connection,
                                           std::string_view got) const override;

 private:
  using Header = std::array<std::uint64_t, 2>;

  Header header_of(std::uint64_t connection, std::uint64_t sequence) const noexcept;
  std::size_t size_of(std::uint64_t connection, std::uint64_t sequence) const noexcept {
    return min_size_ == max_size_ ? min_size_ : drawn_size(connection, sequence);
  }
  std::size_t drawn_size(std::uint64_t connection, std::uint64_t sequence) const noexcept;
  /// Where its window begins in the pattern.
  static std::size_t place_of(const Header& header, std::uint64_t sequence) noexcept;
  std::string_view message(std::uint64_t connection, std::uint64_t sequence) noexcept;

  std::size_t min_size_;
  std::size_t max_size_;
  std::uint64_t seed_;
  std::uint64_t tag_of_seed_;
  std::string pattern_;
  std::size_t stamped_at_ = 0;
  Header under_stamp_;  // the pattern's own bytes
};

/// A file's bytes, the same each time, where `plan` has some; else EchoMessages.
std::unique_ptr<Messages> make_echo_messages(const Plan& plan);

}  // namespace client::load
