#include "client/load/preflight.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>
#include <netinet/in.h>
#include <optional>
#include <sys/resource.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include "client/load/share.hpp"
#include "streams/happy_eyeballs.hpp"
#include "streams/open_connection.hpp"
#include "streams/resolve.hpp"
#include "streams/timeout.hpp"

namespace client::load {
namespace {

constexpr std::size_t files_of_process = 64;
constexpr std::size_t files_of_thread = 8;  // its loop's own, and the timer of a rate

std::size_t local_ports() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen("/proc/sys/net/ipv4/ip_local_port_range", "re"), std::fclose);
  unsigned first = 0;
  unsigned last = 0;
  const bool known =
      file != nullptr && std::fscanf(file.get(), "%u %u", &first, &last) == 2 && first <= last;
  return known ? last - first + 1 : 65535;
}

std::optional<streams::Endpoint> parse_source(const std::string& text) {
  sockaddr_storage storage{};
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    storage.ss_family = AF_INET6;
  } else {
    return std::nullopt;
  }
  return streams::Endpoint(storage);
}

std::string check_source(const streams::Endpoint& source) {
  const streams::UniqueFd fd(::socket(source.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd && ::bind(fd.get(), source.address(), source.address_size()) == 0) return {};
  return std::error_code(errno, std::system_category()).message();
}

/// Fills in the sources that are of the target's family.
std::string find_sources(const Plan& plan, ResolvedTarget& target) {
  const auto* const address = std::get_if<streams::Endpoint>(&target.address);
  for (const std::string& text : plan.bind) {
    if (address == nullptr) return "--bind " + text + ": a Unix socket has no source address";
    const auto source = parse_source(text);
    if (!source) return "--bind " + text + ": not an IPv4 or IPv6 address";
    if (source->family() != address->family()) {
      return "--bind " + text + ": not in the address family of the target, " +
             address->to_string();
    }
    if (const std::string why = check_source(*source); !why.empty()) {
      return "--bind " + text + ": " + why + "; use addresses of this machine";
    }
    target.sources.push_back(*source);
  }
  return {};
}

/// One address may be that of several targets, which then need a port for each of its connections.
std::string check_ports_of(const std::vector<ResolvedTarget>& targets, std::size_t connections) {
  std::map<std::string, std::size_t> to;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto* const peer = std::get_if<streams::Endpoint>(&targets[i].address);
    if (peer == nullptr) continue;
    std::size_t& own = to[peer->to_string()];
    own += Share{i, targets.size(), connections}.own();
    std::string error = check_ports(own, targets[i].sources.size(), local_ports());
    if (!error.empty()) return error;
  }
  return {};
}

streams::Task<std::error_code> try_target(streams::EventLoop& loop, const Plan& plan, Target wanted,
                                          ResolvedTarget& target) {
  streams::Opened opened;
  if (const auto* const path = std::get_if<streams::UnixPath>(&wanted.address)) {
    target.address = *path;
    auto opening = streams::open_connection(loop, wanted.address);
    opened = co_await std::move(opening);
    if (opened.connection != nullptr && plan.proxy) {
      co_await introduce_and_leave(loop, plan.proxy, *opened.connection);
    }
    co_return opened.ec;
  }
  auto resolving = streams::resolve(loop, std::get<streams::HostPort>(wanted.address));
  const streams::Resolved resolved = co_await std::move(resolving);
  if (resolved.ec) co_return resolved.ec;
  auto connecting = streams::connect_to_first(loop, resolved.endpoints, {}, plan.socket);
  opened = co_await std::move(connecting);
  if (opened.connection != nullptr) {
    target.address = opened.connection->writer().peername();
    if (plan.proxy) co_await introduce_and_leave(loop, plan.proxy, *opened.connection);
  }
  co_return opened.ec;
}

}  // namespace

streams::Task<Preflight> preflight(streams::EventLoop& loop, const Plan& plan) {
  Preflight result;
  result.error = check_open_files(plan.connections, plan.threads);
  if (!result.error.empty()) co_return result;
  result.targets.resize(plan.targets.size());
  for (std::size_t i = 0; i < plan.targets.size() && result.error.empty(); ++i) {
    const Target& wanted = plan.targets[i];
    auto trying = try_target(loop, plan, wanted, result.targets[i]);
    auto timed = streams::with_timeout(loop, plan.connect_timeout, std::move(trying));
    const auto [late, failed] = co_await std::move(timed);
    if (const std::error_code ec = late ? late : failed) {
      result.error = "cannot connect to " + wanted.name + ": " + ec.message();
    } else {
      result.error = find_sources(plan, result.targets[i]);
    }
  }
  if (result.error.empty()) result.error = check_ports_of(result.targets, plan.connections);
  co_return result;
}

std::string check_open_files(std::size_t connections, std::size_t threads) {
  const rlim_t needed = connections + files_of_process + threads * files_of_thread;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return {};
  const rlimit raised{std::min(limit.rlim_max, needed), limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0 && raised.rlim_cur >= needed) return {};
  return std::to_string(connections) + " connections need " + std::to_string(needed) +
         " open files, and the limit is " + std::to_string(limit.rlim_max) +
         "; raise it (ulimit -Hn " + std::to_string(needed) +
         " as root, or LimitNOFILE= of the systemd unit), or use fewer --connections";
}

std::string check_ports(std::size_t connections, std::size_t sources, std::size_t ports) {
  const std::size_t addresses = std::max<std::size_t>(sources, 1);
  if (connections <= ports * addresses) return {};
  const std::size_t needed = (connections + ports - 1) / ports;
  return std::to_string(connections) + " connections to one target need as many local ports, and " +
         std::to_string(addresses) + (addresses == 1 ? " address has " : " addresses have ") +
         std::to_string(ports * addresses) + "; give " + std::to_string(needed) +
         " addresses of this machine (--bind ADDR,ADDR), or widen net.ipv4.ip_local_port_range";
}

}  // namespace client::load
