#include "server/announce.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "streams/endpoint.hpp"
#include "streams/text/units.hpp"

namespace server {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  if (const auto at = text.find(what); at != std::string::npos) text.replace(at, what.size(), with);
  return text;
}

// The listener's protocol.try_it with its own host and port in place.
std::string how_to_try(const serving::Listener& listener, const std::string& address) {
  const auto colon = address.rfind(':');
  if (address.starts_with("unix:")) {
    if (listener.protocol.own) {
      return replaced(std::string(listener.protocol.try_it), "{host} {port}", address);
    }
    return "socat - UNIX-CONNECT:" + address.substr(colon + 1);
  }
  std::string host = address.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return replaced(replaced(std::string(listener.protocol.try_it), "{host}", host), "{port}",
                  address.substr(colon + 1));
}

// The log wants its events static.
std::string_view event_of(const protocols::Protocol& protocol) noexcept {
  if (protocol.name == "admin") return "admin-listening";
  if (protocol.name == "metrics") return "metrics-listening";
  return "listening";
}

void announce_socket(insight::Log& log, const serving::Listener& listener,
                     const sockets::ListeningSocket& socket) noexcept try {
  const std::string address = socket.address();
  const std::string try_it = how_to_try(listener, address);
  std::vector<insight::Field> fields{{"listener", listener.settings.name},
                                     {"protocol", listener.protocol.name},
                                     {"address", address}};
  if (socket.inherited()) fields.push_back({"socket", "inherited"});
  fields.push_back({"try", try_it});
  log.write(config::LogLevel::info, event_of(listener.protocol), fields);
} catch (const std::exception&) {
  // No memory for a line of the log; it listens all the same.
}

const sockets::ListeningSocket* on_all_interfaces(const serving::Acceptor& acceptor) noexcept {
  for (const sockets::ListeningSocket& socket : acceptor.sockets()) {
    if (streams::Endpoint::of_socket(socket.fd()).is_unspecified()) return &socket;
  }
  return nullptr;
}

void announce_buffer(insight::Log& log, std::string_view listener, std::string_view option,
                     std::size_t asked, std::size_t given, std::string_view most) noexcept try {
  if (asked == 0 || asked == given) return;
  const std::string asked_text = text::format_size(asked);
  const std::string given_text = text::format_size(given);
  log.warning("buffer-adjusted", {{"listener", listener},
                                  {"option", option},
                                  {"asked", asked_text},
                                  {"given", given_text},
                                  {"hint", given > asked ? "the system gives no less" : most}});
} catch (const std::exception&) {
  // No memory for a line of the log.
}

}  // namespace

void announce(insight::Log& log, const serving::Acceptor& acceptor) noexcept {
  for (const auto& socket : acceptor.sockets()) {
    announce_socket(log, acceptor.listener(), socket);
  }
  announce_buffers(log, acceptor);
}

void announce_buffers(insight::Log& log, const serving::Acceptor& acceptor) noexcept {
  const config::Listener& listener = acceptor.listener().settings;
  for (const auto& socket : acceptor.sockets()) {
    const auto sizes = socket.buffer_sizes();
    if (!sizes) continue;
    announce_buffer(log, listener.name, "rcvbuf", listener.tcp.rcvbuf, sizes->rcvbuf,
                    "sysctl net.core.rmem_max is the most");
    announce_buffer(log, listener.name, "sndbuf", listener.tcp.sndbuf, sizes->sndbuf,
                    "sysctl net.core.wmem_max is the most");
  }
}

std::vector<const serving::Acceptor*> open_to_all(const Acceptors& acceptors) {
  std::vector<const serving::Acceptor*> open;
  for (const auto& acceptor : acceptors) {
    const config::Access& access = acceptor->listener().settings.access;
    const bool has_lists = !access.allow.empty() || !access.deny.empty() ||
                           !acceptor->listener().settings.proxy.empty();
    if (has_lists || acceptor->listener().protocol.own) continue;
    if (on_all_interfaces(*acceptor) != nullptr) open.push_back(acceptor.get());
  }
  return open;
}

void announce_open_to_all(insight::Log& log, const Acceptors& acceptors,
                          const std::vector<const serving::Acceptor*>& before) noexcept try {
  for (const serving::Acceptor* const acceptor : open_to_all(acceptors)) {
    if (std::find(before.begin(), before.end(), acceptor) != before.end()) continue;
    const std::string address = on_all_interfaces(*acceptor)->address();
    log.warning(
        "open-to-all",
        {{"listener", acceptor->listener().settings.name},
         {"protocol", acceptor->listener().protocol.name},
         {"address", address},
         {"what", "whoever can reach this host may connect"},
         {"hint", R"(name who may in 'allow'; ["0.0.0.0/0", "::/0"] says that it is meant)"}});
  }
} catch (const std::exception&) {
  // No memory for a line of the log.
}

void announce_skipped(insight::Log& log, const config::Listener& listener,
                      std::string_view what) noexcept {
  log.warning("not-listening-there", {{"listener", listener.name}, {"what", what}});
}

void announce_exposed(insight::Log& log, const std::vector<std::string>& listeners) noexcept {
  for (const std::string& what : listeners) log.warning("exposed", {{"what", what}});
}

void announce_unused(insight::Log& log, const std::vector<std::string>& listeners) noexcept {
  for (const std::string& name : listeners) {
    log.warning(
        "listener-unused",
        {{"listener", name},
         {"why", "the command line has --listen options, and none for this listener"},
         {"hint", "it needs a .socket unit and a --listen option of its own, see echolined(8)"}});
  }
}

}  // namespace server
