// Tells the operator that a listener listens: where, a line for each address, and what to type to
// try it. On the first worker's thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "server/insight/log.hpp"
#include "server/serving/acceptor.hpp"

namespace server {

void announce(insight::Log& log, const serving::Acceptor& acceptor) noexcept;
/// Of buffers that the system makes of another size than was asked for. announce() tells that, too.
void announce_buffers(insight::Log& log, const serving::Acceptor& acceptor) noexcept;

using Acceptors = std::vector<std::unique_ptr<serving::Acceptor>>;
/// Those that listen on every interface and have no list of who may connect, or may not.
std::vector<const serving::Acceptor*> open_to_all(const Acceptors& acceptors);
/// Warns of each such one that was none `before`.
void announce_open_to_all(insight::Log& log, const Acceptors& acceptors,
                          const std::vector<const serving::Acceptor*>& before = {}) noexcept;
/// Of an address that a listener's name has and this host has not.
void announce_skipped(insight::Log& log, const config::Listener& listener,
                      std::string_view what) noexcept;
/// Of the daemon's own listeners that others may reach, as ConfigSource has them.
void announce_exposed(insight::Log& log, const std::vector<std::string>& listeners) noexcept;
/// Of the configuration's listeners, by name, in whose place --listen has others.
void announce_unused(insight::Log& log, const std::vector<std::string>& listeners) noexcept;

}  // namespace server
