// A Channel: the Unix socket between two processes, of which one goes on with the connections of
// the other. It carries frames: a kind, bytes, and behind them descriptors, in groups as large as
// the kernel allows. The bytes come first, so that whoever is left alone by a sender that dies
// knows what the descriptors are that it has got.
//
// Both ends wait on their threads, while nothing else of theirs runs: everything has a deadline,
// and a receiver takes no more than it says. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "streams/unique_fd.hpp"

namespace server::hand_over {

class Channel {
 public:
  using Clock = std::chrono::steady_clock;

  /// Over `socket`, a connected Unix stream socket.
  explicit Channel(streams::UniqueFd socket) noexcept;

  /// Whether the process at the other end is of our own effective user, or root's: nobody else may
  /// have what is the clients', or give what is taken for it. SO_PEERCRED.
  bool is_trusted() const noexcept;

  struct Frame {
    std::uint16_t kind = 0;
    std::string bytes;
    std::vector<streams::UniqueFd> descriptors;
  };
  struct Most {
    std::size_t bytes;
    std::size_t descriptors;
  };
  /// Sends a frame. std::errc::timed_out past `until`, or the kernel's error; how much of the frame
  /// is with the other end is not known then.
  std::error_code send(std::uint16_t kind, std::string_view bytes, std::span<const int> descriptors,
                       Clock::time_point until) noexcept;
  /// Receives a frame. Where this fails `into` has what of it has come, all of `bytes` if there is
  /// a descriptor:
  ///
  ///     std::errc::timed_out            past `until`
  ///     std::errc::connection_reset     the other end is closed
  ///     std::errc::bad_message          that is no frame, or more than `most`
  ///     std::errc::too_many_files_open  we have no room for a descriptor
  ///     another                         of the kernel's, or not_enough_memory
  std::error_code receive(Frame& into, const Most& most, Clock::time_point until) noexcept;

 private:
  std::error_code wait(short events, Clock::time_point until) const noexcept;
  std::error_code send_all(std::string_view bytes, Clock::time_point until) noexcept;
  std::error_code send_group(std::span<const int> descriptors, Clock::time_point until) noexcept;
  std::error_code receive_all(std::span<char> into, Clock::time_point until) noexcept;
  std::error_code receive_group(std::vector<streams::UniqueFd>& into, std::size_t most,
                                Clock::time_point until);

  const streams::UniqueFd socket_;
};

}  // namespace server::hand_over
