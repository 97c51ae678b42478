#include "server/sockets/kept_sockets.hpp"

#include <map>
#include <string>

#include "config/address_clash.hpp"

namespace server::sockets {
namespace {

// Unique among the listeners of one configuration. No address holds a line feed.
std::string key_of(const config::Listener& listener) {
  const std::string key = config::address_key(listener);
  return key.empty() ? listener.address + '\n' + listener.name : key;
}

}  // namespace

std::vector<std::optional<std::size_t>> kept_sockets(std::span<const config::Listener> present,
                                                     std::span<const config::Listener> wanted) {
  std::map<std::string, std::size_t> sockets;
  for (std::size_t i = 0; i < present.size(); ++i) sockets.emplace(key_of(present[i]), i);
  std::vector<std::optional<std::size_t>> kept;
  for (const config::Listener& listener : wanted) {
    const auto found = sockets.find(key_of(listener));
    kept.push_back(found == sockets.end() ? std::nullopt : std::optional(found->second));
  }
  return kept;
}

}  // namespace server::sockets
