#include "server/reload.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "server/admission/fit_to_memory.hpp"
#include "server/admission/fit_to_open_files.hpp"
#include "server/announce.hpp"
#include "server/serving/sizing.hpp"
#include "streams/sleeper.hpp"
#include "streams/task_group.hpp"
#include "streams/text/shortage.hpp"
#include "streams/to_thread.hpp"

namespace server {
namespace {

/// Between two reloads; a storm of requests costs ten of them a second.
constexpr std::chrono::milliseconds pause{100};

/// For how long a reload may wait for one thing before the next one need not wait for it.
constexpr std::chrono::seconds patience{2};

/// One plan in the making, and the next request, which may take its place.
class Planning {
 public:
  Planning(streams::EventLoop& loop, streams::Event& requested, ConfigSource source,
           std::vector<std::string> inherited, std::vector<config::Listener> present,
           sockets::Binder binder)
      : loop_(loop),
        requested_(requested),
        making_(streams::to_thread(loop, &plan_reload, std::move(source), std::move(inherited),
                                   std::move(present), std::move(binder), abandonment_)) {}

  /// Nothing comes of one that was cancelled or superseded.
  streams::Task<std::optional<ReloadPlan>> run() {
    const auto body = [this](streams::TaskGroup& both) { return make(both); };
    co_await streams::task_group(loop_, body);
    co_return std::move(plan_);
  }
  bool superseded() const noexcept { return superseded_; }

 private:
  streams::Task<void> make(streams::TaskGroup& both) {
    both.spawn(give_way(both), "next reload");
    plan_ = co_await std::move(making_);
    abandonment_->give_up_for_good();  // where a stop came first, the thread is to bind nothing
    both.cancel();
  }

  streams::Task<void> give_way(streams::TaskGroup& both) {
    streams::Sleeper sleeper(loop_);
    const bool requested = co_await requested_.wait();
    if (!requested) co_return;
    // One that is being written to goes first: the next would read the rest and take it for all.
    while (!(superseded_ = abandonment_->give_up(patience))) {
      const bool waited = co_await sleeper.sleep_for(pause);
      if (!waited) co_return;
    }
    both.cancel();
  }

