// The self-test of the load generator: why its figures can be believed, shown on this machine. It
// measures a service whose times are known and compares, takes its own processor away and sees
// whether that is noticed, and looks up to which rate it sends on time. Ten seconds, or up to
// three quarters of a minute where the machine is busy and parts are tried again.
#pragma once

#include <functional>
#include <string_view>

#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::self_test {

/// Gets the report piece by piece, in whole lines of 80 columns.
using Print = std::function<void(std::string_view lines)>;

/// Runs it on `loop`, and prints. client::exit_code: `success` where all is as it should be;
/// `failure` where the figures are wrong; `invalid` where the machine was too busy to tell;
/// `interrupted` within two seconds of SIGINT or SIGTERM. Throws std::exception for what cannot be
/// set up.
streams::Task<int> self_test(streams::EventLoop& loop, Print print);

}  // namespace client::self_test
