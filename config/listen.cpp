#include "config/listen.hpp"

#include <algorithm>
#include <set>

#include "config/error.hpp"
#include "config/listen_address.hpp"
#include "config/listener_set.hpp"
#include "config/suggest.hpp"

namespace config {
namespace {

ParsedListen failure(std::string_view what) { return {.listener = {}, .error = printable(what)}; }

}  // namespace

ParsedListen parse_listen(std::string_view text, std::span<const std::string_view> protocols,
                          const Limits& limits) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return failure(quoted(text) + " has no '='; write PROTOCOL=ADDRESS, as in echo=127.0.0.1:7007");
  }
  const std::string_view protocol = text.substr(0, equals);
  if (std::find(protocols.begin(), protocols.end(), protocol) == protocols.end()) {
    return failure("unknown protocol " + quoted(protocol) + suggestion(protocol, protocols, '"'));
  }
  const std::string_view address = text.substr(equals + 1);
  if (const std::string error = address_error(address); !error.empty()) return failure(error);

  ParsedListen result;
  result.listener.name = protocol;
  result.listener.protocol = protocol;
  result.listener.address = address;
  result.listener.limits = limits;
  return result;
}

ParsedListens parse_listens(std::span<const std::string> texts,
                            std::span<const std::string_view> protocols, const Limits& limits) {
  ParsedListens all;
  std::set<std::string> addresses;
  for (const std::string& text : texts) {
    ParsedListen one = parse_listen(text, protocols, limits);
    if (!one) {
      all.errors.push_back(std::move(one.error));
      continue;
    }
    const std::string key = address_key(one.listener.address);
    if (!key.empty() && !addresses.insert(key).second) {
      all.errors.push_back(printable("the address " + quoted(one.listener.address) +
                                     " is given twice; addresses must differ"));
    }
    one.listener.name.clear();
    all.listeners.push_back(std::move(one.listener));
  }
  name_unnamed(all.listeners);
  return all;
}

}  // namespace config
