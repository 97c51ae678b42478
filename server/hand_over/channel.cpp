#include "server/hand_over/channel.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <new>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>
#include <utility>

namespace server::hand_over {
namespace {

/// SCM_MAX_FD of unix(7): what the kernel takes in one message.
constexpr std::size_t most_in_group = 253;

/// As it is sent: both ends are processes of one machine.
struct Head {
  std::array<char, 8> magic;
  std::uint16_t version;
  std::uint16_t kind;
  std::uint32_t descriptors;
  std::uint64_t bytes;
};
constexpr std::array<char, 8> magic{'e', 'c', 'h', 'o', 'H', 'A', 'N', 'D'};
constexpr std::uint16_t frame_version = 1;

std::error_code of(std::errc error) noexcept { return std::make_error_code(error); }
std::error_code of_errno() noexcept { return {errno, std::system_category()}; }

}  // namespace

Channel::Channel(streams::UniqueFd socket) noexcept : socket_(std::move(socket)) {
  const int flags = ::fcntl(socket_.get(), F_GETFL);
  ::fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK);
}

bool Channel::is_trusted() const noexcept {
  ucred peer{};
  socklen_t size = sizeof peer;
  const bool known = ::getsockopt(socket_.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
  return known && (peer.uid == ::geteuid() || peer.uid == 0);
}

std::error_code Channel::wait(short events, Clock::time_point until) const noexcept {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return of(std::errc::timed_out);
    constexpr std::chrono::milliseconds longest{60'000};
    pollfd socket{socket_.get(), events, 0};
    const int ready = ::poll(&socket, 1, static_cast<int>(std::min(left, longest).count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return of_errno();
  }
}

std::error_code Channel::send(std::uint16_t kind, std::string_view bytes,
                              std::span<const int> descriptors, Clock::time_point until) noexcept {
  const Head head{magic, frame_version, kind, static_cast<std::uint32_t>(descriptors.size()),
                  bytes.size()};
  std::error_code failed = send_all({reinterpret_cast<const char*>(&head), sizeof head}, until);
  if (!failed) failed = send_all(bytes, until);
  while (!failed && !descriptors.empty()) {
    const std::size_t size = std::min(descriptors.size(), most_in_group);
    failed = send_group(descriptors.first(size), until);
    descriptors = descriptors.subspan(size);
  }
  return failed;
}

std::error_code Channel::send_all(std::string_view bytes, Clock::time_point until) noexcept {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN && errno != EINTR) {
      return of_errno();
    } else if (const std::error_code failed = wait(POLLOUT, until)) {
      return failed;
    }
  }
  return {};
}

// With a byte of their own, to which they are bound: no message has two groups.
std::error_code Channel::send_group(std::span<const int> descriptors,
                                    Clock::time_point until) noexcept {
  char byte = 'd';
  iovec data{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_in_group)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
  while (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL) != 1) {
    if (errno != EAGAIN && errno != EINTR) return of_errno();
    if (const std::error_code failed = wait(POLLOUT, until)) return failed;
  }
  return {};
}

std::error_code Channel::receive(Frame& into, const Most& most, Clock::time_point until) noexcept
    try {
  into = {};
  Head head{};
  if (const auto failed = receive_all({reinterpret_cast<char*>(&head), sizeof head}, until)) {
    return failed;
  }
  if (head.magic != magic || head.version != frame_version || head.bytes > most.bytes ||
      head.descriptors > most.descriptors) {
    return of(std::errc::bad_message);
  }
  into.kind = head.kind;
  std::string bytes(head.bytes, '\0');
  if (const auto failed = receive_all(bytes, until)) return failed;
  into.bytes = std::move(bytes);
  into.descriptors.reserve(head.descriptors);
  while (into.descriptors.size() < head.descriptors) {
    const std::size_t missing = head.descriptors - into.descriptors.size();
    if (const auto failed = receive_group(into.descriptors, missing, until)) return failed;
  }
  return {};
} catch (const std::bad_alloc&) {
  return of(std::errc::not_enough_memory);
}

std::error_code Channel::receive_all(std::span<char> into, Clock::time_point until) noexcept {
  while (!into.empty()) {
    // Descriptors that come with bytes where none belong are dropped by the kernel.
    const ssize_t got = ::recv(socket_.get(), into.data(), into.size(), 0);
    if (got > 0) {
      into = into.subspan(static_cast<std::size_t>(got));
    } else if (got == 0) {
      return of(std::errc::connection_reset);
    } else if (errno != EAGAIN && errno != EINTR) {
      return of_errno();
    } else if (const std::error_code failed = wait(POLLIN, until)) {
      return failed;
    }
  }
  return {};
}

// At most `most`, and at least one.
std::error_code Channel::receive_group(std::vector<streams::UniqueFd>& into, std::size_t most,
                                       Clock::time_point until) {
  // Room first: what the kernel has given is ours.
  std::vector<streams::UniqueFd> group;
  group.reserve(most_in_group);
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_in_group)> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  ssize_t got = -1;
  while (got < 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
    if (got >= 0) break;
    if (errno != EAGAIN && errno != EINTR) return of_errno();
    if (const std::error_code failed = wait(POLLIN, until)) return failed;
  }
  const cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  if (rights != nullptr && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS) {
    const std::size_t size = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < size; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(rights) + i * sizeof descriptor, sizeof descriptor);
      group.emplace_back(descriptor);
    }
  }
  if (got == 0) return of(std::errc::connection_reset);
  if ((message.msg_flags & MSG_CTRUNC) != 0) return of(std::errc::too_many_files_open);
  if (group.empty() || group.size() > most) return of(std::errc::bad_message);
  std::move(group.begin(), group.end(), std::back_inserter(into));
  return {};
}

}  // namespace server::hand_over
