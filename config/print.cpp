#include "config/print.hpp"

#include <algorithm>
#include <string_view>

#include "config/key.hpp"
#include "config/schema.hpp"

namespace config {
namespace {

void line(std::string& out, const Key& key, const Setting& value) {
  out.append(key.name).append(" = ").append(to_toml(key, value)).append("\n");
}

/// Of a table that most leave as it is: without its empty texts.
template <typename Owner>
void print_own(std::string& out, const Schema& schema, std::string_view name, const Owner& owner) {
  out.append("\n[").append(name).append("]\n");
  for (const Key* key : schema.of(table_of<Owner>)) {
    const Setting value = key->get(owner);
    if (key->unit != Unit::text || value != key->preset()) line(out, *key, value);
  }
}

template <typename Owner>
void print(std::string& out, const Schema& schema, const Owner& owner) {
  for (const Key* key : schema.of(table_of<Owner>)) line(out, *key, key->get(owner));
}

void print_listener(std::string& out, const Schema& schema, const Listener& listener,
                    const Config& base) {
  out += "\n[[listener]]\n";
  Listener usual;
  usual.log_sessions = base.log.sessions;
  for (const Key* key : schema.of(Table::listener)) {
    const Setting value = key->get(listener);
    // Most listeners leave these to the address, the umask, the process and [log].
    if (key->is_always_printed || value != key->get(usual)) line(out, *key, value);
  }
  for (const Key* key : schema.of(Table::limits)) {
    const Setting own = key->get(listener.limits);
    if (own != key->get(base.limits)) line(out, *key, own);
  }
  for (const Key* key : schema.of(Table::access)) {
    const Setting own = key->get(listener.access);
    if (own != key->get(base.access)) line(out, *key, own);
  }
  for (const Key* key : schema.of(Table::tcp)) {
    const Setting own = key->get(listener.tcp);
    if (own != key->get(base.tcp)) line(out, *key, own);
  }
  for (const Key* key : schema.of(Table::option)) {
    const Setting& own = listener.options.at(key->name);
    if (own != base.options.at(key->name)) line(out, *key, own);
  }
}

}  // namespace

std::string to_toml(const Config& config, Protocols protocols) {
  const Schema schema{protocols};
  std::string out;
  print(out, schema, config);
  const auto is_own = [&](const Listener& listener) {
    const Protocol* const protocol = find(protocols, listener.protocol);
    return protocol != nullptr && protocol->own;
  };
  // Without the key, loading would bring the default listeners.
  if (std::all_of(config.listeners.begin(), config.listeners.end(), is_own))
    out += "listener = []\n";
  out += "\n[limits]\n";
  print(out, schema, config.limits);
  for (const Key* key : schema.of(Table::option)) line(out, *key, config.options.at(key->name));
  print(out, schema, config.budget);
  out += "\n[access]\n";
  print(out, schema, config.access);
  out += "\n[tcp]\n";
  print(out, schema, config.tcp);
  out += "\n[log]\n";
  print(out, schema, config.log);
  print_own(out, schema, "admin", config.admin);
  print_own(out, schema, "metrics", config.metrics);
  for (const Listener& listener : config.listeners) {
    if (!is_own(listener)) print_listener(out, schema, listener, config);
  }
  return out;
}

}  // namespace config