  streams::EventLoop& loop_;
  streams::Event& requested_;
  const std::shared_ptr<config::Abandonment> abandonment_ = std::make_shared<config::Abandonment>();
  streams::Task<std::optional<ReloadPlan>> making_;
  std::optional<ReloadPlan> plan_;
  bool superseded_ = false;
};

}  // namespace

Reloader::Reloader(ConfigSource source, config::Config& config, std::vector<std::string> inherited,
                   serving::Server& server, Service& service, insight::Log& log)
    : source_(std::move(source)),
      config_(config),
      inherited_(std::move(inherited)),
      server_(server),
      service_(service),
      log_(log),
      requested_(server.loop()),
      waiting_(server.loop()) {}

streams::Task<Reloader::Outcome> Reloader::request_and_wait() {
  request();
  return waiting_.wait();
}

streams::Task<void> Reloader::run() {
  const ReloadWaiting::LastWords last_words(waiting_);
  streams::Sleeper sleeper(server_.loop());
  for (;;) {
    const bool requested = co_await requested_.wait();
    if (!requested || server_.is_stopping()) co_return;
    requested_.clear();
    outcome_ = Outcome();
    waiting_.begin();
    bool over = true;
    try {
      over = co_await reload();
    } catch (const std::exception& exception) {
      refuse(exception);
    }
    if (server_.is_stopping()) co_return;
    if (over) waiting_.answer(outcome_);
    const bool slept = co_await sleeper.sleep_for(pause);
    if (!slept) co_return;
  }
}

streams::Task<bool> Reloader::reload() {
  service_.reloading();
  if (source_.file.empty()) {
    constexpr std::string_view why = "the daemon was started without --config";
    log_.warning("nothing-to-reload", {{"why", why}});
    service_.reloaded();
    outcome_.errors.emplace_back(why);
    co_return true;
  }
  log_.info("reloading", {{"file", source_.file}});
  for (;;) {
    Planning planning(server_.loop(), requested_, source_, inherited_, keepable_listeners(),
                      present_sockets());
    std::optional<ReloadPlan> plan = co_await planning.run();
    if (planning.superseded()) {
      log_.warning("reload-superseded", {{"why", "it waited for a file or a name server"}});
      co_return false;
    }
    if (!plan || server_.is_stopping()) co_return true;
    if (!plan->errors.empty()) {
      refuse(plan->errors);
      co_return true;
    }
    // A listener that leaves may have left since; its address is free then.
    if (can_be_kept(plan->sources)) {
      apply(std::move(*plan));
      co_return true;
    }
  }
}

// They stay open while the new ones are bound, so that a reload that fails loses none. An address
// that clashes with one of them, such as 0.0.0.0:7 with 127.0.0.1:7, is therefore refused.
sockets::Binder Reloader::present_sockets() const {
  sockets::Binder binder("moving a port to another address takes a restart");
  for (const serving::Acceptor* const acceptor : server_.keepable()) {
    if (acceptor->has_ended()) continue;
    for (const auto& socket : acceptor->sockets()) {
      if (socket.is_out_of_reach()) continue;
      binder.add(acceptor->listener().settings.name, socket.fd());
    }
  }
  return binder;
}

// A listener whose path somebody has removed or taken keeps its place and has no address: it is
// made anew, or the reload says in whose way that would be.
std::vector<config::Listener> Reloader::keepable_listeners() const {
  std::vector<config::Listener> listeners;
  for (const serving::Acceptor* const acceptor : server_.keepable()) {
    config::Listener& listener = listeners.emplace_back(acceptor->listener().settings);
    const auto& sockets = acceptor->sockets();
    const bool is_gone = acceptor->has_ended() ||
                         std::any_of(sockets.begin(), sockets.end(),
                                     [](const auto& socket) { return socket.is_out_of_reach(); });
    if (is_gone) listener.address.clear();
  }
  return listeners;
}

bool Reloader::can_be_kept(const std::vector<serving::Server::SocketsFrom>& sources) const {
  const std::vector<serving::Acceptor*> keepable = server_.keepable();
  return std::none_of(sources.begin(), sources.end(), [&keepable](const auto& from) {
    return from.kept && keepable[*from.kept]->has_ended();
  });
}

void Reloader::apply(ReloadPlan plan) {
  config::Config config = std::move(plan.config);
  keep_fixed(config);
  const std::vector<serving::Acceptor*> keepable = server_.keepable();
  const std::size_t present = config_.listeners.size();
  std::vector<bool> stays(present);
  std::vector<std::size_t> added;
  std::vector<std::size_t> changed;
  std::size_t sockets = 0;
  for (std::size_t i = 0; i < plan.sources.size(); ++i) {
    const std::optional<std::size_t> kept = plan.sources[i].kept;
    sockets += kept ? keepable[*kept]->sockets().size() : plan.sources[i].sockets.size();
    if (kept && keepable[*kept]->listener().settings.tcp != config.listeners[i].tcp) {
      changed.push_back(i);
    }
    const bool is_own = protocols::find_protocol(config.listeners[i].protocol)->own;
    if (kept && *kept < present && keepable[*kept]->listener().protocol.own == is_own) {
      stays[*kept] = true;
    } else {
      added.push_back(i);
    }
  }

  config = admission::fit_to_open_files(config, serving::reserved_files(config, sockets), log_);
  config = admission::fit_to_memory(std::move(config), log_);
  keep_access(config, plan.sources, keepable);
  const auto open_before = open_to_all(server_.acceptors());
  server_.apply(config, std::move(plan.sources));
  log_.set_level(config.log.level);
  const config::Config before = std::exchange(config_, std::move(config));

  for (std::size_t i = 0; i < stays.size(); ++i) {
    if (!stays[i]) log_.info("not-listening", {{"listener", before.listeners[i].name}});
  }
  for (const auto& [i, what] : plan.skipped) announce_skipped(log_, config_.listeners[i], what);
  announce_unused(log_, plan.unused);
  announce_exposed(log_, plan.exposed);
  for (const std::size_t i : changed) announce_buffers(log_, *server_.acceptors()[i]);
  for (const std::size_t i : added) announce(log_, *server_.acceptors()[i]);
  announce_open_to_all(log_, server_.acceptors(), open_before);
  log_.info("reloaded", {{"listeners", std::uint64_t{config_.listeners.size()}},
                         {"max_connections", std::uint64_t{config_.limits.max_connections}}});
  service_.reloaded();
  outcome_.listeners = config_.listeners.size();
  outcome_.done = true;
}

// What the running threads were made with.
void Reloader::keep_fixed(config::Config& config) {
  const auto keep = [this](std::string_view name, auto& wanted, const auto& running) {
    if (wanted != running) {
      log_.warning("restart-to-apply", {{"setting", name}});
      outcome_.later.emplace_back(name);
    }
    wanted = running;
  };
  keep("workers", config.workers, config_.workers);
  keep("busy_poll", config.busy_poll, config_.busy_poll);
  keep("slow_callback", config.slow_callback, config_.slow_callback);
  keep("log.format", config.log.format, config_.log.format);
}

// The mode and the group of a Unix socket that is kept: its file was made with them. And the device
// of a TCP socket, which takes a privilege to change.
void Reloader::keep_access(config::Config& config,
                           const std::vector<serving::Server::SocketsFrom>& sources,
                           const std::vector<serving::Acceptor*>& keepable) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (!sources[i].kept) continue;
    config::Listener& wanted = config.listeners[i];
    const config::Listener& running = keepable[*sources[i].kept]->listener().settings;
    if (wanted.mode != running.mode || wanted.group != running.group) {
      log_.warning("restart-to-apply", {{"setting", "mode and group"}, {"listener", wanted.name}});
      outcome_.later.push_back("mode and group of " + wanted.name);
    }
    if (wanted.tcp.device != running.tcp.device) {
      log_.warning("restart-to-apply", {{"setting", "device"}, {"listener", wanted.name}});
      outcome_.later.push_back("device of " + wanted.name);
    }
    wanted.tcp.device = running.tcp.device;
    wanted.mode = running.mode;
    wanted.group = running.group;
  }
}

void Reloader::refuse(std::span<const std::string> errors) noexcept {
  for (const std::string& error : errors) log_.error("reload-error", {{"what", error}});
  try {
    outcome_.errors.assign(errors.begin(), errors.end());
  } catch (const std::bad_alloc&) {
    // The log has them.
  }
  refuse(errors.front(), errors.size());
}

void Reloader::refuse(const std::exception& failure) noexcept {
  std::string what;
  try {
    what = text::with_remedy(failure);
  } catch (const std::bad_alloc&) {
    // what() has its memory already.
  }
  const std::string_view words = what.empty() ? std::string_view(failure.what()) : what;
  log_.error("reload-error", {{"what", words}});
  try {
    outcome_.errors.emplace_back(words);
  } catch (const std::bad_alloc&) {
    // The log has it.
  }
  refuse(words);
}

void Reloader::refuse(std::string_view what, std::size_t errors) noexcept {
  log_.error("reload-failed", {{"errors", std::uint64_t{errors}},
                               {"serving", "the previous configuration, unchanged"}});
  service_.reloaded(what);
}

}  // namespace server
