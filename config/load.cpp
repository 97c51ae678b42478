#include "config/load.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "config/read_listeners.hpp"
#include "config/schema.hpp"
#include "config/table_reader.hpp"

namespace config {
namespace {

constexpr std::size_t max_file = 1024 * 1024;

Config read_config(const Value& document, const Schema& schema, ErrorList& errors) {
  Config config = defaults(schema.protocols());
  TableReader top{document, Place::top, schema, errors};
  top.read(config);
  bool limits_good = true;
  if (const Value* table = top.table("limits")) {
    TableReader reader{*table, Place::limits, schema, errors};
    limits_good = read_limits(reader, true, config.limits, config.options);
    reader.refuse_unknown();
  }
  if (const Value* table = top.table("log")) {
    TableReader reader{*table, Place::log, schema, errors};
    reader.read(config.log);
    reader.refuse_unknown();
  }
  if (const Value* listeners = top.find("listener")) {
    config.listeners = read_listeners(*listeners, config, limits_good, schema, errors);
  } else {
    config.listeners = default_listeners(schema.protocols(), config);
  }
  top.refuse_unknown();
  return config;
}

Loaded unreadable(std::string_view path, std::string_view why) {
  ErrorList errors{path};
  errors.add({}, std::string{"cannot read this file: "}.append(why));
  return {.config = {}, .errors = errors.take()};
}

std::string reason(int error) {
  std::string why = std::generic_category().message(error);
  switch (error) {
    case ENOENT:
    case ENOTDIR: return why + "; give the path of an existing file, or none for the defaults";
    case EACCES:
    case EPERM: return why + "; let the daemon's user read it and enter its directories";
    case EISDIR: return why + "; give the path of a file in it";
    default: return why;
  }
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

Loaded load_file(const std::string& path, Protocols protocols) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file{std::fopen(path.c_str(), "rbe"), close};
  if (!file) return unreadable(path, reason(errno));

  std::string text;
  std::array<char, 16 * 1024> block;
  while (const std::size_t n = std::fread(block.data(), 1, block.size(), file.get())) {
    text.append(block.data(), n);
    if (text.size() > max_file) return unreadable(path, "it is larger than 1MiB");
  }
  if (std::ferror(file.get())) return unreadable(path, reason(errno));
  return load_text(text, path, protocols);
}

}  // namespace config
