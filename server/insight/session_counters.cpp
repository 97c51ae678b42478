#include "server/insight/session_counters.hpp"

#include "server/insight/families.hpp"

namespace server::insight {

void SessionCounters::add_to(Registry& registry) const {
  registry.add(families::connections_active, {}, [this] {
    // The ended ones first: one that ends meanwhile must not make less than none.
    const std::uint64_t ended = ended_.value();
    return started_.value() - ended;
  });
  registry.add(families::connections, {}, started_);
  registry.add(families::connections_refused, {}, refused_);
  registry.add(families::connections_timed_out, {}, timed_out_);
  registry.add(families::connections_failed, {}, failed_);
}

void SessionCounters::ended(const SessionEnd& end) noexcept {
  // Who sees that it is over also sees why.
  if (end.cause == Cause::idle) timed_out_.add(1);
  ended_.add(1);
}

void SessionCounters::failed(std::uint64_t, std::string_view) noexcept { failed_.add(1); }

}  // namespace server::insight
