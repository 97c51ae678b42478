#include "server/process/signals.hpp"

#include <csignal>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using server::process::Signals;

namespace {

bool is_blocked(int number) {
  sigset_t blocked;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  return ::sigismember(&blocked, number) == 1;
}

/// What the process does with a signal, until this is gone.
class Disposition {
 public:
  Disposition(int number, void (*what)(int))
      : number_(number), before_(std::signal(number, what)) {}
  ~Disposition() { std::signal(number_, before_); }
  Disposition(const Disposition&) = delete;
  Disposition& operator=(const Disposition&) = delete;

 private:
  int number_;
  void (*before_)(int);
};

streams::Task<void> get_none(Signals::Watch& watch) {
  const int none = co_await watch.next();
  CHECK(none == 0);
}

void send(int number) { ::kill(::getpid(), number); }

}  // namespace

TEST_CASE("signals are blocked from the start and taken in turn, each once", "[signals]") {
  Signals signals{SIGTERM, SIGUSR1};
  CHECK(is_blocked(SIGTERM));
  send(SIGUSR1);
  signals.open();
  CHECK(signals.take() == SIGUSR1);
  CHECK(signals.take() == 0);
  signals.release();
  CHECK(!is_blocked(SIGTERM));
}

TEST_CASE("a signal that was ignored stays ignored, but for SIGTERM", "[signals]") {
  const Disposition hup(SIGHUP, SIG_IGN);
  const Disposition term(SIGTERM, SIG_IGN);
  Signals signals{SIGTERM, SIGHUP};
  signals.open();
  send(SIGHUP);
  send(SIGTERM);
  CHECK(signals.take() == SIGTERM);
  CHECK(signals.take() == 0);
  signals.release();
}

TEST_CASE("a signal that was put back is the next one", "[signals]") {
  Signals signals{SIGUSR1, SIGHUP};
  signals.open();
  send(SIGUSR1);
  signals.put_back(SIGHUP);
  CHECK(signals.take() == SIGHUP);
  CHECK(signals.take() == SIGUSR1);
  CHECK(signals.take() == 0);
  signals.release();
}

TEST_CASE("one who waits is told of each signal, whatever loop it waits on", "[signals]") {
  Signals signals{SIGUSR1, SIGHUP};
  signals.open();
  for (int i = 0; i < 2; ++i) {
    streams::EventLoop loop;
    tests::run(loop, [](streams::EventLoop& l, Signals& s) -> streams::Task<void> {
      Signals::Watch watch(s, l);
      send(SIGUSR1);
      const int first = co_await watch.next();
      CHECK(first == SIGUSR1);
      send(SIGUSR1);
      send(SIGHUP);
      const int one = co_await watch.next();
      const int other = co_await watch.next();
      CHECK(one + other == SIGUSR1 + SIGHUP);
    }(loop, signals));
  }
  signals.release();
}

TEST_CASE("one who is cancelled gets no signal, and the next one gets it", "[signals]") {
  Signals signals{SIGUSR1};
  signals.open();
  streams::EventLoop loop;
  tests::run(loop, [](streams::EventLoop& l, Signals& s) -> streams::Task<void> {
    Signals::Watch watch(s, l);
    streams::CancelScope scope;
    scope.cancel();
    co_await tests::in_scope(scope, get_none(watch));
    send(SIGUSR1);
    const int next = co_await watch.next();
    CHECK(next == SIGUSR1);
  }(loop, signals));
  signals.release();
}
