#include "client/load/listeners.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/socket.h>

#include "streams/unique_fd.hpp"

namespace client::load {
namespace {

/// An IPv4 one mapped into IPv6, in words as the kernel keeps them.
using IpAddress = std::array<std::uint32_t, 4>;
constexpr IpAddress any_v6{};
constexpr std::uint32_t listening = 1U << TCP_LISTEN;

IpAddress mapped(std::uint32_t v4) { return {0, 0, htonl(0xffff), v4}; }

IpAddress ip_address_of(const streams::Endpoint& endpoint) {
  IpAddress address;
  if (endpoint.family() == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, endpoint.address(), sizeof v4);
    return mapped(v4.sin_addr.s_addr);
  }
  sockaddr_in6 v6;
  std::memcpy(&v6, endpoint.address(), sizeof v6);
  std::memcpy(&address, &v6.sin6_addr, sizeof address);
  return address;
}

IpAddress ip_address_of(const inet_diag_msg& socket) {
  if (socket.idiag_family == AF_INET) return mapped(socket.id.idiag_src[0]);
  IpAddress address;
  std::memcpy(&address, socket.id.idiag_src, sizeof address);
  return address;
}

/// Whether who listens at `local` may be given a connection to `wanted`.
bool takes(const IpAddress& local, const IpAddress& wanted) {
  const bool is_v4 = std::equal(wanted.begin(), wanted.begin() + 3, mapped(0).begin());
  return local == wanted || local == any_v6 || (is_v4 && local == mapped(0));
}

/// Calls `take` with each socket that `request` is for, and its attributes.
template <class Socket, class Request, class Take>
void each_socket(const Request& request, Take take) {
  struct {
    nlmsghdr header;
    Request request;
  } query{};
  query.header.nlmsg_len = sizeof query;
  query.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  query.request = request;
  const streams::UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!fd || ::send(fd.get(), &query, sizeof query, 0) < 0) return;
  alignas(nlmsghdr) std::array<char, 32 * 1024> answer;
  for (;;) {
    const ssize_t size = ::recv(fd.get(), answer.data(), answer.size(), 0);
    if (size <= 0) return;
    for (std::string_view rest(answer.data(), static_cast<std::size_t>(size)); !rest.empty();) {
      const auto* const message = reinterpret_cast<const nlmsghdr*>(rest.data());
      if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY) return;  // the end, or an error
      const std::string_view content =
          rest.substr(sizeof *message, message->nlmsg_len - sizeof *message);
      take(*reinterpret_cast<const Socket*>(content.data()), content.substr(sizeof(Socket)));
      rest.remove_prefix(std::min<std::size_t>(NLMSG_ALIGN(message->nlmsg_len), rest.size()));
    }
  }
}

/// The path among a socket's attributes, if it has one.
std::string_view path_in(std::string_view attributes) {
  while (!attributes.empty()) {
    const auto* const attribute = reinterpret_cast<const rtattr*>(attributes.data());
    if (attribute->rta_type == UNIX_DIAG_NAME) {
      const std::string_view name =
          attributes.substr(sizeof *attribute, attribute->rta_len - sizeof *attribute);
      return name.substr(0, name.find('\0', 1));
    }
    attributes.remove_prefix(
        std::min<std::size_t>(RTA_ALIGN(attribute->rta_len), attributes.size()));
  }
  return {};
}

void add(std::vector<std::uint32_t>& inodes, const streams::Endpoint& endpoint, int family) {
  inet_diag_req_v2 request{};
  request.sdiag_family = static_cast<std::uint8_t>(family);
  request.sdiag_protocol = IPPROTO_TCP;
  request.idiag_states = listening;
  const IpAddress wanted = ip_address_of(endpoint);
  each_socket<inet_diag_msg>(request, [&](const inet_diag_msg& socket, std::string_view) {
    if (ntohs(socket.id.idiag_sport) != endpoint.port()) return;
    if (takes(ip_address_of(socket), wanted)) inodes.push_back(socket.idiag_inode);
  });
}

void add(std::vector<std::uint32_t>& inodes, const std::string& path) {
  unix_diag_req request{};
  request.sdiag_family = AF_UNIX;
  request.udiag_states = listening;
  request.udiag_show = UDIAG_SHOW_NAME;
  each_socket<unix_diag_msg>(request,
                             [&](const unix_diag_msg& socket, std::string_view attributes) {
                               if (path_in(attributes) == path) inodes.push_back(socket.udiag_ino);
                             });
}

}  // namespace

std::vector<std::uint32_t> listening_inodes(const TargetAddress& target) {
  std::vector<std::uint32_t> inodes;
  if (const auto* const endpoint = std::get_if<streams::Endpoint>(&target)) {
    add(inodes, *endpoint, AF_INET);
    add(inodes, *endpoint, AF_INET6);
  } else {
    add(inodes, std::get<streams::UnixPath>(target).path);
  }
  return inodes;
}

}  // namespace client::load
