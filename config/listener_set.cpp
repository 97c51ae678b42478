#include "config/listener_set.hpp"

#include <map>
#include <set>
#include <variant>

#include "streams/address.hpp"
#include "streams/endpoint.hpp"
#include "streams/text/suggest.hpp"

namespace config {
namespace {

// Of what the kernel takes to listen on, or to no avail.
std::string literal_error(const streams::Address& address) {
  const auto* const host_port = std::get_if<streams::HostPort>(&address);
  if (host_port == nullptr) return {};
  const auto endpoint = streams::Endpoint::of_literal(*host_port);
  if (!endpoint) return {};
  if (endpoint->is_link_local() && endpoint->zone() == 0) {
    return "a link-local address needs its interface, as in [fe80::1%eth0]:7007";
  }
  const bool is_broadcast = host_port->host == "255.255.255.255";
  if (!is_broadcast && !endpoint->is_multicast()) return {};
  return std::string{"no connection can be made to a "} +
         (is_broadcast ? "broadcast" : "multicast") +
         " address; write that of an interface, 0.0.0.0 for every IPv4 interface or [::] for every "
         "interface";
}

}  // namespace

std::string address_error(std::string_view address) {
  if (address == inherited_address) return {};
  const streams::ParsedAddress parsed = streams::parse_address(address);
  if (parsed) return literal_error(parsed.address);
  std::string error = parsed.error;
  if (!error.empty() && text::nearest(address, {&inherited_address, 1})) {
    error += "; or did you mean \"systemd\"?";
  }
  return error;
}

void name_unnamed(std::vector<Listener>& listeners) {
  std::set<std::string> taken;
  for (const Listener& listener : listeners) taken.insert(listener.name);
  std::map<std::string, int> next;  // number that has not been tried for a protocol
  for (Listener& listener : listeners) {
    if (!listener.name.empty()) continue;
    listener.name = listener.protocol;
    int& n = next.emplace(listener.protocol, 2).first->second;
    while (!taken.insert(listener.name).second) {
      listener.name = listener.protocol + '-' + std::to_string(n++);
    }
  }
}

}  // namespace config
