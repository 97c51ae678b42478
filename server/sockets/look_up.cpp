#include "server/sockets/look_up.hpp"

#include <cerrno>
#include <net/if.h>
#include <netdb.h>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "streams/resolve.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/shortage.hpp"

namespace server::sockets {

std::vector<streams::Endpoint> look_up(const streams::HostPort& address) {
  if (const auto literal = streams::Endpoint::of_literal(address)) return {*literal};
  if (const std::size_t zone = address.host.find('%'); zone != std::string::npos) {
    const std::string name = address.host.substr(zone + 1);
    errno = 0;
    if (::if_nametoindex(name.c_str()) == 0 && !text::remedy(errno).empty()) {
      throw std::system_error(errno, std::system_category(), "the interface " + text::quoted(name));
    }
    throw std::runtime_error("this machine has no interface " + text::quoted(name) +
                             " (\"ip link\" lists them)");
  }
  streams::LookUp found = streams::look_up(address.host, address.port);
  switch (found.error) {
    case 0: return std::move(found.endpoints);
    case EAI_MEMORY: throw std::bad_alloc();
    case EAI_SYSTEM: throw std::system_error(found.system, std::system_category(), "look-up");
    default: throw std::runtime_error(::gai_strerror(found.error));
  }
}

}  // namespace server::sockets
