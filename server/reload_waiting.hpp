// Those who wait for what comes of a reload. Each is told of one that began after it had asked: the
// one before may have read the file before it was changed. On the first worker's thread.
#pragma once

#include <vector>

#include "server/protocols/admin_host.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace server {

class ReloadWaiting {
 public:
  using Outcome = protocols::AdminHost::Reloaded;

  explicit ReloadWaiting(streams::EventLoop& loop) noexcept : loop_(loop) {}
  /// The frames of those who wait may outlive it: an admin connection ends with its server.
  ~ReloadWaiting();
  ReloadWaiting(const ReloadWaiting&) = delete;
  ReloadWaiting& operator=(const ReloadWaiting&) = delete;

  /// What came of it; at once when there will be no reload any more.
  streams::Task<Outcome> wait();
  /// A reload begins, for all who wait by now.
  void begin() noexcept;
  /// Tells those for whom it began.
  void answer(const Outcome& outcome) noexcept;

  /// In the frame of what reloads: however that ends, nobody is left waiting.
  class LastWords {
   public:
    explicit LastWords(ReloadWaiting& waiting) noexcept : waiting_(waiting) {}
    ~LastWords() { waiting_.end(); }
    LastWords(const LastWords&) = delete;
    LastWords& operator=(const LastWords&) = delete;

   private:
    ReloadWaiting& waiting_;
  };

 private:
  class Waiter;
  void end() noexcept;

  streams::EventLoop& loop_;
  std::vector<Waiter*> waiting_;  // the first `served_` of them for the reload that is on its way
  std::size_t served_ = 0;
  bool ended_ = false;
};

}  // namespace server
