#include "server/administration.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <utility>

#include "server/serving/roll_call.hpp"
#include "streams/faults/grammar.hpp"

namespace server {

std::vector<protocols::AdminHost::Listener> Administration::listeners() const {
  std::vector<Listener> all;
  for (const auto& acceptor : server_.acceptors()) {
    if (acceptor->has_ended()) continue;
    const serving::Listener& listener = acceptor->listener();
    Listener& one = all.emplace_back();
    one.protocol = listener.protocol.name;
    one.name = listener.settings.name;
    for (const auto& socket : acceptor->sockets()) one.addresses.push_back(socket.address());
    one.taken = acceptor->places_taken();
    one.places = listener.settings.limits.max_connections;
    if (!listener.protocol.own) one.places = std::min(one.places, config_.limits.max_connections);
  }
  return all;
}

std::vector<serving::Worker*> Administration::workers() const {
  std::vector<serving::Worker*> all;
  for (const auto& worker : server_.workers()) all.push_back(worker.get());
  return all;
}

// One that has ended has no sessions, and nobody there to answer.
bool Administration::is_silent(std::size_t worker) const noexcept {
  return !server_.workers()[worker]->has_ended();
}

streams::Task<protocols::AdminHost::Sessions> Administration::sessions(std::size_t most) {
  using Call = serving::RollCall<Sessions>;
  Call::Question question = [most](serving::Worker& worker) {
    Sessions sessions;
    sessions.all = worker.list_sessions(most, sessions.some);
    return sessions;
  };
  Call::Answers answers = co_await Call::ask(workers(), std::move(question));
  Sessions sessions;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) {
      if (is_silent(i)) ++sessions.silent_workers;
      continue;
    }
    sessions.all += answers[i]->all;
    std::ranges::move(answers[i]->some, std::back_inserter(sessions.some));
  }
  std::ranges::sort(sessions.some, {}, &Session::id);
  if (sessions.some.size() > most) {
    sessions.some.erase(sessions.some.begin() + static_cast<std::ptrdiff_t>(most),
                        sessions.some.end());
  }
  co_return sessions;
}

streams::Task<protocols::AdminHost::EndedSessions> Administration::ended_sessions(
    std::size_t most) {
  using Call = serving::RollCall<std::vector<Ended>>;
  Call::Question question = [most](serving::Worker& worker) {
    return worker.ended_sessions().last(most);
  };
  Call::Answers answers = co_await Call::ask(workers(), std::move(question));
  EndedSessions ended;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i]) {
      std::ranges::move(*answers[i], std::back_inserter(ended.some));
    } else if (is_silent(i)) {
      ++ended.silent_workers;
    }
  }
  std::ranges::sort(ended.some, std::ranges::greater(), &Ended::when);
  if (ended.some.size() > most) {
    ended.some.erase(ended.some.begin() + static_cast<std::ptrdiff_t>(most), ended.some.end());
  }
  ended.is_kept = std::ranges::any_of(server_.acceptors(), [](const auto& acceptor) {
    return !acceptor->has_ended() &&
           acceptor->listener().settings.keep_ended == config::KeepEnded::yes;
  });
  co_return ended;
}

streams::Task<protocols::AdminHost::Found> Administration::end_session(std::uint64_t id,
                                                                       bool reset) {
  using Call = serving::RollCall<bool>;
  Call::Question question = [id, reset](serving::Worker& worker) {
    return worker.end_session(id, reset);
  };
  const Call::Answers answers = co_await Call::ask(workers(), std::move(question));
  bool all_answered = true;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i] == true) {
      log_.info("session-ordered",
                {{"id", id}, {"what", reset ? "abort" : "close"}, {"by", "admin"}});
      co_return Found::yes;
    }
    all_answered = all_answered && (answers[i] || !is_silent(i));
  }
  co_return all_answered ? Found::no : Found::unknown;
}

streams::Task<protocols::AdminHost::FaultAnswer> Administration::order_fault(std::uint64_t id,
                                                                             FaultOrder order) {
  using Call = serving::RollCall<FaultAnswer>;
  const std::string fault = order.fault ? to_text(*order.fault) : std::string();
  const FaultOrder::What what = order.what;
  Call::Question question = [id, order = std::move(order)](serving::Worker& worker) {
    return worker.order_fault(id, order);
  };
  Call::Answers answers = co_await Call::ask(workers(), std::move(question));
  FaultAnswer none;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) {
      if (is_silent(i)) none.found = Found::unknown;
      continue;
    }
    if (answers[i]->found != Found::yes) continue;
    if (answers[i]->refusal.empty() && what == FaultOrder::What::add) {
      log_.info("session-ordered",
                {{"id", id}, {"what", "fault"}, {"fault", fault}, {"by", "admin"}});
    } else if (answers[i]->refusal.empty() && what == FaultOrder::What::off) {
      log_.info("session-ordered", {{"id", id}, {"what", "faults-off"}, {"by", "admin"}});
    }
    co_return *std::move(answers[i]);
  }
  co_return none;
}

void Administration::set_level(config::LogLevel level) noexcept {
  const std::string_view word = config::log_level_words[static_cast<std::size_t>(level)];
  // At the more talkative of both levels.
  const bool is_lower = level < log_.level();
  if (is_lower) log_.set_level(level);
  log_.info("log-level", {{"level", word}});
  if (!is_lower) log_.set_level(level);
}

void Administration::stop(std::chrono::milliseconds grace) noexcept {
  config_.shutdown_grace = grace;
  for (const auto& worker : server_.workers()) worker->set_shutdown_grace(grace);
  if (server_.stop({}) != serving::Server::Stop::began) return;
  log_.info("stopping",
            {{"by", "admin"}, {"grace_seconds", std::chrono::duration<double>(grace).count()}});
}

}  // namespace server
