#include "server/start.hpp"

#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <utility>

#include "config/listener_set.hpp"
#include "server/process/activation.hpp"
#include "server/sockets/tcp_sockets.hpp"
#include "streams/endpoint.hpp"
#include "streams/task_group.hpp"
#include "streams/text/escape.hpp"
#include "streams/to_thread.hpp"

namespace server {
namespace {

std::string the_socket(const std::string& name) {
  return "the socket " + text::quoted(name) + " that systemd passed on";
}

sockets::BoundSocket adopt(const config::Listener& listener,
                           process::InheritedSockets& inherited) try {
  return sockets::adopt_socket(inherited.take(listener.name), listener.tcp);
} catch (const streams::SocketOptionError& error) {
  throw std::runtime_error(
      the_socket(listener.name) + ": " + error.code().message() + " (" +
      sockets::option_advice(error.option, error.code().value(), listener.tcp) + ')');
} catch (const std::system_error& error) {
  throw std::system_error(error.code(), the_socket(listener.name));
}

/// `usual` are those of [tcp], which mean the listeners that have such.
void refuse_options_of_unix(const config::Listener& listener, const streams::SocketOptions& usual,
                            const sockets::BoundSocket& socket) {
  if (listener.tcp == usual || listener.tcp == streams::SocketOptions{}) return;
  if (streams::Endpoint::of_socket(socket.fd.get()).family() != AF_UNIX) return;
  throw std::runtime_error(the_socket(listener.name) +
                           " is a Unix socket; remove the keys of [tcp] from its [[listener]]");
}

// On a thread that may wait.
Start read_and_bind(const ConfigSource& source, process::InheritedSockets inherited) {
  Start start;
  ConfigSource::Result read = source.read();
  start.errors = std::move(read.errors);
  start.usage = read.usage;
  if (!read.config) return start;
  start.config = std::move(*read.config);
  start.unused = std::move(read.unused);
  start.exposed = std::move(read.exposed);
  start.inherited = inherited.names();
  const std::vector<config::Listener>& listeners = start.config.listeners;
  const std::string mismatch = process::activation_mismatch(listeners, start.inherited);
  if (!mismatch.empty()) throw process::ActivationError(mismatch);
  sockets::Binder binder("addresses must differ");
  start.sockets.resize(listeners.size());
  // First those that are there already: they may be in the way of the others.
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (listeners[i].address != config::inherited_address) continue;
    start.sockets[i].push_back(adopt(listeners[i], inherited));
    refuse_options_of_unix(listeners[i], start.config.tcp, start.sockets[i].front());
    binder.add(listeners[i].name, start.sockets[i].front().fd.get());
  }
  sockets::Bindings bindings = binder.bind_all(
      listeners, [&start](std::size_t i) { return start.sockets[i].empty(); }, [] { return true; });
  if (!bindings.errors.empty()) throw std::runtime_error(bindings.errors.front());
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (start.sockets[i].empty()) start.sockets[i] = std::move(bindings.sockets[i]);
  }
  start.skipped = std::move(bindings.skipped);
  return start;
}

/// Waits for read_and_bind() on its thread, or for the signal of a stop, whichever comes first. On
/// a loop of its own.
class Preparation {
 public:
  Preparation(streams::EventLoop& loop, process::Signals& signals,
              const process::Terminal& terminal, ConfigSource source,
              process::InheritedSockets inherited)
      : loop_(loop),
        signals_(signals),
        terminal_(terminal),
        source_(std::move(source)),
        inherited_(std::move(inherited)) {}

  streams::Task<std::optional<Start>> run() {
    const auto body = [this](streams::TaskGroup& both) { return make(both); };
    co_await streams::task_group(loop_, body);
    if (stopped_) start_.reset();
    co_return std::move(start_);
  }

 private:
  streams::Task<void> make(streams::TaskGroup& both) {
    both.spawn(watch_signals(both), "signals");
    start_ = co_await streams::to_thread(loop_, &read_and_bind, std::move(source_),
                                         std::move(inherited_));
    both.cancel();
  }

  streams::Task<void> watch_signals(streams::TaskGroup& both) {
    process::Signals::Watch watch(signals_, loop_);
    std::vector<int> later;
    for (;;) {
      const int signal = co_await watch.next();
      if (signal == 0) break;
      stopped_ = terminal_.means_stop(signal);
      if (stopped_) break;
      later.push_back(signal);
    }
    for (const int signal : later) signals_.put_back(signal);
    if (stopped_) both.cancel();
  }

  streams::EventLoop& loop_;
  process::Signals& signals_;
  const process::Terminal& terminal_;
  ConfigSource source_;
  process::InheritedSockets inherited_;
  std::optional<Start> start_;
  bool stopped_ = false;
};

}  // namespace

std::optional<Start> prepare_start(const ConfigSource& source, process::Signals& signals,
                                   const process::Terminal& terminal) {
  // Before there is another thread: it takes them out of the environment.
  process::InheritedSockets inherited;
  // Its debug mode has no log yet to write to.
  streams::EventLoop::Options options;
  options.debug.enabled = false;
  streams::EventLoop loop(options);
  Preparation preparation(loop, signals, terminal, source, std::move(inherited));
  return loop.run(preparation.run());
}

}  // namespace server
