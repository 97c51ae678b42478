// The wire to the service manager, sd_notify(3): one datagram for each call. Through libsystemd
// where the build found it (service_notify_libsystemd.cpp), else by our own hand
// (service_notify_datagram.cpp); the build takes one of the two. Any thread.
#pragma once

#include <string>

namespace server::process {

/// Sends `state`, lines of VARIABLE=value, to the socket that the environment variable
/// NOTIFY_SOCKET names: a path, or `@` and a name in the abstract namespace of unix(7). Does
/// nothing without it. Waits while the manager's queue is full, as libsystemd does. Whether it
/// arrived is not told: nothing could be done about it.
void service_notify(const std::string& state) noexcept;

}  // namespace server::process
