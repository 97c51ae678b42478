#include "tests/streams/io_faults.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <future>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"

namespace tests {
namespace {

/// From now on the calling thread's receives and sends on `fd` go to the listener returned; empty,
/// with errno set, where that cannot be had.
streams::UniqueFd listen_for_calls_on(int fd) {
  constexpr auto number = static_cast<std::uint32_t>(offsetof(seccomp_data, nr));
  constexpr auto first_argument = static_cast<std::uint32_t>(offsetof(seccomp_data, args));
  std::array<sock_filter, 7> filter{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_recvfrom, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, first_argument),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(fd), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return streams::UniqueFd();
  return streams::UniqueFd(static_cast<int>(
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program)));
}

/// The next error of `errors`, or 0.
int next(std::deque<int>& errors) {
  if (errors.empty()) return 0;
  const int error = errors.front();
  errors.pop_front();
  return error;
}

/// Answers the calls that a filter hands over.
class Answerer {
 public:
  Answerer(IoFaults faults, IoSeen& seen) : faults_(std::move(faults)), seen_(seen) {}

  void run(int listener, int stop) {
    for (;;) {
      std::array<pollfd, 2> waiting{{{listener, POLLIN, 0}, {stop, POLLIN, 0}}};
      ::poll(waiting.data(), waiting.size(), -1);
      if (waiting[1].revents != 0) return;
      if ((waiting[0].revents & POLLIN) != 0) answer_one(listener);
    }
  }

 private:
  void answer_one(int listener) {
    seccomp_notif call{};
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return;
    seccomp_notif_resp reply{};
    reply.id = call.id;
    if (call.data.nr == SYS_sendto) {
      answer_send(call.data, reply);
    } else {
      ++seen_.receives;
      reply.error = -next(faults_.receive_errors);
    }
    const bool goes_through = reply.error == 0 && reply.val == 0;
    if (goes_through) reply.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
  }

  void answer_send(const seccomp_data& call, seccomp_notif_resp& reply) {
    const auto flags = static_cast<int>(call.args[3]);
    const int count = ++seen_.sends;
    if ((flags & MSG_NOSIGNAL) == 0) seen_.all_without_sigpipe = false;
    const bool repeated = faults_.send_error_every != 0 && count % faults_.send_error_every == 0;
    reply.error = -(repeated ? faults_.repeated_error : next(faults_.send_errors));
    if (reply.error != 0 || call.args[2] <= faults_.max_send) return;
    const ssize_t sent =
        ::send(static_cast<int>(call.args[0]), reinterpret_cast<const void*>(call.args[1]),
               faults_.max_send, flags);
    if (sent >= 0) {
      reply.val = sent;
    } else {
      reply.error = -errno;
    }
  }

  IoFaults faults_;
  IoSeen& seen_;
};

}  // namespace

void with_faults(SocketPair pair, IoFaults faults,
                 const std::function<streams::Task<void>(Wire&, const IoSeen&)>& body) {
  IoSeen seen;
  const streams::UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
  std::promise<int> listener;
  // First, so that the filter is not upon it.
  std::jthread answerer([&, future = listener.get_future()]() mutable {
    const int fd = future.get();
    if (fd >= 0) Answerer(std::move(faults), seen).run(fd, stop.get());
  });
  std::jthread([&] {
    Wire wire(std::move(pair));
    const streams::UniqueFd calls = listen_for_calls_on(wire.our_fd);
    const int error = errno;
    listener.set_value(calls.get());
    if (calls) {
      run(wire.loop, body(wire, seen));
      wire.connection.reset();
    } else {
      WARN("faults not tested: seccomp(2) with a listener: "
           << std::generic_category().message(error));
    }
  }).join();
  ::eventfd_write(stop.get(), 1);
}

}  // namespace tests
