#include "server/insight/log_sink.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <poll.h>
#include <thread>
#include <utility>

namespace server::insight {
namespace {

using std::chrono::milliseconds;

/// After each write: waking this thread for every line would cost the loops more than the lines do.
constexpr milliseconds pause_after_write{2};
/// Between two looks at whether to give up, while the descriptor has no room.
constexpr milliseconds look{50};
/// Before another attempt after an error: a disk may have room again.
constexpr milliseconds retry{250};
/// For the thread to see that it is to give up, and to say its last.
constexpr milliseconds last_word{100};

}  // namespace

std::shared_ptr<LogSink> LogSink::open(std::unique_ptr<LogOutput> output, Words words) {
  auto sink = std::make_shared<LogSink>(std::move(output), std::move(words));
  try {
    std::thread([sink] { sink->run(); }).detach();
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), "cannot start the log's thread");
  }
  return sink;
}

LogSink::LogSink(std::unique_ptr<LogOutput> output, Words words)
    : output_(std::move(output)), words_(std::move(words)) {}

bool LogSink::admit(std::string_view event, config::LogLevel level, std::uint64_t most) noexcept
    try {
  const std::lock_guard lock(mutex_);
  const auto alarm = floods_.next();
  if (floods_.admit(event, level, most, FloodLimit::Clock::now())) return true;
  if (floods_.next() != alarm && std::exchange(idle_, false)) lines_came_.notify_one();
  return false;
} catch (const std::bad_alloc&) {
  lose();
  return false;
}

void LogSink::sink_it_(const spdlog::details::log_msg& line) try {
  // After the first that is lost, all are, until the count stands in their place.
  const std::string_view end = output_->record_end();
  if (lost_ != 0 || lines_.size() + line.payload.size() + end.size() > capacity) {
    count_lost();
  } else {
    lines_.reserve(lines_.size() + line.payload.size() + end.size());
    lines_.append(line.payload.data(), line.payload.size());
    lines_ += end;
  }
  if (std::exchange(idle_, false)) lines_came_.notify_one();
} catch (const std::exception&) {
  count_lost();
}

/// Under the lock.
void LogSink::count_lost() noexcept {
  ++lost_;
  all_lost_.add(1);
}

void LogSink::lose() noexcept {
  const std::lock_guard lock(mutex_);
  count_lost();
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
    await_lines(lock);
    if (giving_up_ || (lines_.empty() && lost_ == 0 && !has_counts_to_tell())) break;
    collect(chunk);
    lock.unlock();
    written = write(chunk);
    lock.lock();
    if (written < chunk.size()) break;
    state_changed_.wait_for(lock, pause_after_write, [this] { return finishing_; });
  }
  const std::string last = last_line(chunk, written);
  lock.unlock();
  pollfd descriptor{output_->descriptor(), POLLOUT, 0};
  if (!last.empty() && (descriptor.fd < 0 || ::poll(&descriptor, 1, 0) == 1)) {
    output_->write(last);
  }
  lock.lock();
  ended_ = true;
  state_changed_.notify_all();
}

void LogSink::await_lines(std::unique_lock<std::mutex>& lock) {
  while (lines_.empty() && lost_ == 0 && !finishing_ && !has_counts_to_tell()) {
    idle_ = true;
    if (const auto next = floods_.next()) {
      lines_came_.wait_until(lock, *next);
    } else {
      lines_came_.wait(lock);
    }
  }
  idle_ = false;
}

/// Of floods whose second is over; at the end of all.
bool LogSink::has_counts_to_tell() const noexcept {
  const auto next = floods_.next();
  return next && (finishing_ || *next <= FloodLimit::Clock::now());
}

// Lines are lost when the buffer is full, so that what is lost came after what is in it.
void LogSink::collect(std::string& chunk) noexcept {
  chunk.clear();
  chunk.swap(lines_);
  told_ = 0;
  const auto now =
      FloodLimit::Clock::now() + (finishing_ ? FloodLimit::window : std::chrono::seconds{0});
  while (const auto suppressed = floods_.take(now)) {
    try {
      chunk += words_.suppressed(*suppressed) + std::string(output_->record_end());
    } catch (const std::exception&) {
      count_lost();
    }
  }
  if (lost_ == 0) return;
  try {
    const std::string line = words_.lost(lost_) + std::string(output_->record_end());
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
    const std::int64_t written = output_->write(text.substr(done));
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno == EMSGSIZE) {
      const std::string_view end = output_->record_end();
      lose_record(text.substr(done));
      done = std::min(text.find(end, done), text.size() - end.size()) + end.size();
    } else if (errno != EINTR && !pause(errno == EAGAIN ? look : retry)) {
      break;
    }
  }
  return done;
}

/// One at the front of `rest` can never be written. The last of a chunk may be the count of others.
void LogSink::lose_record(std::string_view rest) noexcept {
  const std::lock_guard lock(mutex_);
  const bool is_count = told_ != 0 && output_->count(rest) == 1;
  if (is_count) {
    lost_ += std::exchange(told_, 0);
  } else {
    count_lost();
  }
}

/// What there is to say of lines that will never be written; empty for nothing. Under the lock.
std::string LogSink::last_line(const std::string& chunk, std::size_t written) noexcept try {
  const std::string_view unwritten = std::string_view(chunk).substr(written);
  std::uint64_t lost = lost_ + output_->count(lines_) + output_->count(unwritten);
  // The last line of the chunk is no event but the count of others.
  if (!unwritten.empty() && told_ != 0) lost += told_ - 1;
  if (lost == 0) return {};
  const bool within_a_line = written != 0 && chunk[written - 1] != '\n';
  std::string line = words_.lost(lost) + std::string(output_->record_end());
  if (within_a_line) line.insert(0, 1, '\n');
  return line;
} catch (const std::exception&) {
  return {};
}

bool LogSink::await_room() noexcept {
  if (output_->descriptor() < 0) return true;
  for (;;) {
    pollfd descriptor{output_->descriptor(), POLLOUT, 0};
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
