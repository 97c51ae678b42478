#include "server/insight/listener_figures.hpp"

namespace server::insight {
namespace {

/// The worker counts meanwhile: one that ends between two readings must not make less than none.
constexpr std::uint64_t difference(std::uint64_t begun, std::uint64_t over) noexcept {
  return begun > over ? begun - over : 0;
}

}  // namespace

void WorkerBlock::observe(const streams::TcpInfo& network, When when) noexcept {
  // What was not measured yet.
  if (network.rtt.count() == 0) return;
  rtt.observe(in_microseconds(network.rtt));
  if (network.min_rtt.count() != 0) min_rtt.observe(in_microseconds(network.min_rtt));
  if (network.delivery_rate != 0) delivery_rate.observe(network.delivery_rate);
  if (when == When::ending) retransmits.observe(network.retransmits);
}

void ListenerFigures::add_to(Registry& registry) const {
  for (const WorkerBlock& block : of_) {
    add_worker_to(registry, block);
    add_measured_to(registry, block);
  }
  for (std::size_t i = 0; i < refusal_words.size(); ++i) {
    registry.add(families::connections_refused,
                 {label(), {"reason", std::string(refusal_words[i])}}, acceptor_.refused[i]);
  }
  registry.add(families::limit_reached, {label()}, acceptor_.limit_reached);
  registry.add(families::limit_time, {label()}, acceptor_.limit_time);
  registry.add(families::connections_waiting, {label()},
               [this] { return acceptor_.waiting.value(); });
  registry.add(families::backlog, {label()}, [this] { return acceptor_.backlog.value(); });
}

void ListenerFigures::add_worker_to(Registry& registry, const WorkerBlock& block) const {
  registry.add(families::connections_active, {label()}, [&block] {
    std::uint64_t ended = 0;
    for (const streams::Counter& cause : block.ended) ended += cause.value();
    return difference(block.started.value(), ended);
  });
  registry.add(families::connections, {label()}, block.started);
  registry.add(families::connections_failed, {label()}, block.failed);
  registry.add(families::bytes_received, {label()}, block.traffic.received);
  registry.add(families::bytes_sent, {label()}, block.traffic.sent);
  for (std::size_t i = 1; i < cause_words.size(); ++i) {
    registry.add(families::sessions_ended, {label(), {"end", std::string(cause_words[i])}},
                 block.ended[i]);
    if (is_timeout(static_cast<Cause>(i))) {
      registry.add(families::connections_timed_out, {label()}, block.ended[i]);
    }
  }
  for (std::size_t i = 0; i < block.faults_met.size(); ++i) {
    const std::string_view kind = word(static_cast<faults::Action>(i));
    registry.add(families::faults, {label(), {"fault", std::string(kind)}}, block.faults_met[i]);
  }
  registry.add(families::sessions_shed, {label()},
               block.ended[static_cast<std::size_t>(Cause::max_memory)]);
  registry.add(families::session, {label()}, block.session.parts());
}

void ListenerFigures::add_measured_to(Registry& registry, const WorkerBlock& block) const {
  registry.add(families::first_byte, {label()}, block.first_byte.parts());
  registry.add(families::request, {label()}, block.request.parts());
  registry.add(families::sessions_stalled, {label()},
               [&block] { return difference(block.stalls.value(), block.stalls_over.value()); });
  registry.add(families::drain, {label()}, block.drain.parts());
  registry.add(families::high_water, {label()}, block.high_water.parts());
  registry.add(families::tcp_rtt, {label()}, block.rtt.parts());
  registry.add(families::tcp_min_rtt, {label()}, block.min_rtt.parts());
  registry.add(families::tcp_delivery_rate, {label()}, block.delivery_rate.parts());
  registry.add(families::tcp_retransmits, {label()}, block.retransmits.parts());
}

}  // namespace server::insight
