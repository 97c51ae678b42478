#include "server/insight/session_counters.hpp"

#include <cstddef>

namespace server::insight {

void SessionCounters::refused(ListenerFigures& listener, const streams::Endpoint&,
                              Refusal refusal) noexcept {
  listener.acceptor().refused[static_cast<std::size_t>(refusal)].add(1);
}

void SessionCounters::limit_reached(ListenerFigures& listener, Refusal) noexcept {
  listener.acceptor().limit_reached.add(1);
}

void SessionCounters::started(const SessionInfo& session) noexcept {
  block(session.listener).started.add(1);
}

void SessionCounters::fault_met(const SessionInfo& session, faults::Action action,
                                std::uint64_t times) noexcept {
  block(session.listener).faults_met[static_cast<std::size_t>(action)].add(times);
}

void SessionCounters::first_byte(const SessionInfo& session, Duration after) noexcept {
  block(session.listener).first_byte.observe(in_microseconds(after));
}

void SessionCounters::stalled(const SessionInfo& session) noexcept {
  block(session.listener).stalls.add(1);
}

void SessionCounters::drained(const SessionInfo& session, Duration after) noexcept {
  block(session.listener).stalls_over.add(1);
  block(session.listener).drain.observe(in_microseconds(after));
}

void SessionCounters::ended(const SessionEnd& end) noexcept {
  WorkerBlock& counted = block(end.session.listener);
  counted.session.observe(in_microseconds(end.lasted));
  if (end.above_high_water.count() != 0) {
    counted.high_water.observe(in_microseconds(end.above_high_water));
  }
  if (end.was_stalled) counted.stalls_over.add(1);
  if (end.network) counted.observe(*end.network, WorkerBlock::When::ending);
  // Last: who sees that it is over also sees the rest.
  counted.ended[static_cast<std::size_t>(end.cause)].add(1);
}

void SessionCounters::failed(ListenerFigures* listener, std::uint64_t, std::string_view) noexcept {
  if (listener != nullptr) block(*listener).failed.add(1);
}

}  // namespace server::insight
