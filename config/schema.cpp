#include "config/schema.hpp"

#include <algorithm>

#include "config/keys.hpp"

namespace config {

Schema::Schema(Protocols protocols) : protocols_(protocols), rows_(options_of(protocols)) {
  for (const Key& key : keys) rows_.push_back(&key);
}

std::vector<const Key*> Schema::of(Place place) const {
  std::vector<const Key*> found;
  for (const Key* key : rows_) {
    if (key->place == place) found.push_back(key);
  }
  return found;
}

std::vector<const Key*> Schema::allowed(Place table) const {
  std::vector<const Key*> all = of(table);
  const auto add = [&](Place place) {
    for (const Key* key : of(place)) all.push_back(key);
  };
  if (table == Place::listener) add(Place::limits);
  if (table == Place::listener || table == Place::limits) add(Place::option);
  return all;
}

std::string_view Schema::home_of(std::string_view name) const {
  if (std::find(tables.begin(), tables.end(), name) != tables.end()) return "at the top level";
  for (const Key* key : rows_) {
    if (key->name != name) continue;
    switch (key->place) {
      case Place::top: return "at the top level, before the first table";
      case Place::limits:
      case Place::option: return "in [limits]";
      case Place::log: return "in [log]";
      case Place::listener: return "in a [[listener]]";
    }
  }
  return {};
}

}  // namespace config
