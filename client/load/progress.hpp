// Progress: how much of a thread's work is to be begun, and how much is under way; and the moment
// when neither is left. One thread.
#pragma once

#include <cstdint>
#include <limits>

#include "streams/event.hpp"
#include "streams/event_loop.hpp"

namespace client::load {

class Progress {
 public:
  static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

  explicit Progress(streams::EventLoop& loop) noexcept : done_(loop) {}

  /// The closed loop may send so many requests from now on.
  void allow(std::uint64_t requests) noexcept {
    left_ = requests;
    is_last_ = requests != no_limit;
    check();
  }
  /// How many of so many more may be sent; they are under way then.
  std::uint64_t take(std::uint64_t wanted) noexcept {
    const std::uint64_t taken = wanted < left_ ? wanted : left_;
    left_ -= taken;
    open_ += taken;
    return taken;
  }
  /// Whether one may.
  bool take() noexcept { return take(1) != 0; }
  /// The open loop's request is due, and under way from now on.
  void begin() noexcept { ++open_; }
  /// So many were answered or have failed.
  void end(std::uint64_t requests = 1) noexcept {
    open_ -= requests;
    if (open_ == 0) [[unlikely]] {
      check();
    }
  }
  /// How many are under way.
  std::uint64_t open() const noexcept { return open_; }
  /// Nothing is begun any more.
  void close() noexcept { allow(0); }
  bool is_closed() const noexcept { return is_last_ && left_ == 0; }

  /// Set once nothing is left and nothing under way.
  streams::Event& done() noexcept { return done_; }

 private:
  void check() noexcept {
    if (open_ == 0 && is_closed()) done_.set();
  }

  std::uint64_t left_ = 0;
  std::uint64_t open_ = 0;
  bool is_last_ = false;  // no more will be allowed
  streams::Event done_;
};

}  // namespace client::load
