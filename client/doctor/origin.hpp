// Origin: where doctor listens, in place of the service to which a proxy forwards. It accepts only
// when a case asks for it, and can stop listening for a while. The loop's thread.
#pragma once

#include <chrono>
#include <vector>

#include <asio/posix/stream_descriptor.hpp>

#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/unique_fd.hpp"

namespace client::doctor {

class Origin {
 public:
  /// Listens on `endpoints`, which are all that one address stands for. Throws std::system_error.
  Origin(streams::EventLoop& loop, std::vector<streams::Endpoint> endpoints);
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;

  /// The next connection, non-blocking; none when nobody has come for `patience`. Throws
  /// std::system_error when cancelled, so that nobody asks again.
  streams::Task<streams::UniqueFd> accept(std::chrono::nanoseconds patience);
  /// Resets whoever waits to be accepted: what an earlier try has left.
  void drop_waiting();
  /// From now on connections are refused.
  void close() noexcept;
  /// So few connections wait to be accepted, until it is reopened.
  void narrow(int backlog) noexcept;
  /// Listens as at first where it does not. Throws std::system_error.
  void reopen();
  /// A connection was made that should bring one here. Those that have not come yet would be taken
  /// for another's.
  void owe() noexcept { ++owed_; }
  int owed() const noexcept { return owed_; }
  void forgive() noexcept { owed_ = 0; }
  /// Where to connect to it.
  const streams::Endpoint& endpoint() const noexcept { return reached_at_; }

 private:
  void open();
  streams::UniqueFd accept_now();
  streams::Task<std::error_code> come();

  streams::EventLoop& loop_;
  std::vector<streams::Endpoint> endpoints_;
  streams::Endpoint reached_at_;
  std::vector<streams::UniqueFd> sockets_;
  int owed_ = 0;
  bool is_narrow_ = false;
  // An epoll set of them: any of them is waited for by waiting for it.
  asio::posix::stream_descriptor any_;
};

}  // namespace client::doctor
