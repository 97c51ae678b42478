// A PeerWait: a task of a stage waits for its peer, to send something or to take something, and the
// stage may end that early: because the server ends the session, or because of a fault that has
// come or whose time has. The work that waits runs in the scope of this. Lives in the frame of who
// waits; the worker's thread.
#pragma once

#include "streams/cancellation.hpp"
#include "streams/debug.hpp"
#include "streams/event_loop.hpp"
#include "streams/faults/step.hpp"
#include "streams/timer.hpp"

namespace server::serving {

class PeerWait {
 public:
  /// Until it is gone again, `place` is where others find it. It ends by itself after `patience`.
  /// Throws std::bad_alloc.
  PeerWait(PeerWait*& place, streams::EventLoop& loop, faults::Duration patience)
      : nested_(scope_), timer_(loop), place_(place) {
    if (patience != faults::no_end) timer_.call_later(patience, [this] { end(); });
    place_ = this;
  }
  ~PeerWait() { place_ = nullptr; }
  PeerWait(const PeerWait&) = delete;
  PeerWait& operator=(const PeerWait&) = delete;

  void end() noexcept {
    was_ended_ = true;
    scope_.cancel();
  }
  /// Whether end() was called, by whomever: then std::errc::operation_canceled is none of the task.
  bool was_ended() const noexcept { return was_ended_; }
  streams::CancelScope& scope() noexcept { return scope_; }

 private:
  streams::CancelScope scope_;
  const streams::Debug::Nested nested_;
  streams::Timer timer_;
  PeerWait*& place_;
  bool was_ended_ = false;
};

}  // namespace server::serving
