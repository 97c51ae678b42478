// What the kernel may do to single calls: bytes come out once, in order, all the same.
#include "tests/streams/io_faults.hpp"

#include <cerrno>
#include <cstdarg>
#include <dlfcn.h>
#include <string>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

namespace tests {
namespace {

IoFaults* plan = nullptr;

/// The next error of `errors`, or 0.
int next(std::deque<int>& errors) {
  if (errors.empty()) return 0;
  const int error = errors.front();
  errors.pop_front();
  return error;
}

/// What the plan makes of a send; `size` may shrink.
int fault_of_send(int fd, std::size_t& size, int flags) {
  if (plan == nullptr || fd != plan->fd) return 0;
  ++plan->sends;
  plan->all_without_sigpipe = plan->all_without_sigpipe && (flags & MSG_NOSIGNAL) != 0;
  size = std::min(size, plan->max_send);
  const bool repeated = plan->send_error_every != 0 && plan->sends % plan->send_error_every == 0;
  return repeated ? plan->repeated_error : next(plan->send_errors);
}

int fault_of_receive(int fd) {
  if (plan == nullptr || fd != plan->fd) return 0;
  ++plan->receives;
  return next(plan->receive_errors);
}

using Syscall = long (*)(long, ...);
Syscall real_syscall() {
  static const auto real = reinterpret_cast<Syscall>(::dlsym(RTLD_NEXT, "syscall"));
  return real;
}

template <class Result>
Result fail(int error) {
  errno = error;
  return -1;
}

}  // namespace

PlanFaults::PlanFaults(IoFaults& faults) noexcept { plan = &faults; }
PlanFaults::~PlanFaults() { plan = nullptr; }

}  // namespace tests

// By assembler name, because <sys/socket.h> may define inline functions of these names.
extern "C" {
ssize_t faulty_send(int fd, const void* data, std::size_t size, int flags) __asm__("send");
ssize_t faulty_recv(int fd, void* data, std::size_t size, int flags) __asm__("recv");
long faulty_syscall(long number, ...) __asm__("syscall");

ssize_t faulty_send(int fd, const void* data, std::size_t size, int flags) {
  if (const int error = tests::fault_of_send(fd, size, flags)) return tests::fail<ssize_t>(error);
  return tests::real_syscall()(SYS_sendto, fd, data, size, flags, nullptr, 0);
}

ssize_t faulty_recv(int fd, void* data, std::size_t size, int flags) {
  if (const int error = tests::fault_of_receive(fd)) return tests::fail<ssize_t>(error);
  return tests::real_syscall()(SYS_recvfrom, fd, data, size, flags, nullptr, nullptr);
}

long faulty_syscall(long number, ...) {
  std::va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(list, long);
  va_end(list);
  if (number == SYS_sendto) {
    auto size = static_cast<std::size_t>(arguments[2]);
    const int error =
        tests::fault_of_send(static_cast<int>(arguments[0]), size, static_cast<int>(arguments[3]));
    if (error != 0) return tests::fail<long>(error);
    arguments[2] = static_cast<long>(size);
  } else if (number == SYS_recvfrom) {
    const int error = tests::fault_of_receive(static_cast<int>(arguments[0]));
    if (error != 0) return tests::fail<long>(error);
  }
  return tests::real_syscall()(number, arguments[0], arguments[1], arguments[2], arguments[3],
                               arguments[4], arguments[5]);
}
}

using namespace tests;
using streams::Chunk;
using streams::Task;
using streams::TaskGroup;

