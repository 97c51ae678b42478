// Which process of this machine serves a target, as far as the kernel lets us see: what must share
// the processors with a run, and can be given others. Asks /proc; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "client/load/resolved_target.hpp"

namespace client::load {

/// Whether it is one of this machine's own.
bool is_local(const TargetAddress& target);

struct ServiceProcess {
  int pid = 0;
  std::chrono::nanoseconds on_cpu{0};  ///< so far, of all its threads
  std::vector<int> processors;         ///< that it may run on
};

/// Who listens at `target`, of this network namespace. Of several processes that have the socket it
/// is the one that has used the processors most, and process 1, which systemd is, only when it is
/// alone. Nobody when it is ourselves, or another user's and we are not root. Takes some
/// milliseconds: it looks at every descriptor of every process.
std::optional<ServiceProcess> find_service(const TargetAddress& target);

/// What a process has had of the processors so far; 0 of one that has ended.
std::chrono::nanoseconds cpu_time_of(int pid);
/// What we have.
std::chrono::nanoseconds own_cpu_time();

/// The command line of this process as a shell takes it.
std::string own_command();
/// `word` as a shell takes it.
std::string shell_quoted(const std::string& word);

}  // namespace client::load
