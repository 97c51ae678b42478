// No failure of memory takes more than one connection with it: every allocation of an exchange
// fails once, in turn.
#include <array>
#include <cerrno>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>

#include "streams/as_completed.hpp"
#include "streams/connection.hpp"
#include "streams/gather.hpp"
#include "streams/queue.hpp"
#include "streams/semaphore.hpp"
#include "streams/server.hpp"
#include "streams/timeout.hpp"
#include "streams/timer.hpp"
#include "tests/catch.hpp"
#include "tests/failing_allocation.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Chunk;
using streams::Task;

namespace {

/// Takes the telnet way: answers each piece, gives from memory of its own.
class Doubler final : public streams::StreamFilter {
 public:
  Step in(std::span<char> wire) override {
    plain_.assign(wire.begin(), wire.end());
    plain_.append(wire.begin(), wire.end());
    return {plain_, std::string(100, 'a')};
  }

 private:
  std::string plain_;
};

const std::string large(300'000, 'x');

/// A line, then far more than a block in either direction, through the queues of the loop.
Task<void> converse(Wire& wire, Doubler* filter) {
  wire.reader().set_filter(filter);
  const Chunk line = co_await wire.reader().readline();
  wire.writer().write(line.data);
  const Chunk much = co_await wire.reader().readexactly(200'000);
  wire.writer().write(much.data);
  wire.writer().write(large);
  const std::error_code drained = co_await wire.writer().drain();
  wire.reader().feed_eof();
  const Chunk rest = co_await wire.reader().read(10);
  wire.writer().close();
  const std::error_code closed = co_await wire.writer().wait_closed();
  static_cast<void>(drained);
  static_cast<void>(rest);
  static_cast<void>(closed);
}

/// A peer that sends `script` and reads to the end, on a thread of its own: only what the loop and
/// the streams allocate is to fail.
void play_peer(int fd, std::string_view script) {
  std::array<char, 65536> room;
  for (;;) {
    const bool sending = !script.empty();
    pollfd ready{fd, static_cast<short>(sending ? POLLIN | POLLOUT : POLLIN), 0};
    ::poll(&ready, 1, -1);
    if (sending && (ready.revents & POLLOUT) != 0) {
      const ssize_t sent = ::send(fd, script.data(), script.size(), MSG_NOSIGNAL);
      if (sent > 0) script.remove_prefix(static_cast<std::size_t>(sent));
    }
    const ssize_t size = ::recv(fd, room.data(), room.size(), 0);
    if (size == 0 || (size < 0 && errno != EAGAIN)) break;
  }
  ::shutdown(fd, SHUT_WR);
}

Task<void> converse_with_failure(Wire& wire, Doubler* filter, long n, bool& failed) {
  const FailingAllocation failing(n);
  try {
    co_await converse(wire, filter);
  } catch (const std::bad_alloc&) {
    wire.writer().abort();
  }
  failed = FailingAllocation::has_failed();
}

/// False once the exchange has fewer allocations than `n`.
bool survives(long n, bool filtered, const std::string& script) {
  Wire wire(with_small_send_buffer(tcp_pair()));
  const std::jthread peer(play_peer, wire.peer.fd(), script);
  Doubler doubler;
  bool failed = false;
  run(wire.loop, converse_with_failure(wire, filtered ? &doubler : nullptr, n, failed));
  wire.connection.reset();
  return failed;
}

Task<int> one_turn(streams::EventLoop& loop, int value) {
  co_await turn(loop);
  co_return value;
}

Task<int> first_of(streams::AsCompleted<int>& completed) {
  auto next = co_await completed.next();
  co_return next->result.take();
}

Task<void> put_two(streams::Queue<int>& queue) {
  for (int i = 0; i < 2; ++i) co_await queue.put(i);
  queue.close();
}

Task<int> produce_and_consume(streams::TaskGroup& group, streams::Queue<int>& queue) {
  group.spawn(put_two(queue));
  int sum = 0;
  while (const auto item = co_await queue.get()) sum += *item;
  co_return sum;
}

/// Groups of every kind, and what their children wait for.
Task<void> work_together(streams::EventLoop& loop) {
  auto gathering = gather(loop, one_turn(loop, 1), one_turn(loop, 2), one_turn(loop, 3));
  co_await std::move(gathering);
  std::vector<Task<int>> racing;
  for (int i = 0; i < 3; ++i) racing.push_back(one_turn(loop, i));
  auto first = as_completed(loop, std::move(racing), first_of);
  co_await std::move(first);
  streams::Queue<int> queue(loop, 1);
  const auto body = [&queue](streams::TaskGroup& group) {
    return produce_and_consume(group, queue);
  };
  co_await streams::task_group(loop, body);
  auto timed = with_timeout(loop, std::chrono::hours{1}, one_turn(loop, 4));
  co_await std::move(timed);
}

/// False once the work has fewer allocations than `n`.
Task<bool> work_survives(streams::EventLoop& loop, long n) {
  const FailingAllocation failing(n);
  try {
    co_await work_together(loop);
  } catch (const std::exception&) {
    // std::bad_alloc, or several failures that it led to.
  }
  co_return FailingAllocation::has_failed();
}

/// A client that tries until it is answered or nobody listens, on a thread of its own.
void ask_until_answered(streams::Endpoint where) {
  for (char answer = 0; answer == 0;) {
    const streams::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.get(), where.address(), where.address_size()) != 0) return;
    if (::recv(fd.get(), &answer, 1, 0) < 0) answer = 0;
  }
}

Task<void> answer_and_close(streams::StreamReader& reader, streams::StreamWriter& writer,
                            std::unique_ptr<streams::Server>& server, int& answered) {
  writer.write("!");
  const Chunk end = co_await reader.read(1);
  static_cast<void>(end);
  ++answered;
  server->close();
}

/// False once there are fewer allocations than `n` from the first connection to the end.
Task<bool> server_survives(streams::EventLoop& loop, long n) {
  std::unique_ptr<streams::Server> server;
  int answered = 0;
  const auto handler = [&](streams::StreamReader& reader, streams::StreamWriter& writer) {
    return answer_and_close(reader, writer, server, answered);
  };
  auto starting = start_server(loop, streams::HostPort("127.0.0.1", 0), handler);
  server = co_await std::move(starting);
  const std::jthread client(ask_until_answered, server->sockname());
  auto serving = server->serve_forever();
  // One for each connection that failed: what is left of the exchange has its memory.
  const FailingAllocation failing(n);
  co_await std::move(serving);
  CHECK(answered == 1);
  co_return FailingAllocation::has_failed();
}

}  // namespace

