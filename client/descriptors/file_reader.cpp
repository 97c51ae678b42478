#include "client/descriptors/file_reader.hpp"

#include <cerrno>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace client::descriptors {
namespace {

struct Read {
  int error = 0;
  std::size_t size = 0;
};

Read read_some(int fd, char* into, std::size_t size) noexcept {
  const ssize_t result = ::read(fd, into, size);
  if (result < 0) return {.error = errno, .size = 0};
  return {.error = 0, .size = static_cast<std::size_t>(result)};
}

}  // namespace

FileReader::FileReader(streams::EventLoop& loop, streams::Executor& executor, int fd)
    : loop_(loop),
      executor_(executor),
      descriptor_(loop, fd, Readiness::readable),
      buffer_(max_piece, '\0') {}

streams::Task<Piece> FileReader::read() {
  const int fd = descriptor_.get();
  for (;;) {
    Read result;
    if (descriptor_.is_storage()) {
      result = co_await streams::run_in_executor(loop_, executor_, read_some, fd, buffer_.data(),
                                                 buffer_.size());
    } else {
      const std::error_code ec = co_await descriptor_.wait();
      if (ec) co_return Piece{ec, {}};
      result = read_some(fd, buffer_.data(), buffer_.size());
    }
    if (result.error == EINTR || result.error == EAGAIN) continue;
    co_return Piece{{result.error, std::system_category()}, {buffer_.data(), result.size}};
  }
}

bool FileReader::has_more() noexcept {
  const int fd = descriptor_.get();
  if (!descriptor_.is_storage()) {
    int size = 0;
    return ::ioctl(fd, FIONREAD, &size) == 0 && size > 0;
  }
  struct stat status {};
  return ::fstat(fd, &status) == 0 && ::lseek(fd, 0, SEEK_CUR) < status.st_size;
}

}  // namespace client::descriptors
