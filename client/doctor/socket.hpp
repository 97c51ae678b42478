// Socket: one end of a connection in a case, close to the kernel: what is sent leaves at once and
// in the pieces it was given in, and how the peer ended is told as the kernel tells it. No stream
// stands between, which would be examined too. Keeps an account and what it has received. The
// loop's thread; destroying it closes it.
//
// A wait has a patience, which counts from the last octet that moved; one that is cancelled looks
// like one whose patience has ended, and who cancels does not ask.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <asio/posix/stream_descriptor.hpp>

#include "client/doctor/account.hpp"
#include "client/doctor/pattern.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/proxy_header/header.hpp"
#include "streams/task.hpp"
#include "streams/unique_fd.hpp"

namespace client::doctor {

/// How the peer's direction has ended.
enum class Ended : std::uint8_t {
  open,    ///< not yet
  fin,     ///< in order
  reset,   ///< with RST
  failed,  ///< by another error of the kernel's
};

class Socket {
 public:
  using Wait = asio::posix::descriptor_base::wait_type;
  using Duration = std::chrono::nanoseconds;

  /// Takes over `fd`, connected and non-blocking; urgent data is received in the stream. `account`
  /// outlives it.
  Socket(streams::EventLoop& loop, streams::UniqueFd fd, std::string who, Account& account);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // At once.

  /// Octets that the kernel took. `flags` are of send(2).
  std::size_t send_now(std::string_view octets, int flags = 0);
  /// One octet as urgent data; whether the kernel took it.
  bool send_urgent(char octet);
  /// The last octets, and FIN in the same segment as far as the kernel can.
  void send_last(std::string_view octets);
  void send_fin();
  /// RST; it is closed then.
  void send_reset();
  /// As a program that ends: FIN, or RST where something came that was not received.
  void close();

  // Waiting.

  /// Whether all were taken.
  streams::Task<bool> send(std::string octets, Duration patience);
  /// The same of `count` octets of the pattern `seed`.
  streams::Task<bool> send_pattern(unsigned seed, std::uint64_t count, Duration patience);
  /// Sends the pattern until nothing is taken for `patience`, or `most` are; octets.
  streams::Task<std::uint64_t> send_while_taken(unsigned seed, std::uint64_t most,
                                                Duration patience);
  /// Until received() is `total`; whether it is.
  streams::Task<bool> receive(std::uint64_t total, Duration patience);
  /// Receives until the peer has ended, or until nothing has come for `patience`.
  streams::Task<Ended> end(Duration patience);
  /// Whether there is something to receive, which is not received.
  streams::Task<bool> wait_for_octets(Duration patience) {
    return ready(Wait::wait_read, patience);
  }
  /// Receives for so long, whatever comes, or until the peer has ended.
  streams::Task<Ended> watch(Duration time);

  // What has been seen.

  std::uint64_t received() const noexcept { return received_; }
  std::uint64_t sent() const noexcept { return sent_; }
  /// The first octets that were received, at most most_kept.
  const std::string& text() const noexcept { return text_; }
  static constexpr std::size_t most_kept = std::size_t{1} << 20U;
  /// What was received so far is no part of it: received() and text() begin here.
  void begin_anew();
  /// What the peer's PROXY header said, where it began with one that was taken out of text().
  std::optional<proxy_header::Header> introduced;
  /// Its address, and that which it is connected to.
  const streams::Endpoint& own() const noexcept { return own_; }
  const streams::Endpoint& peer() const noexcept { return peer_; }
  /// From now on what is received is compared with the pattern.
  void check_pattern(unsigned seed) { check_ = PatternCheck(seed); }
  const PatternCheck& check() const noexcept { return check_; }
  Ended ended() const noexcept { return ended_; }
  /// `FIN`, `RST`, `nothing` or the kernel's words.
  std::string how_it_ended() const;
  const std::string& who() const noexcept { return who_; }
  bool is_open() const noexcept { return descriptor_.is_open(); }
  /// Whether the next octet to be received is marked as urgent: SIOCATMARK.
  bool at_mark();

 private:
  streams::Task<std::error_code> wait(Wait what);
  streams::Task<bool> ready(Wait what, Duration patience);
  streams::Task<std::error_code> give_way(std::size_t moved);
  std::size_t receive_now(std::uint64_t most);
  void end_as(Ended how, int error = 0);

  streams::EventLoop& loop_;
  asio::posix::stream_descriptor descriptor_;
  streams::Endpoint own_;
  streams::Endpoint peer_;
  std::string who_;
  Account& account_;
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
  std::size_t turn_octets_ = 0;  // since it gave way
  std::string text_;
  PatternCheck check_;
  Ended ended_ = Ended::open;
  int error_ = 0;
};

}  // namespace client::doctor
