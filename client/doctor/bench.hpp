// Bench: what a try of a case works with: connections to what is examined, their far ends where
// doctor is the origin, and the account of it all. Made anew for each try; the loop's thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "client/doctor/account.hpp"
#include "client/doctor/case.hpp"
#include "client/doctor/origin.hpp"
#include "client/doctor/socket.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::doctor {

/// The two ends of a connection: doctor's to the proxy, and the one of the origin that the proxy
/// made for it.
struct Pair {
  Pair() = default;
  std::unique_ptr<Socket> near;
  std::unique_ptr<Socket> far;
};

class Bench {
 public:
  /// `target` is the service's or the proxy's, or with `direct` the origin's own; `origin` is none
  /// where a service is examined. `account` outlives it.
  Bench(streams::EventLoop& loop, const streams::Endpoint& target, Origin* origin, Account& account)
      : loop_(loop), target_(target), origin_(origin), account_(account) {}
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// A connection to what is examined. Throws Unable.
  streams::Task<std::unique_ptr<Socket>> connect();
  /// The origin's end of one; none when nobody has come for `patience`.
  streams::Task<std::unique_ptr<Socket>> accept(std::chrono::nanoseconds patience = deadlock);
  /// Both ends of one connection, where cases run one after another. Throws Unable.
  streams::Task<Pair> pair();
  /// A further one, beside those that there are. Throws Broken where it does not come.
  streams::Task<Pair> another_pair();
  /// Both ends of one that goes past the proxy. Throws Unable.
  streams::Task<Pair> direct_pair();
  /// Waits for the connections at the origin that earlier tries have not waited for, and drops
  /// them; whether one that says who it is has come.
  streams::Task<bool> settle();
  /// What an earlier try has left at the origin is dropped.
  void clear() { origin().drop_waiting(); }

  /// Of a case that is for Way::through.
  Origin& origin() { return *origin_; }
  bool is_direct() const { return origin_ != nullptr && origin_->endpoint() == target_; }
  bool quick = false;
  Way way = Way::through;
  /// `whole`, or with --quick the other.
  template <class T>
  T amount(T whole, T in_quick) const {
    return quick ? in_quick : whole;
  }
  streams::EventLoop& loop() noexcept { return loop_; }
  Account& account() noexcept { return account_; }

 private:
  streams::Task<std::unique_ptr<Socket>> connect_to(streams::Endpoint target);
  streams::Task<Pair> pair_by(streams::Endpoint target);

  streams::EventLoop& loop_;
  streams::Endpoint target_;
  Origin* origin_;
  Account& account_;
  unsigned nears_ = 0;
  unsigned fars_ = 0;
};

}  // namespace client::doctor
