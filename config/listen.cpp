#include "config/listen.hpp"

#include <algorithm>

#include "config/address_clash.hpp"
#include "config/error.hpp"
#include "config/listener_set.hpp"
#include "streams/text/suggest.hpp"

namespace config {
namespace {

ParsedListen failure(std::string_view what) { return {.listener = {}, .error = printable(what)}; }

std::string example(Protocols protocols) {
  for (const Protocol& protocol : protocols) {
    if (protocol.address.empty()) continue;
    return ", as in " + std::string{protocol.name}.append("=").append(protocol.address);
  }
  return {};
}

}  // namespace

ParsedListen parse_listen(std::string_view text, Protocols protocols, const Config& base) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return failure(quoted(text) + " has no '='; write PROTOCOL=ADDRESS" + example(protocols));
  }
  const std::string_view protocol = text.substr(0, equals);
  const std::vector<std::string_view> known = names_of(protocols);
  if (std::find(known.begin(), known.end(), protocol) == known.end()) {
    const std::string name{protocol};
    if (find(protocols, protocol) != nullptr) {
      return failure(name + " has a table of its own in the file: [" + name + "]");
    }
    return failure("unknown protocol " + quoted(protocol) + text::suggestion(protocol, known, '"'));
  }
  const std::string_view address = text.substr(equals + 1);
  if (const std::string error = address_error(address); !error.empty()) return failure(error);

  ParsedListen result;
  result.listener = listener_under(base);
  result.listener.name = protocol;
  result.listener.protocol = protocol;
  result.listener.address = address;
  return result;
}

ParsedListens parse_listens(std::span<const std::string> texts, Protocols protocols,
                            const Config& base) {
  ParsedListens all;
  for (const std::string& text : texts) {
    ParsedListen one = parse_listen(text, protocols, base);
    if (!one) {
      all.errors.push_back(std::move(one.error));
      continue;
    }
    one.listener.name.clear();
    all.listeners.push_back(std::move(one.listener));
  }
  name_unnamed(all.listeners);
  for (const auto& [index, earlier] : clashes(all.listeners)) {
    all.errors.push_back(clash_text(all.listeners[index], all.listeners[earlier], ""));
  }
  return all;
}

}  // namespace config
