#include "config/print.hpp"

#include <string_view>

#include "config/key.hpp"
#include "config/schema.hpp"

namespace config {
namespace {

void line(std::string& out, const Key& key, const Setting& value) {
  out.append(key.name).append(" = ").append(to_toml(key, value)).append("\n");
}

template <typename Owner>
void print(std::string& out, const Schema& schema, const Owner& owner) {
  for (const Key* key : schema.of(table_of<Owner>)) line(out, *key, key->get(owner));
}

void print_listener(std::string& out, const Schema& schema, const Listener& listener,
                    const Config& base) {
  out += "\n[[listener]]\n";
  for (const Key* key : schema.of(Table::listener)) {
    const Setting value = key->get(listener);
    // Most listeners leave these to the address, the umask and the process.
    const bool is_left_out = key->unit != Unit::integer && value == key->preset();
    if (!is_left_out) line(out, *key, value);
  }
  for (const Key* key : schema.of(Table::limits)) {
    const Setting own = key->get(listener.limits);
    if (own != key->get(base.limits)) line(out, *key, own);
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
  // Without the key, loading would bring the default listeners.
  if (config.listeners.empty()) out += "listener = []\n";
  out += "\n[limits]\n";
  print(out, schema, config.limits);
  for (const Key* key : schema.of(Table::option)) line(out, *key, config.options.at(key->name));
  out += "\n[log]\n";
  print(out, schema, config.log);
  for (const Listener& listener : config.listeners) print_listener(out, schema, listener, config);
  return out;
}

}  // namespace config
