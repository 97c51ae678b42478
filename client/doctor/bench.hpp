// Bench: what a try of a case works with: connections to what is examined, their far ends where
// doctor is the origin, and the account of it all. Made anew for each try; the loop's thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "client/doctor/account.hpp"
#include "client/doctor/case.hpp"
#include "client/doctor/options.hpp"
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
  /// `target` is the service's or the proxy's, or with `direct` that of who is behind the proxy;
  /// `origin` is none where doctor is none. `options` and `account` outlive it.
  Bench(streams::EventLoop& loop, const Options& options, const streams::Endpoint& target,
        bool direct, Origin* origin, Account& account)
      : loop_(loop),
        options_(options),
        target_(target),
        is_direct_(direct),
        origin_(origin),
        account_(account) {}
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// A connection to what is examined, with the header that is to be its first octets. Throws
  /// Unable.
  streams::Task<std::unique_ptr<Socket>> connect();
  /// The same without a header.
  streams::Task<std::unique_ptr<Socket>> connect_bare();
  /// connect(), from an address of this machine's; none for any.
  streams::Task<std::unique_ptr<Socket>> connect_from(std::optional<streams::Endpoint> source);
  /// The origin's end of one; none when nobody has come for `patience`. Where a header is expected,
  /// it was received, unless the peer has ended before. Throws Unable where none comes, or a wrong
  /// one.
  streams::Task<std::unique_ptr<Socket>> accept(std::chrono::nanoseconds patience = deadlock);
  /// The same with the header unread.
  streams::Task<std::unique_ptr<Socket>> accept_bare(std::chrono::nanoseconds patience = deadlock);
  /// Both ends of one connection, where cases run one after another. Throws Unable.
  streams::Task<Pair> pair();
  /// A further one, beside those that there are. Throws Broken where it does not come.
  streams::Task<Pair> another_pair();
  /// Both ends of one that goes past the proxy. Throws Unable.
  streams::Task<Pair> direct_pair();
  /// What one that said who it is found at the origin.
  struct Settled {
    std::optional<std::string> ahead;  ///< what came ahead of its words; none: they did not come
    std::string instead;               ///< the first octets of one that came without them
  };
  /// Waits for the connections at the origin that earlier tries have not waited for, and drops
  /// them.
  streams::Task<Settled> settle();
  /// What an earlier try has left at the origin is dropped.
  void clear() { origin().drop_waiting(); }

  /// Of a case that is for Way::through.
  Origin& origin() { return *origin_; }
  /// Whether what it connects to is of this machine, at an IPv4 address, of which there are many.
  bool is_on_loopback() const noexcept {
    return target_.is_loopback() && target_.family() == AF_INET;
  }
  /// Whether this try goes past the proxy.
  bool is_direct() const noexcept { return is_direct_; }
  const Options& options() const noexcept { return options_; }
  Way way() const noexcept { return options_.way; }
  /// `whole`, or with --quick the other.
  template <class T>
  T amount(T whole, T in_quick) const {
    return options_.quick ? in_quick : whole;
  }
  /// The same of a silence, in which past the proxy nothing can happen but what happens at once.
  std::chrono::nanoseconds silence(std::chrono::nanoseconds whole,
                                   std::chrono::nanoseconds in_quick) const {
    return is_direct_ ? std::chrono::milliseconds{100} : amount(whole, in_quick);
  }
  streams::EventLoop& loop() noexcept { return loop_; }
  Account& account() noexcept { return account_; }

 private:
  streams::Task<std::unique_ptr<Socket>> connect_to(
      streams::Endpoint target, std::optional<streams::Endpoint> source = std::nullopt);
  void introduce(Socket& near, bool is_direct);
  streams::Task<Pair> pair_by(streams::Endpoint target, bool direct);

  streams::EventLoop& loop_;
  const Options& options_;
  streams::Endpoint target_;
  bool is_direct_;
  Origin* origin_;
  Account& account_;
  unsigned nears_ = 0;
  unsigned fars_ = 0;
};

}  // namespace client::doctor
