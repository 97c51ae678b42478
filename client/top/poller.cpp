#include "client/top/poller.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "streams/gather.hpp"
#include "streams/text/shortage.hpp"
#include "streams/text/units.hpp"
#include "streams/timeout.hpp"

namespace client::top {
namespace {

streams::PoolOptions pool_options(std::size_t targets) {
  streams::PoolOptions options;
  options.limit = targets;
  options.kept = targets;
  options.kept_per_address = 1;
  return options;
}

}  // namespace

/// A target, and what has been found out about it.
class Poller::Asked {
 public:
  Asked(Poller& poller, const Target& target, std::chrono::nanoseconds timeout)
      : poller_(poller),
        target_(target),
        timeout_(timeout),
        speech_(target.is_url ? Speech::http : Speech::lines),
        tracker_(target.name) {}

  const TargetState& state() const noexcept { return tracker_.state(); }

  streams::Task<void> ask() {
    auto asking = streams::with_timeout(poller_.loop_, timeout_, find_answer());
    auto timed = co_await std::move(asking);
    if (timed.ec) {
      tracker_.failed("no answer within " + text::format_duration(timeout_) + " (--timeout)");
    } else if (!timed.value.failure.empty()) {
      tracker_.failed(std::move(timed.value.failure));
    } else {
      take(timed.value);
    }
  }

 private:
  /// Again where a kept connection turns out to be gone, or the target to speak the other way.
  streams::Task<Answer> find_answer() {
    constexpr int most_attempts = 3;
    for (int attempt = 1;; ++attempt) {
      auto acquiring = poller_.pool_.acquire(target_.address);
      streams::Acquired acquired = co_await std::move(acquiring);
      if (acquired.ec) co_return unconnected(acquired.ec);
      Answer answer = co_await ask_on(acquired.lease);
      if (answer.may_ask_again) acquired.lease.release();
      const bool is_stale = answer.is_lost && acquired.lease.is_reused();
      if (answer.is_other_speech && !target_.is_url) {
        speech_ = speech_ == Speech::http ? Speech::lines : Speech::http;
      } else if (!is_stale) {
        co_return answer;
      }
      if (attempt == most_attempts) co_return answer;
    }
  }

  streams::Task<Answer> ask_on(const streams::Lease& lease) {
    streams::Connection& connection = lease.connection();
    if (speech_ == Speech::http) {
      auto asking = ask_over_http(connection, target_.host, target_.path);
      co_return co_await std::move(asking);
    }
    // Whoever answers on the same connection is still the same.
    auto asking = ask_for_lines(connection, !lease.is_reused());
    co_return co_await std::move(asking);
  }

  static Answer unconnected(const std::error_code& ec) {
    Answer answer;
    answer.failure = "cannot connect: " + ec.message();
    if (ec == std::errc::too_many_files_open) {
      (answer.failure += "; ") += text::remedy(EMFILE);
    }
    return answer;
  }

  void take(Answer& answer) {
    Snapshot snapshot = snapshot_of(answer.samples);
    if (!snapshot.is_known) return tracker_.failed("it tells figures, but none of echolined's");
    if (!answer.version.empty()) version_ = std::move(answer.version);
    if (snapshot.version.empty() && speech_ == Speech::lines) snapshot.version = version_;
    tracker_.answered(std::move(snapshot), std::chrono::steady_clock::now());
  }

  Poller& poller_;
  const Target target_;
  const std::chrono::nanoseconds timeout_;
  Speech speech_;
  std::string version_;
  Tracker tracker_;
};

Poller::Poller(streams::EventLoop& loop, const std::vector<Target>& targets,
               std::chrono::nanoseconds timeout)
    : loop_(loop), pool_(loop, pool_options(targets.size())) {
  for (const Target& target : targets) asked_.emplace_back(*this, target, timeout);
}

Poller::~Poller() = default;

streams::Task<void> Poller::poll() {
  std::vector<streams::Task<void>> all;
  all.reserve(asked_.size());
  for (Asked& asked : asked_) all.push_back(asked.ask());
  auto gathering = streams::gather(loop_, std::move(all));
  co_await std::move(gathering);
}

std::vector<TargetState> Poller::states() const {
  std::vector<TargetState> states;
  states.reserve(asked_.size());
  for (const Asked& asked : asked_) states.push_back(asked.state());
  return states;
}

bool Poller::any_is_up() const noexcept {
  return std::ranges::any_of(asked_, [](const Asked& asked) {
    return asked.state().kind == TargetState::Kind::up ||
           asked.state().kind == TargetState::Kind::restarted;
  });
}

}  // namespace client::top
