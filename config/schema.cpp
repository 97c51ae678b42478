#include "config/schema.hpp"

#include <algorithm>

#include "config/keys.hpp"

namespace config {

Schema::Schema(Protocols protocols) : protocols_(protocols), rows_(options_of(protocols)) {
  for (const Key& key : keys) rows_.push_back(&key);
}

std::vector<const Key*> Schema::of(Table table) const {
  std::vector<const Key*> found;
  for (const Key* key : rows_) {
    if (key->table == table) found.push_back(key);
  }
  return found;
}

std::vector<const Key*> Schema::allowed(Table table) const {
  std::vector<const Key*> all = of(table);
  const auto add = [&](Table of_table) {
    for (const Key* key : of(of_table)) all.push_back(key);
  };
  if (table == Table::listener) add(Table::limits);
  if (table == Table::listener || table == Table::limits) add(Table::option);
  if (table == Table::limits) add(Table::budget);
  if (table == Table::listener) add(Table::access);
  if (table == Table::listener) add(Table::tcp);
  return all;
}

std::string_view Schema::home_of(std::string_view name) const {
  if (std::find(tables.begin(), tables.end(), name) != tables.end()) return "at the top level";
  for (const Key* key : rows_) {
    if (key->name != name) continue;
    switch (key->table) {
      case Table::top: return "at the top level, before the first table";
      case Table::limits:
      case Table::budget:
      case Table::option: return "in [limits]";
      case Table::access: return "in [access]";
      case Table::tcp: return "in [tcp]";
      case Table::log: return "in [log]";
      case Table::admin: return "in [admin]";
      case Table::metrics: return "in [metrics]";
      case Table::listener: return "in a [[listener]]";
    }
  }
  return {};
}

}  // namespace config
