#include "server/sockets/look_up.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <net/if.h>
#include <netdb.h>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include "streams/text/shortage.hpp"

namespace server::sockets {

std::vector<streams::Endpoint> look_up(const streams::HostPort& address) {
  if (const auto literal = streams::Endpoint::of_literal(address)) return {*literal};
  if (const std::size_t zone = address.host.find('%'); zone != std::string::npos) {
    const std::string name = address.host.substr(zone + 1);
    errno = 0;
    if (::if_nametoindex(name.c_str()) == 0 && !text::remedy(errno).empty()) {
      throw std::system_error(errno, std::system_category(), "the interface \"" + name + '"');
    }
    throw std::runtime_error("this machine has no interface \"" + name +
                             "\" (\"ip link\" lists them)");
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(address.host.c_str(), nullptr, &hints, &found); error != 0) {
    if (error == EAI_MEMORY) throw std::bad_alloc();
    if (error == EAI_SYSTEM) throw std::system_error(errno, std::system_category(), "look-up");
    throw std::runtime_error(::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
  std::vector<streams::Endpoint> endpoints;
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) {
    sockaddr_storage storage{};
    std::memcpy(&storage, one->ai_addr, std::min<std::size_t>(one->ai_addrlen, sizeof storage));
    const streams::Endpoint endpoint = streams::Endpoint(storage).with_port(address.port);
    if (std::find(endpoints.begin(), endpoints.end(), endpoint) == endpoints.end()) {
      endpoints.push_back(endpoint);
    }
  }
  return endpoints;
}

}  // namespace server::sockets
