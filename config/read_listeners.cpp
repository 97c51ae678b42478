#include "config/read_listeners.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "config/address_clash.hpp"
#include "config/listener_set.hpp"
#include "config/read_address.hpp"
#include "config/read_faults.hpp"
#include "config/read_tcp.hpp"
#include "config/units.hpp"
#include "streams/text/suggest.hpp"

namespace config {
namespace {

// The mark that this table sets is at fault; if it sets both, the low one.
void refuse_marks(TableReader& reader, bool low_is_set, const Limits& limits) {
  const std::string low = quoted(format_size(limits.low_water));
  const std::string high = quoted(format_size(limits.high_water));
  if (low_is_set) {
    reader.error(reader.at("low_water"), "'low_water' is " + low + "; allowed is at most the " +
                                             "'high_water' that applies here, " + high);
  } else {
    reader.error(reader.at("high_water"), "'high_water' is " + high + "; allowed is at least the " +
                                              "'low_water' that applies here, " + low);
  }
}

class ListenersReader {
 public:
  ListenersReader(const Config& base, bool limits_good, const Schema& schema, ErrorList& errors)
      : base_(base),
        limits_good_(limits_good),
        schema_(schema),
        protocols_(names_of(schema.protocols())),
        errors_(errors) {}

  Listener read(const Value& table) {
    TableReader reader{table, Table::listener, schema_, errors_};
    Listener listener = listener_under(base_);
    reader.read(listener);
    check_name(reader, listener.name);
    check_protocol(reader, listener.protocol);
    if (reader.how_read("address") == Read::absent) {
      reader.error(reader.at(),
                   "this [[listener]] has no 'address'; write HOST:PORT, [IPV6]:PORT, unix:/PATH "
                   "or systemd");
    }
    check_address(reader, listener.address);
    check_access(reader, listener.address, listener.mode, listener.group);
    check_families(reader, listener);
    reader.read(listener.access);
    // Proxies name clients that have some.
    if (listener.proxy.empty()) check_addresses(reader, listener.address);
    check_faults(reader, find(schema_.protocols(), listener.protocol), listener);
    read_limits(reader, limits_good_, listener.limits, listener.options);
    read_tcp(reader, listener.tcp);
    refuse_tcp_of_path(reader, schema_, listener.address);
    if (limits_good_ && listener.limits.max_connections > base_.limits.max_connections) {
      reader.error(reader.at("max_connections"),
                   "'max_connections' is " + std::to_string(listener.limits.max_connections) +
                       "; allowed is at most the whole server's in [limits], " +
                       std::to_string(base_.limits.max_connections));
    }
    reader.refuse_unknown();
    return listener;
  }

 private:
  void check_name(TableReader& reader, const std::string& name) {
    if (reader.how_read("name") != Read::good) return;
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

  void check_protocol(TableReader& reader, const std::string& protocol) {
    const Read read = reader.how_read("protocol");
    if (read == Read::absent) {
      reader.error(reader.at(), "this [[listener]] has no 'protocol'; allowed are " +
                                    text::listed(protocols_, '"'));
    }
    if (read != Read::good) return;
    if (std::find(protocols_.begin(), protocols_.end(), protocol) == protocols_.end()) {
      const Protocol* const own = find(schema_.protocols(), protocol);
      reader.error(reader.at("protocol"),
                   own != nullptr ? protocol + " has a table of its own: write [" + protocol + "]"
                                  : "unknown protocol " + quoted(protocol) +
                                        text::suggestion(protocol, protocols_, '"'));
    }
  }

  void check_families(TableReader& reader, const Listener& listener) {
    if (reader.how_read("address") != Read::good) return;
    const bool has_families =
        !listener.address.starts_with("unix:") && listener.address != inherited_address;
    if (!has_families && listener.ipv6_only != Ipv6Only::automatic) {
      reader.error(reader.at("ipv6_only"), "'ipv6_only' applies to a host and port only; this is " +
                                               quoted(listener.address));
    }
  }

  void check_addresses(TableReader& reader, const std::string& address) {
    if (!address.starts_with("unix:")) return;
    for (const Key* key : schema_.of(Table::access)) {
      if (reader.how_read(key->name) == Read::absent) continue;
      reader.error(reader.at(key->name), "'" + std::string{key->name} +
                                             "' applies to IP addresses only; this is " +
                                             quoted(address));
    }
  }

  const Config& base_;
  const bool limits_good_;
  const Schema& schema_;
  const std::vector<std::string_view> protocols_;
  ErrorList& errors_;
  std::map<std::string, Position> names_;
};

}  // namespace

bool read_limits(TableReader& reader, bool base_good, Limits& limits, OptionValues& options) {
  reader.read(limits);
  reader.read_options(options);
  const Read high_water = reader.how_read("high_water");
  const Read low_water = reader.how_read("low_water");
  const bool either_set = high_water == Read::good || low_water == Read::good;
  const bool both_set = high_water == Read::good && low_water == Read::good;
  const bool either_bad = high_water == Read::bad || low_water == Read::bad;
  const bool comparable = either_set && !either_bad && (base_good || both_set);
  if (comparable && limits.low_water > limits.high_water) {
    refuse_marks(reader, low_water == Read::good, limits);
    return false;
  }
  return reader.good();
}

std::vector<Listener> read_listeners(const Value& array, const Config& base, bool limits_good,
                                     const Schema& schema, ErrorList& errors) {
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
  ListenersReader reader{base, limits_good, schema, errors};
  std::vector<Position> places;
  for (const Value& item : array.items) {
    if (item.kind == Kind::table) {
      listeners.push_back(reader.read(item));
      places.push_back(TableReader{item, Table::listener, schema, errors}.at("address"));
    } else {
      errors.add(item.at, "'listener' expects tables, found " + std::string{name_of(item.kind)} +
                              "; write [[listener]]");
    }
  }
  name_unnamed(listeners);
  for (const auto& [index, earlier] : clashes(listeners)) {
    const std::string place = " at line " + std::to_string(places[earlier].line);
    errors.add(places[index], clash_text(listeners[index], listeners[earlier], place));
  }
  return listeners;
}

}  // namespace config
