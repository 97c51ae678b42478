#include "config/config.hpp"

namespace config {

std::vector<Listener> Config::default_listeners() {
  std::vector<Listener> listeners(2);
  listeners[0].name = listeners[0].protocol = "echo";
  listeners[0].address = "127.0.0.1:7007";
  listeners[1].name = listeners[1].protocol = "line";
  listeners[1].address = "127.0.0.1:7008";
  return listeners;
}

}  // namespace config
