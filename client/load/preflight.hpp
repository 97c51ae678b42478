// What would fail later in a load run, looked at before it begins. The main thread, on its loop.
#pragma once

#include <string>
#include <vector>

#include "client/load/plan.hpp"
#include "client/load/resolved_target.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::load {

struct Preflight {
  std::string error;  ///< empty when the run may begin; else what is wrong and what to do
  std::vector<ResolvedTarget> targets;  ///< in the order of the plan's
};

/// Raises the limit on open files if need be; looks at the local ports and the source addresses;
/// looks each target up and connects to it once.
streams::Task<Preflight> preflight(streams::EventLoop& loop, const Plan& plan);

/// Raises the soft limit to what a run of so many connections and threads needs, if the hard one
/// allows. What is wrong and what to do, or nothing.
std::string check_open_files(std::size_t connections, std::size_t threads);
/// `ports` as in net.ipv4.ip_local_port_range, for each of `sources` addresses, 0 counting as 1.
std::string check_ports(std::size_t connections, std::size_t sources, std::size_t ports);

}  // namespace client::load