namespace {

std::string numbers(std::size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + ' ';
  return text;
}

/// Writes `text` in one large and many small writes, and drains after each.
Task<void> write_all(Wire& wire, std::string_view text, std::error_code& ec) {
  const std::size_t large = text.size() / 2;
  wire.writer().write(text.substr(0, large));
  for (std::size_t i = large; i < text.size() && !ec; i += 100) {
    wire.writer().write(text.substr(i, 100));
    ec = co_await wire.writer().drain();
  }
  wire.writer().write_eof();
}

/// What the peer gets of `text` under `faults`. Ends also when the writer gives up.
Task<void> transfer(Wire& wire, IoFaults& faults, const std::string& text) {
  faults.fd = wire.our_fd;
  const PlanFaults in_force(faults);
  std::error_code ec;
  TaskGroup group(wire.loop);
  group.spawn(write_all(wire, text, ec));
  std::string got;
  while (!wire.peer.has_ended() && wire.peer.error() == 0 && !wire.writer().error()) {
    got += wire.peer.receive();
    co_await turn(wire.loop);
  }
  CHECK_FALSE(ec);
  CHECK_FALSE(wire.writer().error());
  CHECK((got == text));
  CHECK(faults.sends > 0);
  CHECK(faults.all_without_sigpipe);
  co_await group.join();
}

void check_transfer(IoFaults faults, std::size_t size) {
  const std::string text = numbers(size);
  for (const bool tcp : {false, true}) {
    INFO((tcp ? "tcp" : "unix"));
    IoFaults fresh = faults;
    on_wire(with_small_send_buffer(tcp ? tcp_pair() : unix_pair()), {}, transfer, fresh, text);
  }
}

}  // namespace

TEST_CASE("bytes come out once and in order when every send takes a single byte", "[io_faults]") {
  IoFaults faults;
  faults.max_send = 1;
  check_transfer(faults, 20000);
}

TEST_CASE("bytes come out once and in order when every other send is interrupted", "[io_faults]") {
  IoFaults faults;
  faults.max_send = 7;
  faults.send_error_every = 2;
  faults.repeated_error = EINTR;
  check_transfer(faults, 20000);
}

TEST_CASE("bytes come out once and in order through a socket that is full again and again",
          "[io_faults]") {
  const IoFaults none;
  check_transfer(none, 1000000);
}

TEST_CASE("bytes come out once and in order when the kernel is out of buffers now and then",
          "[io_faults]") {
  IoFaults faults;
  faults.max_send = 1000;
  faults.send_errors = {0, ENOBUFS, 0, EINTR, ENOBUFS, ENOBUFS, ENOBUFS};
  check_transfer(faults, 20000);
}

TEST_CASE("a first send that finds no buffers is tried again, though no event tells when",
          "[io_faults]") {
  over_unix([](Wire& wire) -> Task<void> {
    IoFaults faults;
    faults.fd = wire.our_fd;
    faults.send_errors = {ENOBUFS, ENOBUFS};
    const PlanFaults in_force(faults);
    co_await several_turns(wire.loop);
    wire.writer().write("small");
    std::string got;
    while (got.size() < 5 && !wire.writer().error()) {
      got += wire.peer.receive();
      co_await turn(wire.loop);
    }
    CHECK_FALSE(wire.writer().error());
    CHECK(got == "small");
    CHECK(faults.sends == 3);
  });
}

TEST_CASE("a send that fails for good ends the writing with that error", "[io_faults]") {
  over_unix([](Wire& wire) -> Task<void> {
    IoFaults faults;
    faults.fd = wire.our_fd;
    faults.send_errors = {ECONNRESET};
    const PlanFaults in_force(faults);
    wire.writer().write("small");
    co_await turn(wire.loop);
    const std::error_code drained = co_await wire.writer().drain();
    CHECK(drained == std::errc::connection_reset);
    wire.writer().write("dropped");
    co_await turn(wire.loop);
    CHECK(faults.sends == 1);  // it never spins
  });
}

TEST_CASE("a receive that is interrupted is tried again", "[io_faults]") {
  over_unix([](Wire& wire) -> Task<void> {
    IoFaults faults;
    faults.fd = wire.our_fd;
    faults.receive_errors = {EINTR, EINTR, EINTR};
    const PlanFaults in_force(faults);
    wire.peer.send("abc");
    const Chunk chunk = co_await wire.reader().readexactly(3);
    CHECK(chunk.data == "abc");
    CHECK(faults.receives == 4);
  });
}

TEST_CASE("a receive that fails for good is what every later read returns", "[io_faults]") {
  over_unix([](Wire& wire) -> Task<void> {
    IoFaults faults;
    faults.fd = wire.our_fd;
    faults.receive_errors = {ETIMEDOUT};
    const PlanFaults in_force(faults);
    wire.peer.send("abc");
    for (int i = 0; i < 3; ++i) {
      const Chunk chunk = co_await wire.reader().read(10);
      CHECK(chunk.ec == std::errc::timed_out);
    }
    CHECK(faults.receives == 1);
  });
}
