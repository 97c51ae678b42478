#include "streams/resolve.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <new>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <utility>

#include <asio/error.hpp>

#include "streams/error.hpp"
#include "streams/to_thread.hpp"

namespace streams {
namespace {

std::error_code error_of(const LookUp& answer) {
  switch (answer.error) {
    case 0: return {};
    case EAI_AGAIN: return asio::error::host_not_found_try_again;
    case EAI_FAIL: return asio::error::no_recovery;
    case EAI_SERVICE: return asio::error::service_not_found;
    case EAI_MEMORY: return std::make_error_code(std::errc::not_enough_memory);
    case EAI_SYSTEM: return {answer.system, std::system_category()};
    default: return asio::error::host_not_found;
  }
}

Resolved resolved_from(LookUp answer) {
  Resolved resolved;
  resolved.ec = error_of(answer);
  resolved.endpoints = std::move(answer.endpoints);
  return resolved;
}

}  // namespace

LookUp look_up(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  hints.ai_flags = AI_NUMERICSERV | flags;
  LookUp found;
  addrinfo* first = nullptr;
  found.error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &first);
  found.system = errno;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(first, &::freeaddrinfo);
  for (const addrinfo* info = first; info != nullptr; info = info->ai_next) {
    sockaddr_storage storage{};
    std::memcpy(&storage, info->ai_addr, info->ai_addrlen);
    found.endpoints.emplace_back(storage);
  }
  return found;
}

Task<Resolved> resolve(EventLoop& loop, HostPort address) {
  LookUp answer = look_up(address.host, address.port, AI_NUMERICHOST);
  if (answer.error == 0) co_return resolved_from(std::move(answer));
  Resolved failed;
  try {
    auto looking = to_thread(loop, &look_up, std::move(address.host), address.port, 0);
    std::optional<LookUp> found = co_await std::move(looking);
    if (found) co_return resolved_from(std::move(*found));
    failed.ec = make_cancelled();
  } catch (const std::system_error& error) {
    failed.ec = error.code();
  }
  co_return failed;
}

}  // namespace streams
