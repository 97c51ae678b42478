#include "config/read_listeners.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "config/keys.hpp"
#include "config/listen_address.hpp"
#include "config/listener_set.hpp"
#include "config/read_limits.hpp"
#include "config/table_reader.hpp"

namespace config {
namespace {

class ListenersReader {
 public:
  ListenersReader(const Limits& limits, bool limits_good,
                  std::span<const std::string_view> protocols, ErrorList& errors)
      : limits_(limits), limits_good_(limits_good), protocols_(protocols), errors_(errors) {
    allowed_.assign(listener_keys.begin(), listener_keys.end());
    allowed_.insert(allowed_.end(), limits_keys.begin(), limits_keys.end());
  }

  Listener read(const Value& table) {
    TableReader reader{table, "in [[listener]]", errors_};
    Listener listener;
    read_name(reader, listener.name);
    read_protocol(reader, listener.protocol);
    read_address(reader, listener.address);
    reader.integer("backlog", 1, 65535, listener.backlog);
    listener.limits = limits_;
    read_limits(reader, limits_good_, listener.limits);
    if (limits_good_ && listener.limits.max_connections > limits_.max_connections) {
      reader.error(reader.at("max_connections"),
                   "'max_connections' is " + std::to_string(listener.limits.max_connections) +
                       "; allowed is at most the whole server's in [limits], " +
                       std::to_string(limits_.max_connections));
    }
    reader.refuse_unknown(allowed_);
    return listener;
  }

 private:
  void read_name(TableReader& reader, std::string& name) {
    if (reader.string("name", name) != Read::good) return;
    const Position at = reader.at("name");
    if (name.empty()) {
      reader.error(at, "'name' is empty; write a name, or leave it out for the protocol's");
      return;
    }
    if (printable(name) != name) {
      reader.error(at, "'name' has a control character in it; allowed is printable text");
      return;
    }
    const auto [first, is_new] = names_.emplace(name, at);
    if (!is_new) {
      reader.error(at, "the name " + quoted(name) + " is taken by the listener at line " +
                           std::to_string(first->second.line) + "; names must differ");
    }
  }

  void read_protocol(TableReader& reader, std::string& protocol) {
    const Read read = reader.string("protocol", protocol);
    if (read == Read::absent) {
      reader.error(reader.at(),
                   "this [[listener]] has no 'protocol'; allowed are " + listed(protocols_, '"'));
    }
    if (read != Read::good) return;
    if (std::find(protocols_.begin(), protocols_.end(), protocol) == protocols_.end()) {
      reader.error(reader.at("protocol"),
                   "unknown protocol " + quoted(protocol) + suggestion(protocol, protocols_, '"'));
    }
  }

  void read_address(TableReader& reader, std::string& address) {
    const Read read = reader.string("address", address);
    if (read == Read::absent) {
      reader.error(reader.at(),
                   "this [[listener]] has no 'address'; write HOST:PORT, [IPV6]:PORT, unix:/PATH "
                   "or systemd");
    }
    if (read != Read::good) return;
    const Position at = reader.at("address");
    if (const std::string error = address_error(address); !error.empty()) {
      reader.error(at, "'address': " + error);
      return;
    }
    const std::string key = address_key(address);
    if (key.empty()) return;
    const auto [first, is_new] = addresses_.emplace(key, at);
    if (!is_new) {
      reader.error(at, "the address " + quoted(address) + " is taken by the listener at line " +
                           std::to_string(first->second.line) + "; addresses must differ");
    }
  }

  const Limits& limits_;
  const bool limits_good_;
  const std::span<const std::string_view> protocols_;
  ErrorList& errors_;
  std::vector<std::string_view> allowed_;
  std::map<std::string, Position> names_;
  std::map<std::string, Position> addresses_;
};

}  // namespace

std::vector<Listener> read_listeners(const Value& array, const Limits& limits, bool limits_good,
                                     std::span<const std::string_view> protocols,
                                     ErrorList& errors) {
  std::vector<Listener> listeners;
  if (array.kind != Kind::array) {
    errors.add(array.at, "'listener' expects an array of tables, found " +
                             std::string{name_of(array.kind)} +
                             "; write [[listener]] with two brackets");
    return listeners;
  }
  if (array.items.empty()) {
    errors.add(array.at,
               "'listener' is empty; write a [[listener]], or leave it out for the default ones");
  }
  ListenersReader reader{limits, limits_good, protocols, errors};
  for (const Value& item : array.items) {
    if (item.kind == Kind::table) {
      listeners.push_back(reader.read(item));
    } else {
      errors.add(item.at, "'listener' expects tables, found " + std::string{name_of(item.kind)} +
                              "; write [[listener]]");
    }
  }
  name_unnamed(listeners);
  return listeners;
}

}  // namespace config
