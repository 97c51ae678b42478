#include "config/load.hpp"

#include "config/read_address.hpp"
#include "config/read_file.hpp"
#include "config/read_listeners.hpp"
#include "config/read_tcp.hpp"
#include "config/schema.hpp"
#include "config/table_reader.hpp"
#include "config/units.hpp"

namespace config {
namespace {

template <typename OwnListener>
void read_own_listener(TableReader& top, std::string_view name, OwnListener& own,
                       const Schema& schema, ErrorList& errors) {
  const Value* const table = top.table(name);
  if (table == nullptr) return;
  TableReader reader{*table, table_of<OwnListener>, schema, errors};
  reader.read(own);
  if (!own.address.empty()) check_address(reader, own.address);
  check_access(reader, own.address, own.mode, own.group);
  if (!own.address.empty() && find(schema.protocols(), name) == nullptr) {
    reader.error(reader.at("address"), "'address': this program has no " + std::string{name});
  }
  reader.refuse_unknown();
}

void read_budget(TableReader& reader, Budget& budget) {
  reader.read(budget);
  if (reader.how_read("max_memory") != Read::good) return;
  if (budget.max_memory == 0 || budget.max_memory >= least_memory) return;
  reader.error(reader.at("max_memory"),
               "'max_memory' is " + config::quoted(format_size(budget.max_memory)) +
                   "; allowed is \"0B\", or at least " + config::quoted(format_size(least_memory)));
}

Config read_config(const Value& document, const Schema& schema, ErrorList& errors) {
  Config config = defaults(schema.protocols());
  TableReader top{document, Table::top, schema, errors};
  top.read(config);
  bool limits_good = true;
  if (const Value* table = top.table("limits")) {
    TableReader reader{*table, Table::limits, schema, errors};
    limits_good = read_limits(reader, true, config.limits, config.options);
    read_budget(reader, config.budget);
    reader.refuse_unknown();
  }
  if (const Value* table = top.table("access")) {
    TableReader reader{*table, Table::access, schema, errors};
    reader.read(config.access);
    reader.refuse_unknown();
  }
  if (const Value* table = top.table("tcp")) {
    TableReader reader{*table, Table::tcp, schema, errors};
    read_tcp(reader, config.tcp);
    reader.refuse_unknown();
  }
  if (const Value* table = top.table("log")) {
    TableReader reader{*table, Table::log, schema, errors};
    reader.read(config.log);
    reader.refuse_unknown();
  }
  read_own_listener(top, "admin", config.admin, schema, errors);
  read_own_listener(top, "metrics", config.metrics, schema, errors);
  if (const Value* listeners = top.find("listener")) {
    config.listeners = read_listeners(*listeners, config, limits_good, schema, errors);
  } else {
    config.listeners = default_listeners(schema.protocols(), config);
  }
  top.refuse_unknown();
  return config;
}

}  // namespace

Loaded load_text(std::string_view text, std::string_view source_name, Protocols protocols) {
  ErrorList errors{source_name};
  Loaded loaded;
  if (const std::optional<Value> document = parse_document(text, errors)) {
    Config config = read_config(*document, Schema{protocols}, errors);
    if (errors.empty()) loaded.config = std::move(config);
  }
  loaded.errors = errors.take();
  return loaded;
}

Loaded load_file(const std::string& path, Protocols protocols, Abandonment* abandonment) {
  const FileText file = read_file(path, abandonment);
  if (file.text) return load_text(*file.text, path, protocols);
  ErrorList errors{path};
  errors.add({}, "cannot read this file: " + file.problem);
  return {.config = {}, .errors = errors.take()};
}

}  // namespace config
