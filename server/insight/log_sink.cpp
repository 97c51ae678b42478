#include "server/insight/log_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <poll.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include <climits>

namespace server::insight {
namespace {

using std::chrono::milliseconds;

/// After each write: waking this thread for every line would cost the loops more than the lines do.
constexpr milliseconds rest{2};
/// Between two looks at whether to give up, while the descriptor has no room.
constexpr milliseconds look{50};
/// Before another attempt after an error: a disk may have room again.
constexpr milliseconds retry{250};
/// For the thread to see that it is to give up, and to say its last.
constexpr milliseconds last_word{100};

/// What poll(2) says of room is a promise for this much.
constexpr std::size_t most_at_once = PIPE_BUF;

bool is_regular_file(int fd) noexcept {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/// As many whole lines as fit; a part of one that is longer than that.
std::string_view first_piece(std::string_view text) noexcept {
  if (text.size() <= most_at_once) return text;
  const std::size_t end = text.rfind('\n', most_at_once - 1);
  return text.substr(0, end == std::string_view::npos ? most_at_once : end + 1);
}

std::uint64_t count_lines(std::string_view text) noexcept {
  return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

std::shared_ptr<LogSink> LogSink::open(int fd, LossLine loss_line) {
  auto sink = std::make_shared<LogSink>(fd, std::move(loss_line));
  try {
    std::thread([sink] { sink->run(); }).detach();
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), "cannot start the log's thread");
  }
  return sink;
}

LogSink::LogSink(int fd, LossLine loss_line)
    : fd_(fd), is_file_(is_regular_file(fd)), loss_line_(std::move(loss_line)) {}

void LogSink::sink_it_(const spdlog::details::log_msg& line) try {
  // After the first that is lost, all are, until the count stands in their place.
  if (lost_ != 0 || lines_.size() + line.payload.size() >= capacity) {
    ++lost_;
  } else {
    lines_.reserve(lines_.size() + line.payload.size() + 1);
    lines_.append(line.payload.data(), line.payload.size());
    lines_ += '\n';
  }
  if (std::exchange(idle_, false)) lines_came_.notify_one();
} catch (const std::exception&) {
  ++lost_;
}

void LogSink::lose() noexcept {
  const std::lock_guard lock(mutex_);
  ++lost_;
  if (std::exchange(idle_, false)) lines_came_.notify_one();
}

void LogSink::finish(milliseconds patience) noexcept {
  std::unique_lock lock(mutex_);
  finishing_ = true;
  lines_came_.notify_one();
  state_changed_.notify_all();
  const auto ended = [this] { return ended_; };
  if (state_changed_.wait_for(lock, patience, ended)) return;
  giving_up_ = true;
  state_changed_.notify_all();
  state_changed_.wait_for(lock, last_word, ended);
}

// The thread.
void LogSink::run() noexcept {
  std::string chunk;
  std::size_t written = 0;
  std::unique_lock lock(mutex_);
  for (;;) {
    while (lines_.empty() && lost_ == 0 && !finishing_) {
      idle_ = true;
      lines_came_.wait(lock);
    }
    idle_ = false;
    if (giving_up_ || (lines_.empty() && lost_ == 0)) break;
    collect(chunk);
    lock.unlock();
    written = write(chunk);
    lock.lock();
    if (written < chunk.size()) break;
    state_changed_.wait_for(lock, rest, [this] { return finishing_; });
  }
  const std::string last = last_line(chunk, written);
  lock.unlock();
  if (pollfd descriptor{fd_, POLLOUT, 0}; !last.empty() && ::poll(&descriptor, 1, 0) == 1) {
    [[maybe_unused]] const ssize_t courtesy = ::write(fd_, last.data(), last.size());
  }
  lock.lock();
  ended_ = true;
  state_changed_.notify_all();
}

// Lines are lost when the buffer is full, so that what is lost came after what is in it.
void LogSink::collect(std::string& chunk) noexcept {
  chunk.clear();
  chunk.swap(lines_);
  told_ = 0;
  if (lost_ == 0) return;
  try {
    const std::string line = loss_line_(lost_) + '\n';
    chunk += line;
    told_ = std::exchange(lost_, 0);
  } catch (const std::exception&) {
    // Told with the next ones.
  }
}

/// Returns how much of `text` was written; less than all when it was time to give up.
std::size_t LogSink::write(std::string_view text) noexcept {
  std::size_t done = 0;
  while (done < text.size() && await_room()) {
    const std::string_view rest_of_it = text.substr(done);
    const std::string_view piece = is_file_ ? rest_of_it : first_piece(rest_of_it);
    const ssize_t written = ::write(fd_, piece.data(), piece.size());
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno != EINTR && !pause(errno == EAGAIN ? look : retry)) {
      break;
    }
  }
  return done;
}

/// What there is to say of lines that will never be written; empty for nothing. Under the lock.
std::string LogSink::last_line(const std::string& chunk, std::size_t written) noexcept try {
  const std::string_view unwritten = std::string_view(chunk).substr(written);
  std::uint64_t lost = lost_ + count_lines(lines_) + count_lines(unwritten);
  // The last line of the chunk is no event but the count of others.
  if (!unwritten.empty() && told_ != 0) lost += told_ - 1;
  if (lost == 0) return {};
  const bool within_a_line = written != 0 && chunk[written - 1] != '\n';
  std::string line = loss_line_(lost) + '\n';
  if (within_a_line) line.insert(0, 1, '\n');
  return line;
} catch (const std::exception&) {
  return {};
}

bool LogSink::await_room() noexcept {
  if (is_file_) return true;
  for (;;) {
    pollfd descriptor{fd_, POLLOUT, 0};
    if (::poll(&descriptor, 1, static_cast<int>(look.count())) != 0) return true;
    if (!pause(milliseconds{0})) return false;
  }
}

/// False when it is time to give up.
bool LogSink::pause(milliseconds duration) noexcept {
  std::unique_lock lock(mutex_);
  return !state_changed_.wait_for(lock, duration, [this] { return giving_up_; });
}

}  // namespace server::insight
