#include "server/process/activation.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <optional>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

#include "config/error.hpp"
#include "config/listener_set.hpp"
#include "streams/text/number.hpp"

namespace server::process {
namespace {

constexpr int first_inherited = 3;  // SD_LISTEN_FDS_START
constexpr int most_inherited = 4096;

/// Takes a variable out of the environment.
std::optional<std::string> take_variable(const char* name) {
  const char* const value = std::getenv(name);
  std::optional<std::string> taken;
  if (value != nullptr) taken = value;
  ::unsetenv(name);
  return taken;
}

std::vector<std::string> split_names(std::string_view text) {
  std::vector<std::string> names;
  for (;;) {
    const std::size_t colon = text.find(':');
    names.emplace_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return names;
    text.remove_prefix(colon + 1);
  }
}

int socket_option(int fd, int option) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

bool is_listening_stream(int fd) {
  const int family = socket_option(fd, SO_DOMAIN);
  return (family == AF_INET || family == AF_INET6 || family == AF_UNIX) &&
         socket_option(fd, SO_TYPE) == SOCK_STREAM && socket_option(fd, SO_ACCEPTCONN) == 1;
}

// Names come from outside and go to a terminal.
std::string shown(std::string_view name) { return config::printable(config::quoted(name)); }

template <class Names>
std::string listed(const Names& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ", ";
    text += shown(name);
  }
  return text.empty() ? "none" : text;
}

}  // namespace

std::string activation_mismatch(std::span<const config::Listener> listeners,
                                std::span<const std::string> names) {
  std::set<std::string> expected;
  for (const config::Listener& listener : listeners) {
    if (listener.address == config::inherited_address) expected.insert(listener.name);
  }
  const std::set<std::string> passed(names.begin(), names.end());
  if (expected == passed && passed.size() == names.size()) return {};

  const std::string sides = "listeners with the address \"systemd\": " + listed(expected) +
                            "; sockets passed on by systemd: " + listed(names) + "; ";
  if (passed.size() != names.size()) {
    return sides +
           "two of these have one name: give each its own .socket unit with a FileDescriptorName= "
           "of its own";
  }
  if (passed.empty()) {
    return sides +
           "start the daemon through .socket units, or give these listeners addresses to bind";
  }
  return sides +
         "each side must have the names of the other: set FileDescriptorName= in the .socket units "
         "to the listeners' names, and address = \"systemd\" in these listeners and no other";
}

InheritedSockets::InheritedSockets() {
  const auto pid = take_variable("LISTEN_PID");
  const auto count = take_variable("LISTEN_FDS");
  const auto names = take_variable("LISTEN_FDNAMES");
  if (!pid || !count || text::whole_number<int>(*pid) != ::getpid()) return;
  const int sockets = text::whole_number<int>(*count).value_or(-1);
  if (sockets < 0 || sockets > most_inherited) {
    throw ActivationError("LISTEN_FDS is " + shown(*count) +
                          "; it has to be the number of sockets passed on");
  }
  if (names && !names->empty()) names_ = split_names(*names);
  names_.resize(static_cast<std::size_t>(sockets), "unknown");
  for (int i = 0; i < sockets; ++i) {
    const int fd = first_inherited + i;
    if (!is_listening_stream(fd)) {
      throw ActivationError("the socket " + shown(names_[static_cast<std::size_t>(i)]) +
                            " that systemd passed on, descriptor " + std::to_string(fd) +
                            ", does not listen for streams; use ListenStream= and Accept=no in its "
                            ".socket unit");
    }
    sockets_.emplace_back(fd);
  }
}

streams::UniqueFd InheritedSockets::take(std::string_view name) {
  const auto at = std::find(names_.begin(), names_.end(), name);
  assert(at != names_.end() && "names are checked first");
  return std::move(sockets_[static_cast<std::size_t>(at - names_.begin())]);
}

}  // namespace server::process
