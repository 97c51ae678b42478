#include "client/load/service_process.hpp"

#include <csignal>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;
using client::load::cpu_time_of;
using client::load::find_service;
using client::load::is_local;
using client::load::own_cpu_time;
using client::load::shell_quoted;
using client::load::TargetAddress;
using streams::Endpoint;
using streams::HostPort;
using streams::UniqueFd;
using streams::UnixPath;

namespace {

TargetAddress ip(const char* host, std::uint16_t port) {
  return Endpoint::of_literal(HostPort{host, port}).value();
}

UniqueFd listening(const TargetAddress& where) {
  if (const auto* const path = std::get_if<UnixPath>(&where)) {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path->path.c_str(), sizeof address.sun_path - 1);
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd.get(), 1) == 0);
    return fd;
  }
  const auto& endpoint = std::get<Endpoint>(where);
  UniqueFd fd(::socket(endpoint.family(), SOCK_STREAM, 0));
  REQUIRE(::bind(fd.get(), endpoint.address(), endpoint.address_size()) == 0);
  REQUIRE(::listen(fd.get(), 1) == 0);
  return fd;
}

/// A process that has a copy of our descriptors and waits until it is killed.
class Child {
 public:
  /// It has had `on_cpu` of the processors when this returns.
  explicit Child(std::chrono::nanoseconds on_cpu = 0ns) : pid_(::fork()) {
    if (pid_ == 0) {
      while (own_cpu_time() < on_cpu) {
      }
      ::raise(SIGSTOP);
      for (;;) ::pause();
    }
    ::waitpid(pid_, nullptr, WUNTRACED);
  }
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  int pid() const { return pid_; }

 private:
  int pid_;
};

void check_found(const TargetAddress& where) {
  UniqueFd fd = listening(where);
  TargetAddress target = where;
  if (std::holds_alternative<Endpoint>(where)) target = Endpoint::of_socket(fd.get());
  CHECK_FALSE(find_service(target));
  const Child child;
  const auto found = find_service(target);
  REQUIRE(found);
  CHECK(found->pid == child.pid());
  CHECK_FALSE(found->processors.empty());
}

}  // namespace

TEST_CASE("the process that listens where a run goes is found, unless it is this one") {
  check_found(ip("127.0.0.1", 0));
  check_found(ip("::1", 0));
  const std::string path = "/tmp/service_process_test." + std::to_string(::getpid());
  check_found(UnixPath{path});
  ::unlink(path.c_str());
}

TEST_CASE("of several processes that have the socket it is the one that works") {
  const UniqueFd fd = listening(ip("127.0.0.1", 0));
  const Child idle;
  const Child working(200ms);
  const Child another;
  const auto found = find_service(Endpoint::of_socket(fd.get()));
  REQUIRE(found);
  CHECK(found->pid == working.pid());
  CHECK(found->on_cpu >= 100ms);
}

TEST_CASE("who listens on the same port of another address is another service") {
  const auto is_found = [](const char* where, const char* target) {
    const UniqueFd fd = listening(ip(where, 0));
    const Child child;
    return find_service(ip(target, Endpoint::of_socket(fd.get()).port())).has_value();
  };
  CHECK(is_found("127.0.0.1", "127.0.0.1"));
  CHECK(is_found("0.0.0.0", "127.0.0.1"));
  CHECK(is_found("::", "127.0.0.1"));
  CHECK(is_found("::", "::1"));
  CHECK_FALSE(is_found("127.0.0.1", "127.0.0.2"));
  CHECK_FALSE(is_found("127.0.0.1", "::1"));
  CHECK_FALSE(is_found("0.0.0.0", "::1"));
  CHECK_FALSE(is_found("::1", "127.0.0.1"));
}

TEST_CASE("an address of this machine is local, another is not") {
  CHECK(is_local(ip("127.0.0.1", 7)));
  CHECK(is_local(ip("127.9.9.9", 65535)));
  CHECK(is_local(ip("::1", 7)));
  CHECK(is_local(UnixPath{"/run/x"}));
  CHECK_FALSE(is_local(ip("192.0.2.1", 7)));
  CHECK_FALSE(is_local(ip("2001:db8::1", 7)));
}

TEST_CASE("the processor time of a process is known as long as it is there") {
  const auto before = cpu_time_of(::getpid());
  while (own_cpu_time() < before + 50ms) {
  }
  CHECK(cpu_time_of(::getpid()) >= before + 20ms);
  CHECK(cpu_time_of(0) == 0ns);
}

TEST_CASE("a command is quoted as a shell takes it") {
  CHECK(shell_quoted("p99<5ms") == "'p99<5ms'");
  CHECK(shell_quoted("127.0.0.1:7007") == "127.0.0.1:7007");
  CHECK(shell_quoted("[::1]:7") == "'[::1]:7'");
  CHECK(shell_quoted("it's") == "'it'\\''s'");
  CHECK(shell_quoted("").size() == 2);
}
