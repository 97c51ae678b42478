#include "server/announce.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace server {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  if (const auto at = text.find(what); at != std::string::npos) text.replace(at, what.size(), with);
  return text;
}

// The listener's protocol.try_it with its own host and port in place.
std::string how_to_try(const serving::Listener& listener, const std::string& address) {
  const auto colon = address.rfind(':');
  if (address.starts_with("unix:")) return "socat - UNIX-CONNECT:" + address.substr(colon + 1);
  std::string host = address.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return replaced(replaced(std::string(listener.protocol.try_it), "{host}", host), "{port}",
                  address.substr(colon + 1));
}

}  // namespace

void announce(insight::Log& log, serving::Acceptor& acceptor) {
  const serving::Listener& listener = acceptor.listener();
  const std::string address = acceptor.address();
  const std::string try_it = how_to_try(listener, address);
  std::vector<insight::Field> fields{{"listener", listener.settings.name},
                                     {"protocol", listener.protocol.name},
                                     {"address", address}};
  if (acceptor.inherited()) fields.push_back({"socket", "inherited"});
  fields.push_back({"try", try_it});
  log.write(config::LogLevel::info, "listening", fields);
}

}  // namespace server