TEST_CASE("an allocation that fails, whichever it is, costs a server one connection at most",
          "[no_memory]") {
  streams::EventLoop loop;
  loop.set_exception_handler([](const char*, const std::exception_ptr&) {});
  // The first are those of serve_forever() itself, which throws before it waits.
  long n = 2;
  for (bool failed = true; failed; ++n) failed = run(loop, server_survives(loop, n));
  INFO("allocations: " << n);
  CHECK(n > 6);
}

TEST_CASE("an allocation that fails, whichever it is, costs at most the group it was for",
          "[no_memory]") {
  streams::EventLoop loop;
  long n = 0;
  for (bool failed = true; failed; ++n) failed = run(loop, work_survives(loop, n));
  INFO("allocations: " << n);
  CHECK(n > 10);
}

TEST_CASE("a timer that has its memory waits where there is none", "[no_memory]") {
  streams::EventLoop loop;
  run(loop, [](streams::EventLoop& l) -> Task<void> {
    streams::Timer timer(l);
    timer.reserve();
    bool called = false;
    {
      // Asio's own queue of timers has no room for the first.
      const FailingAllocation failing(0);
      timer.call_later(std::chrono::seconds{0}, [&] { called = true; });
      CHECK(FailingAllocation::has_failed());
    }
    co_await until(l, [&] { return called; });
    timer.call_later(std::chrono::hours{1}, [] {});
    {
      const FailingAllocation failing(0);
      called = false;
      timer.call_later(std::chrono::seconds{0}, [&] { called = true; });
      CHECK_FALSE(FailingAllocation::has_failed());
    }
    co_await until(l, [&] { return called; });
  }(loop));
}

TEST_CASE("releasing a permit on another thread needs no memory", "[no_memory]") {
  streams::EventLoop loop;
  run(loop, [](streams::EventLoop& l) -> Task<void> {
    streams::Semaphore semaphore(l, 1);
    bool asked_for_memory = true;
    std::thread([permit = semaphore.try_acquire(), &asked_for_memory]() mutable {
      const FailingAllocation failing(0);
      permit.release();
      asked_for_memory = FailingAllocation::has_failed();
    }).join();
    CHECK_FALSE(asked_for_memory);
    const streams::Permit again = co_await semaphore.acquire();
    CHECK(again);
  }(loop));
}

TEST_CASE("an allocation that fails, whichever it is, costs at most its own connection",
          "[no_memory]") {
  const std::string script = "a line\n" + std::string(300'000, 'y');
  for (const bool filtered : {false, true}) {
    long n = 0;
    while (survives(n, filtered, script)) ++n;
    INFO("allocations: " << n);
    CHECK(n > 3);
  }
}
