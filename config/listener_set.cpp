#include "config/listener_set.hpp"

#include <set>
#include <variant>

#include "streams/address.hpp"
#include "streams/endpoint.hpp"
#include "streams/text/suggest.hpp"

namespace config {
namespace {

constexpr std::string_view link_local_advice =
    "a link-local address needs its interface, as in [fe80::1%eth0]:7007";

bool lacks_zone(const streams::Address& address) {
  const auto* const host_port = std::get_if<streams::HostPort>(&address);
  if (host_port == nullptr) return false;
  const auto endpoint = streams::Endpoint::of_literal(*host_port);
  return endpoint && endpoint->is_link_local() && endpoint->zone() == 0;
}

}  // namespace

std::string address_error(std::string_view address) {
  if (address == inherited_address) return {};
  const streams::ParsedAddress parsed = streams::parse_address(address);
  if (parsed && lacks_zone(parsed.address)) return std::string{link_local_advice};
  std::string error = parsed.error;
  if (!error.empty() && text::nearest(address, {&inherited_address, 1})) {
    error += "; or did you mean \"systemd\"?";
  }
  return error;
}

void name_unnamed(std::vector<Listener>& listeners) {
  std::set<std::string> taken;
  for (const Listener& listener : listeners) taken.insert(listener.name);
  for (Listener& listener : listeners) {
    if (!listener.name.empty()) continue;
    listener.name = listener.protocol;
    for (int n = 2; !taken.insert(listener.name).second; ++n) {
      listener.name = listener.protocol + '-' + std::to_string(n);
    }
  }
}

}  // namespace config
