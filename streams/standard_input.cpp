#include "streams/standard_input.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <exception>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <system_error>

#include "streams/buffer_pool.hpp"
#include "streams/executor.hpp"
#include "streams/threadsafe_call.hpp"

namespace streams {
namespace {

bool is_readable(int fd) noexcept {
  pollfd entry{};
  entry.fd = fd;
  entry.events = POLLIN;
  return ::poll(&entry, 1, 0) > 0;
}

/// Bytes, or a negative errno value, never -EINTR.
ssize_t read_some(int fd, std::span<char> into) noexcept {
  for (;;) {
    const ssize_t size = ::read(fd, into.data(), into.size());
    if (size >= 0) return size;
    if (errno != EINTR) return -errno;
  }
}

}  // namespace

bool is_file_or_disk(int fd) noexcept {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode));
}

/// Reads a piece at a time on a thread of its own.
class StandardInput::File final : private Executor::Job, private ThreadsafeCall {
 public:
  File(StandardInput& input, int fd)
      : ThreadsafeCall(input.loop()),
        input_(input),
        fd_(fd),
        block_(std::make_unique<char[]>(BufferPool::block_size)),
        thread_(1) {}

  /// What is left of the last piece, else its end or its error; once there is nothing left of it,
  /// the next piece is under way.
  IoResult receive(std::span<char> into) noexcept {
    if (state_ == State::read && size_ <= 0) return IoResult(size_);
    if (state_ == State::read && taken_ < size_) return take(into);
    if (state_ != State::reading) {
      try {
        thread_.submit(*this);
      } catch (const std::exception&) {
        return input_.nothing_for_lack_of_memory();
      }
      state_ = State::reading;
    }
    return input_.nothing_yet();
  }
  bool has_more() const noexcept {
    if (state_ == State::read && taken_ < size_) return true;
    struct stat status {};
    return ::fstat(fd_, &status) == 0 && ::lseek(fd_, 0, SEEK_CUR) < status.st_size;
  }

 private:
  enum class State : std::uint8_t { nothing, reading, read };

  IoResult take(std::span<char> into) noexcept {
    const auto size = std::min(static_cast<std::size_t>(size_ - taken_), into.size());
    std::memcpy(into.data(), block_.get() + taken_, size);
    taken_ += static_cast<ssize_t>(size);
    return input_.received(size);
  }
  // On the thread.
  void run() noexcept override {
    size_ = read_some(fd_, {block_.get(), BufferPool::block_size});
    request();
  }
  void call(std::size_t) noexcept override {
    taken_ = 0;
    state_ = State::read;
    input_.assume_readable();
    input_.yield_reader();
  }

  StandardInput& input_;
  const int fd_;
  const std::unique_ptr<char[]> block_;
  ssize_t size_ = 0;   // of the last piece; the thread's while it reads
  ssize_t taken_ = 0;  // of them
  State state_ = State::nothing;
  Executor thread_;
};

StandardInput::StandardInput(EventLoop& loop, int fd, std::uint32_t limit)
    : Transport(loop), fd_(fd), reader_(*this, limit) {
  attach(reader_, sender_);
  if (is_file_or_disk(fd)) {
    file_ = std::make_unique<File>(*this, fd);
    return;
  }
  try {
    loop.readiness().add(fd, *this);
    is_watched_ = true;
  } catch (const std::system_error& error) {
    // What never has to be waited for, such as /dev/null.
    if (error.code() != std::errc::operation_not_permitted) throw;
  }
}

StandardInput::~StandardInput() {
  if (is_watched_) loop().readiness().remove(*this, fd_);
}

bool StandardInput::has_more() const noexcept {
  if (reader_.buffered() != 0) return true;
  if (file_ != nullptr) return file_->has_more();
  int size = 0;
  return ::ioctl(fd_, FIONREAD, &size) == 0 && size > 0;
}

IoResult StandardInput::receive_unusual(std::span<char> into, IoResult) noexcept {
  if (file_ != nullptr) return file_->receive(into);
  if (!is_readable(fd_)) return nothing_yet();
  const ssize_t size = read_some(fd_, into);
  if (size == -EAGAIN) return nothing_yet();
  return size > 0 ? received(static_cast<std::size_t>(size)) : IoResult(size);
}

}  // namespace streams
