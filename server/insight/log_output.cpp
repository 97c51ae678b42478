#include "server/insight/log_output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <climits>

namespace server::insight {
namespace {

bool is_regular_file(int fd) noexcept {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

class Stream final : public LogOutput {
 public:
  explicit Stream(int fd) noexcept : fd_(fd), is_file_(is_regular_file(fd)) {}

  std::string_view record_end() const noexcept override { return "\n"; }
  int descriptor() const noexcept override { return is_file_ ? -1 : fd_; }
  std::int64_t write(std::string_view records) noexcept override {
    const std::string_view piece = is_file_ ? records : first_piece(records);
    return ::write(fd_, piece.data(), piece.size());
  }

 private:
  /// What poll(2) says of room is a promise for this much.
  static constexpr std::size_t most_at_once = PIPE_BUF;

  /// As many whole lines as fit; a part of one that is longer than that.
  static std::string_view first_piece(std::string_view text) noexcept {
    if (text.size() <= most_at_once) return text;
    const std::size_t end = text.rfind('\n', most_at_once - 1);
    return text.substr(0, end == std::string_view::npos ? most_at_once : end + 1);
  }

  const int fd_;
  const bool is_file_;
};

class Journal final : public LogOutput {
 public:
  Journal(const sockaddr_un& address, streams::UniqueFd socket) noexcept
      : address_(address), socket_(std::move(socket)) {}

  static streams::UniqueFd connect(const sockaddr_un& address) noexcept {
    streams::UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto* const peer = reinterpret_cast<const sockaddr*>(&address);
    if (fd.get() < 0 || ::connect(fd.get(), peer, sizeof address) != 0) return {};
    return fd;
  }

  std::string_view record_end() const noexcept override { return "\n\n"; }
  int descriptor() const noexcept override { return socket_.get(); }
  std::int64_t write(std::string_view records) noexcept override;

 private:
  /// A datagram may not be longer than the socket's buffer, which is 200 KiB or more.
  static constexpr std::size_t longest = 64 * 1024;
  static constexpr std::size_t most_at_once = 64;

  const sockaddr_un address_;
  streams::UniqueFd socket_;
};

std::int64_t Journal::write(std::string_view records) noexcept {
  std::array<iovec, most_at_once> pieces;
  std::array<mmsghdr, most_at_once> messages{};
  std::array<std::size_t, most_at_once> ends;
  unsigned count = 0;
  for (std::size_t at = 0; at < records.size() && count < most_at_once; ++count) {
    const std::size_t end = records.find(record_end(), at);
    const std::size_t size = (end == std::string_view::npos ? records.size() : end + 1) - at;
    pieces[count] = {const_cast<char*>(records.data() + at), std::min(size, longest)};
    messages[count].msg_hdr.msg_iov = &pieces[count];
    messages[count].msg_hdr.msg_iovlen = 1;
    ends[count] = at = std::min(at + size + 1, records.size());
  }
  if (count == 0) return 0;
  const int sent = ::sendmmsg(socket_.get(), messages.data(), count, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) return static_cast<std::int64_t>(ends[static_cast<std::size_t>(sent) - 1]);
  const int error = errno;
  // A journal that was started anew has another socket.
  if (error == ECONNREFUSED || error == ECONNRESET || error == ENOTCONN || error == EPIPE) {
    if (streams::UniqueFd again = connect(address_); again) socket_ = std::move(again);
  }
  errno = error;
  return -1;
}

}  // namespace

std::uint64_t LogOutput::count(std::string_view records) const noexcept {
  std::uint64_t count = 0;
  const std::string_view end = record_end();
  for (std::size_t at = 0; (at = records.find(end, at)) != std::string_view::npos;
       at += end.size()) {
    ++count;
  }
  return count;
}

std::unique_ptr<LogOutput> open_stream(int fd) { return std::make_unique<Stream>(fd); }

std::unique_ptr<LogOutput> open_journal(const std::string& path) noexcept try {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return nullptr;
  path.copy(address.sun_path, path.size());
  streams::UniqueFd socket = Journal::connect(address);
  if (socket.get() < 0) return nullptr;
  return std::make_unique<Journal>(address, std::move(socket));
} catch (const std::bad_alloc&) {
  return nullptr;
}

}  // namespace server::insight
