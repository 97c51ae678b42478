#include "streams/readiness.hpp"

#include <cerrno>
#include <ctime>
#include <linux/time_types.h>
#include <poll.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace streams {
namespace {

int make_epoll() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  return fd;
}

/// epoll_wait(2) counts in milliseconds. Where a kernel, or what filters its calls, does not have
/// epoll_pwait2(2), ppoll(2) does the waiting.
int wait_for(int fd, epoll_event* events, int size, std::chrono::nanoseconds patience) noexcept {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
#ifdef SYS_epoll_pwait2
  // Not libc's timespec, which may have 32 bits.
  __kernel_timespec kernel_time{};
  kernel_time.tv_sec = seconds.count();
  kernel_time.tv_nsec = (patience - seconds).count();
  const long count = ::syscall(SYS_epoll_pwait2, fd, events, size, &kernel_time, nullptr, 0L);
  if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return static_cast<int>(count);
#endif
  timespec time{};
  time.tv_sec = static_cast<std::time_t>(seconds.count());
  time.tv_nsec = static_cast<long>((patience - seconds).count());
  pollfd set{fd, POLLIN, 0};
  return ::ppoll(&set, 1, &time, nullptr) <= 0 ? 0 : ::epoll_wait(fd, events, size, 0);
}

}  // namespace

ReadinessSet::ReadinessSet(asio::io_context& context, TurnQueue& turns)
    : epoll_(context.get_executor(), make_epoll()),
      turns_(turns),
      memory_(asio::use_service<LoopMemory>(context)) {}

void ReadinessSet::add(int fd, Handler& handler) {
  turns_.reserve(handlers_ + 1);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &handler;
  if (::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, fd, &event) != 0) {
    throw std::system_error(errno, std::system_category(), "epoll_ctl");
  }
  ++handlers_;
  arm();
}

void ReadinessSet::remove(Handler& handler) noexcept {
  --handlers_;
  if (current_ == &handler) current_ = nullptr;
  for (int i = batch_position_; i < batch_end_; ++i) {
    epoll_event& event = batch_[static_cast<std::size_t>(i)];
    if (event.data.ptr == &handler) event.data.ptr = nullptr;
  }
}

void ReadinessSet::remove(Handler& handler, int fd) noexcept {
  remove(handler);
  ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, fd, nullptr);
}

void ReadinessSet::arm() {
  if (armed_ || handlers_ == 0) return;
  armed_ = true;
  wait();
}

void ReadinessSet::wait() {
  epoll_.async_wait(asio::posix::descriptor_base::wait_read,
                    use_memory(memory_.wait, [this](const std::error_code& ec) {
                      if (!ec && armed_) pump();
                    }));
}

void ReadinessSet::disarm() noexcept {
  if (!armed_) return;
  armed_ = false;
  std::error_code ignored;
  epoll_.cancel(ignored);
}

bool ReadinessSet::poll(std::chrono::nanoseconds patience) noexcept {
  const int count = take_batch(turns_.has_jobs() ? std::chrono::nanoseconds{0} : patience);
  turns_.begin_batch();
  const bool any = count > 0 || turns_.has_jobs();
  dispatch(count);
  turns_.run_jobs();
  turns_.end_batch();
  return any;
}

int ReadinessSet::take_batch(std::chrono::nanoseconds patience) noexcept {
  const int fd = epoll_.native_handle();
  return patience.count() > 0 ? wait_for(fd, batch_.data(), batch_size, patience)
                              : ::epoll_wait(fd, batch_.data(), batch_size, 0);
}

void ReadinessSet::dispatch(int count) noexcept {
  if (count <= 0) return;
  if (--to_next_sample_ == 0) [[unlikely]]
    return dispatch_sampled(count);
  take_turns<false>(count);
}

void ReadinessSet::dispatch_sampled(int count) noexcept {
  to_next_sample_ = sample_every_;
  sampler_->woke_up(count);
  take_turns<true>(count);
}

template <bool sampled>
void ReadinessSet::take_turns(int count) noexcept {
  using Clock = std::chrono::steady_clock;
  Clock::time_point woken;
  if constexpr (sampled) woken = Clock::now();
  batch_end_ = count;
  for (int i = 0; i < count; ++i) {
    batch_position_ = i + 1;
    const epoll_event& event = batch_[static_cast<std::size_t>(i)];
    current_ = static_cast<Handler*>(event.data.ptr);
    Handler::Moved before;
    if constexpr (sampled) {
      if (current_ != nullptr) before = current_->moved();
    }
    if (current_ != nullptr) current_->on_ready(event.events);
    turns_.end_turn();
    if constexpr (sampled) {
      if (current_ == nullptr) continue;
      const Handler::Moved after = current_->moved();
      if (after.received == before.received || after.sent == before.sent) continue;
      current_->has_answered(Clock::now() - woken);
    }
  }
  current_ = nullptr;
  batch_end_ = 0;
}

void ReadinessSet::pump() noexcept {
  turns_.begin_batch();
  for (int round = 0; round < rounds_per_pump; ++round) {
    const int count = take_batch({});
    if (count <= 0 && !turns_.has_jobs()) break;
    dispatch(count);
    turns_.run_jobs();
  }
  turns_.end_batch();
  if (armed_) wait();
}

}  // namespace streams
