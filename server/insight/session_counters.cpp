#include "server/insight/session_counters.hpp"

namespace server::insight {

void SessionCounters::add_to(Registry& registry) const {
  registry.add("connections_active", [this] {
    // The ended ones first: one that ends meanwhile must not make less than none.
    const std::uint64_t ended = ended_.value();
    return started_.value() - ended;
  });
  registry.add("connections_total", started_);
  registry.add("connections_refused_total", refused_);
  registry.add("connections_timed_out_total", timed_out_);
  registry.add("connections_failed_total", failed_);
}

void SessionCounters::ended(const SessionEnd& end) noexcept {
  // Who sees that it is over also sees why.
  if (end.cause == Cause::idle) timed_out_.add(1);
  ended_.add(1);
}

void SessionCounters::failed(std::uint64_t, std::string_view) noexcept { failed_.add(1); }

}  // namespace server::insight
