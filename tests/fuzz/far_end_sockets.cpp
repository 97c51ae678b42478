// The session's peer over a pair of Unix sockets.
#include <array>
#include <cerrno>
#include <sys/socket.h>

#include "tests/fuzz/far_end.hpp"
#include "tests/fuzz/verdict.hpp"

namespace tests {

FarEnd::FarEnd(std::string_view) {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) != 0) {
    found("no sockets");
  }
  ours_ = streams::UniqueFd(fds[0]);
  theirs_ = streams::UniqueFd(fds[1]);
}

FarEnd::~FarEnd() = default;

void FarEnd::arrive(std::string_view bytes) {
  // A session that has ended takes nothing any more.
  const ssize_t size = ::send(theirs_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size >= 0 && size != static_cast<ssize_t>(bytes.size())) found("a piece does not fit");
}

void FarEnd::fin() { ::shutdown(theirs_.get(), SHUT_WR); }

void FarEnd::reset() {
  output();
  theirs_.reset();
}

const std::string& FarEnd::output() {
  std::array<char, 4096> room;
  while (theirs_ && !ended_ && !reset_) {
    const ssize_t size = ::recv(theirs_.get(), room.data(), room.size(), 0);
    if (size < 0 && errno == EAGAIN) break;
    if (size < 0) reset_ = true;
    if (size == 0) ended_ = true;
    if (size > 0) output_.append(room.data(), static_cast<std::size_t>(size));
  }
  return output_;
}

bool FarEnd::has_ended() {
  output();
  return ended_ || reset_;
}

bool FarEnd::was_reset() {
  output();
  return reset_;
}

}  // namespace tests
