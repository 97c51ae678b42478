#include "config/own_listeners.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "config/address_clash.hpp"
#include "config/listener_set.hpp"
#include "streams/address.hpp"
#include "streams/endpoint.hpp"

namespace config {
namespace {

/// Of a few connections of this host's.
constexpr int backlog = 64;
constexpr std::chrono::seconds longest_idle_scraper{60};

template <typename Settings>
void add(Config& config, Protocols protocols, std::string_view name, const Settings& settings,
         std::vector<std::string>& errors) {
  if (settings.address.empty() || find(protocols, name) == nullptr) return;
  Listener own;
  own.protocol = name;
  own.address = settings.address;
  own.backlog = backlog;
  own.mode = settings.mode;
  own.group = settings.group;
  own.limits = config.limits;
  own.limits.max_connections = settings.max_connections;
  own.limits.at_limit = AtLimit::refuse;
  own.options = config.options;
  // Who watches events is silent for as long as there are none, and whoever types has time.
  if (name == "admin") {
    own.limits.idle_timeout = own.limits.first_byte_timeout = own.limits.line_timeout = {};
    own.limits.max_session_time = {};
  }
  // Who does not scrape for so long has no use for one of its few places.
  if (name == "metrics" &&
      (own.limits.idle_timeout.count() == 0 || own.limits.idle_timeout > longest_idle_scraper)) {
    own.limits.idle_timeout = longest_idle_scraper;
  }
  config.listeners.push_back(std::move(own));
  name_unnamed(config.listeners);
  const Listener& added = config.listeners.back();
  const auto earlier =
      std::find_if(config.listeners.begin(), config.listeners.end() - 1,
                   [&](const Listener& one) { return addresses_clash(one, added); });
  if (earlier == config.listeners.end() - 1) return;
  errors.push_back(clash_text(added, *earlier, ""));
  config.listeners.pop_back();
}

}  // namespace

std::vector<std::string> add_own_listeners(Config& config, Protocols protocols) {
  std::vector<std::string> errors;
  add(config, protocols, "admin", config.admin, errors);
  add(config, protocols, "metrics", config.metrics, errors);
  return errors;
}

bool is_reachable_from_outside(const std::string& address) {
  const streams::ParsedAddress parsed = streams::parse_address(address);
  const auto* const host_port = std::get_if<streams::HostPort>(&parsed.address);
  if (!parsed || host_port == nullptr) return false;
  const auto literal = streams::Endpoint::of_literal(*host_port);
  return literal ? !literal->is_loopback() : host_port->host != "localhost";
}

}  // namespace config
