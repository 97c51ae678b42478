#include "config/protocol.hpp"

#include <algorithm>

namespace config {

std::vector<std::string_view> names_of(Protocols protocols) {
  std::vector<std::string_view> names;
  for (const Protocol& protocol : protocols) {
    if (!protocol.own) names.push_back(protocol.name);
  }
  return names;
}

const Protocol* find(Protocols protocols, std::string_view name) noexcept {
  const auto found = std::find_if(protocols.begin(), protocols.end(),
                                  [name](const Protocol& row) { return row.name == name; });
  return found == protocols.end() ? nullptr : &*found;
}

std::vector<const Key*> options_of(Protocols protocols) {
  std::vector<const Key*> options;
  for (const Protocol& protocol : protocols) {
    for (const Key& key : protocol.options) {
      const bool known = std::any_of(options.begin(), options.end(),
                                     [&key](const Key* other) { return other->name == key.name; });
      if (!known) options.push_back(&key);
    }
  }
  return options;
}

Config defaults(Protocols protocols) {
  Config config;
  for (const Key* key : options_of(protocols)) config.options.emplace(key->name, key->preset());
  config.listeners = default_listeners(protocols, config);
  return config;
}

std::vector<Listener> default_listeners(Protocols protocols, const Config& config) {
  std::vector<Listener> listeners;
  for (const Protocol& protocol : protocols) {
    if (protocol.address.empty()) continue;
    Listener& listener = listeners.emplace_back(listener_under(config));
    listener.name = listener.protocol = protocol.name;
    listener.address = protocol.address;
  }
  return listeners;
}

}  // namespace config
