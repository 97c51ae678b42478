#include "client/descriptors/file_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

#include <climits>

namespace client::descriptors {
namespace {

struct Written {
  int error = 0;
  std::size_t size = 0;
};

Written write_some(int fd, std::string_view data) noexcept {
  const ssize_t result = ::write(fd, data.data(), data.size());
  if (result < 0) return {.error = errno, .size = 0};
  return {.error = 0, .size = static_cast<std::size_t>(result)};
}

}  // namespace

FileWriter::FileWriter(streams::EventLoop& loop, streams::Executor& executor, int fd)
    : loop_(loop), executor_(executor), descriptor_(loop, fd) {}

streams::Task<std::error_code> FileWriter::write(std::string_view data) {
  const int fd = descriptor_.get();
  while (!data.empty()) {
    Written result;
    if (descriptor_.is_storage()) {
      result = co_await streams::run_in_executor(loop_, executor_, write_some, fd, data);
    } else {
      const std::error_code ec = co_await descriptor_.wait();
      if (ec) co_return ec;
      // A pipe that is ready has room for so much and would block for more: pipe(7).
      const std::size_t size = std::min<std::size_t>(data.size(), PIPE_BUF);
      result = write_some(fd, data.substr(0, size));
    }
    if (result.error == EINTR || result.error == EAGAIN) continue;
    if (result.error != 0) co_return std::error_code{result.error, std::system_category()};
    data.remove_prefix(result.size);
    bytes_written_ += result.size;
  }
  co_return std::error_code{};
}

}  // namespace client::descriptors
