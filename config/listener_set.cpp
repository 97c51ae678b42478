#include "config/listener_set.hpp"

#include <arpa/inet.h>
#include <array>
#include <set>

#include "config/suggest.hpp"
#include "streams/address.hpp"

namespace config {
namespace {

std::string canonical_host(const std::string& host) {
  in6_addr binary{};
  if (inet_pton(AF_INET6, host.c_str(), &binary) == 1) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    return inet_ntop(AF_INET6, &binary, text.data(), text.size());
  }
  std::string lower = host;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::string address_error(std::string_view address) {
  if (address == inherited_address) return {};
  std::string error = streams::parse_address(address).error;
  if (!error.empty() && nearest(address, {&inherited_address, 1})) {
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

std::string address_key(std::string_view address) {
  const streams::ParsedAddress parsed = streams::parse_address(address);
  if (!parsed) return {};
  const auto* host_port = std::get_if<streams::HostPort>(&parsed.address);
  if (!host_port) return streams::to_string(parsed.address);
  if (host_port->port == 0) return {};
  return streams::to_string(streams::HostPort{canonical_host(host_port->host), host_port->port});
}

}  // namespace config
