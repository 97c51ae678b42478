#include "server/admission/admission.hpp"

#include <utility>

namespace server::admission {

Admission::Decision Admission::next() noexcept {
  Ticket ticket = try_take();
  const bool place = static_cast<bool>(ticket);
  if (!place && at_limit_ == config::AtLimit::refuse) {
    ticket = Ticket(places_->refusals.try_acquire());
  }
  return {decide(at_limit_, place, static_cast<bool>(ticket)), std::move(ticket), refusal_};
}

// The listener's own place first: who waits for it keeps no other listener from the server's.
Ticket Admission::try_take() noexcept {
  refusal_ = insight::Refusal::listener_full;
  streams::Permit of_listener = listener_places_.try_acquire();
  if (!of_listener) return {};
  refusal_ = insight::Refusal::server_full;
  streams::Permit server = places_->connections.try_acquire();
  if (!server) return {};
  return Ticket(std::move(server), std::move(of_listener));
}

streams::Task<Ticket> Admission::wait() {
  streams::Permit of_listener = co_await listener_places_.acquire();
  if (!of_listener) co_return Ticket();
  streams::Permit server = co_await places_->connections.acquire();
  if (!server) co_return Ticket();
  co_return Ticket(std::move(server), std::move(of_listener));
}

void Admission::apply(Places& places, const config::Limits& limits) noexcept {
  places_ = &places;
  at_limit_ = limits.at_limit;
  listener_places_.resize(limits.max_connections);
}

}  // namespace server::admission
