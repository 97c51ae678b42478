#include "server/admission/admission.hpp"

#include <utility>

#include "server/admission/access.hpp"

namespace server::admission {

Admission::Admission(streams::EventLoop& loop, Places& places, const config::Limits& limits,
                     const config::Access& access, std::uint64_t seed) noexcept
    : places_(&places),
      listener_places_(loop, limits.max_connections),
      sources_(loop, listener_places_, seed) {
  apply(limits, access);
}

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
  return Ticket(std::move(server), sources_.seat(std::move(of_listener)));
}

Ticket Admission::take_over(const streams::Endpoint& peer) {
  Ticket ticket(places_->connections.acquire_anyway(),
                sources_.seat(listener_places_.acquire_anyway()));
  const std::optional<text::IpAddress> address = address_of(peer);
  if (address) sources_.count(ticket.seat_, *address);
  return ticket;
}

streams::Task<Ticket> Admission::wait() {
  streams::Permit of_listener = co_await listener_places_.acquire();
  if (!of_listener) co_return Ticket();
  streams::Permit server = co_await places_->connections.acquire();
  if (!server) co_return Ticket();
  co_return Ticket(std::move(server), sources_.seat(std::move(of_listener)));
}

std::optional<insight::Refusal> Admission::admit(const streams::Endpoint& peer, Ticket& ticket,
                                                 Clock::time_point now) {
  const std::optional<text::IpAddress> address = address_of(peer);
  if (!address) return std::nullopt;
  if (!is_allowed(*access_, *address)) return insight::Refusal::denied;
  if (!ticket.seat_ || !sources_.counts_anything()) return std::nullopt;
  return sources_.admit(ticket.seat_, *address, now);
}

void Admission::apply(Places& places, const config::Limits& limits,
                      const config::Access& access) noexcept {
  places_ = &places;
  listener_places_.resize(limits.max_connections);
  apply(limits, access);
}

void Admission::apply(const config::Limits& limits, const config::Access& access) noexcept {
  at_limit_ = limits.at_limit;
  access_ = &access;
  sources_.apply(access, limits.max_connections);
  looks_at_peers_ = !access.allow.empty() || !access.deny.empty() || sources_.counts_anything();
}

}  // namespace server::admission
