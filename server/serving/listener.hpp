// A Listener: what one [[listener]] of the configuration became, for its acceptor and its sessions.
// Constant; a reload makes another for the connections that come after it, and this one stays until
// its last session has ended. The acceptor owns it; any thread may read it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "config/config.hpp"
#include "server/insight/listener_figures.hpp"
#include "server/protocols/context.hpp"
#include "server/protocols/protocol.hpp"

namespace server::serving {

class Listener {
 public:
  Listener(config::Listener its_settings, const protocols::Protocol& its_protocol,
           const protocols::Context& its_context,
           std::shared_ptr<insight::ListenerFigures> its_figures)
      : settings(std::move(its_settings)),
        protocol(its_protocol),
        context(its_context),
        figures(std::move(its_figures)),
        is_staged(needs_stage(settings, protocol)),
        is_plain(settings.proxy.empty() && !is_staged) {}
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Whether a ListenerUse refers to it. The acceptor's thread, the only one that makes these.
  bool in_use() const noexcept { return uses_.load(std::memory_order_acquire) != 0; }

  const config::Listener settings;
  const protocols::Protocol& protocol;
  const protocols::Context context;
  /// What is counted of all that had this name.
  const std::shared_ptr<insight::ListenerFigures> figures;
  /// Whether the protocol runs on a Stage.
  const bool is_staged;
  /// Whether a session begins with the protocol, on the connection's own streams.
  const bool is_plain;

 private:
  static bool needs_stage(const config::Listener& settings,
                          const protocols::Protocol& protocol) noexcept {
    const config::Limits& limits = settings.limits;
    if (protocol.own) return false;
    return limits.receive_rate != 0 || limits.send_rate != 0 || !settings.plan.empty() ||
           settings.fault_in_band == config::InBand::yes ||
           settings.keep_ended == config::KeepEnded::yes;
  }

  friend class ListenerUse;
  mutable std::atomic<std::uint32_t> uses_{0};
};

/// A connection's hold on its listener. Counted, not owned: it is the acceptor that destroys a
/// listener, on its own thread and when it sees fit, once no use is left. Any thread.
class ListenerUse {
 public:
  explicit ListenerUse(const Listener& listener) noexcept : listener_(&listener) {
    listener.uses_.fetch_add(1, std::memory_order_relaxed);
  }
  ListenerUse(ListenerUse&& other) noexcept : listener_(std::exchange(other.listener_, nullptr)) {}
  ListenerUse& operator=(ListenerUse&&) = delete;
  ~ListenerUse() {
    if (listener_ != nullptr) listener_->uses_.fetch_sub(1, std::memory_order_release);
  }

  const Listener* operator->() const noexcept { return listener_; }
  const Listener& operator*() const noexcept { return *listener_; }

 private:
  const Listener* listener_;
};

}  // namespace server::serving
