// Cancellation by scope. A scope belongs to whoever starts work (a TaskGroup's child, with_timeout,
// shield); every Task awaited below inherits it. Cancelling it wakes the one thing the chain waits
// for with std::errc::operation_canceled, and lets nothing in the chain wait again. Cancellation is
// a value and so cannot be missed by a catch-all, unlike asyncio's CancelledError; like there, the
// work still ends by itself and must be waited for.
//
// Used on the loop's thread only. A scope outlives the chain that runs in it.
#pragma once

namespace streams {

/// What a suspended operation leaves in its scope. A chain waits for one thing at a time, so a
/// scope holds at most one.
class Cancellable {
 public:
  /// Ends the wait with operation_canceled, soon and not from within this call.
  virtual void cancel_wait() noexcept = 0;

 protected:
  ~Cancellable() = default;
};

/// What cancelling is done to: the work that runs in it.
class CancelScope {
 public:
  CancelScope() = default;
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;

  /// Wakes what waits and refuses every later wait. Idempotent. Throws nothing.
  void cancel() noexcept;
  /// Whether cancel() was called.
  bool cancelled() const noexcept { return cancelled_; }

  /// For awaiters: `waiting` is suspended from now on. False, and nothing kept, when cancelled.
  bool enter(Cancellable& waiting) noexcept {
    if (cancelled_) return false;
    waiting_ = &waiting;
    return true;
  }
  /// For awaiters: the wait is over.
  void leave() noexcept { waiting_ = nullptr; }
  /// leave(), by one that resumes the chain next.
  void leave_and_run() noexcept {
    leave();
    running_ = this;
  }

  /// The scope whose chain runs on this thread, or ran last: asyncio's current_task(). It may be
  /// gone: for comparing, not for looking into.
  static const CancelScope* running() noexcept { return running_; }
  /// For those who resume a chain.
  static void set_running(const CancelScope* scope) noexcept { running_ = scope; }

 private:
  // A thread-local, because it is set at each resumption, where a loop is not always at hand.
  static inline thread_local constinit const CancelScope* running_ = nullptr;

  Cancellable* waiting_ = nullptr;
  bool cancelled_ = false;
};

}  // namespace streams
