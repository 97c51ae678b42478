#include "client/doctor/shell.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "streams/sleep.hpp"
#include "streams/text/escape.hpp"
#include "streams/unique_fd.hpp"

namespace client::doctor {
namespace {

constexpr std::chrono::milliseconds look_again{5};

/// A process that is waited for, or killed.
class Child {
 public:
  Child() = default;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Its errors and its output go to `output`. An errno value, 0 where it runs.
  int start(const std::string& command, int output) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t as_usual;
    ::sigemptyset(&as_usual);
    ::posix_spawnattr_setsigmask(&attributes, &as_usual);
    ::sigaddset(&as_usual, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &as_usual);
    ::posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    std::string words = command;
    std::string shell = "sh";
    std::string option = "-c";
    const std::array<char*, 4> arguments{shell.data(), option.data(), words.data(), nullptr};
    const int error =
        ::posix_spawn(&pid_, "/bin/sh", &actions, &attributes, arguments.data(), environ);
    if (error != 0) pid_ = 0;
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  /// Whether it has ended, and then its status.
  bool has_ended(int& status) {
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
    pid_ = 0;
    return true;
  }

 private:
  pid_t pid_ = 0;
};

/// Of what a command has printed, shown.
std::string last_line(int output) {
  std::array<char, 512> room;
  const off_t size = ::lseek(output, 0, SEEK_END);
  const off_t most = room.size();
  const off_t from = size > most ? size - most : 0;
  const ssize_t got = ::pread(output, room.data(), room.size(), from);
  if (got <= 0) return {};
  std::string_view text(room.data(), static_cast<std::size_t>(got));
  while (text.ends_with('\n')) text.remove_suffix(1);
  text.remove_prefix(text.rfind('\n') + 1);
  return text.empty() ? std::string() : ": " + text::escaped(text);
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return "was killed by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

streams::Task<std::string> run_in_shell(streams::EventLoop& loop, std::string command,
                                        std::chrono::seconds patience) {
  const streams::UniqueFd output(::memfd_create("output", MFD_CLOEXEC));
  Child child;
  const int error = child.start(command, output.get());
  if (error != 0) co_return "cannot be run: " + std::system_category().message(error);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  int status = 0;
  while (!child.has_ended(status)) {
    const std::error_code ec = co_await streams::sleep_for(loop, look_again);
    if (ec) co_return ec.message();
    if (std::chrono::steady_clock::now() < deadline) continue;
    co_return "was not over within " + std::to_string(patience.count()) + " s, and was killed";
  }
  if (status == 0) co_return "";
  co_return how_it_ended(status) + last_line(output.get());
}

}  // namespace client::doctor
