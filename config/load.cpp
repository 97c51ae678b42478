#include "config/load.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "config/keys.hpp"
#include "config/read_limits.hpp"
#include "config/read_listeners.hpp"
#include "config/table_reader.hpp"

namespace config {
namespace {

constexpr std::size_t max_file = 1024 * 1024;

void read_log(const Value& table, ErrorList& errors, Log& log) {
  TableReader reader{table, "in [log]", errors};
  reader.choice("level", log_level_choices, log.level);
  reader.choice("format", log_format_choices, log.format);
  reader.refuse_unknown(log_keys);
}

Config read_config(const Value& document, std::span<const std::string_view> protocols,
                   ErrorList& errors) {
  Config config;
  TableReader top{document, "at the top level", errors};
  top.integer("workers", 0, 256, config.workers);
  top.duration("shutdown_grace", max_wait, config.shutdown_grace);
  top.duration("busy_poll", std::chrono::seconds{1}, config.busy_poll);
  top.duration("slow_callback", std::chrono::minutes{1}, config.slow_callback);

  bool limits_good = true;
  if (const Value* table = top.table("limits")) {
    TableReader reader{*table, "in [limits]", errors};
    limits_good = read_limits(reader, true, config.limits);
    reader.refuse_unknown(limits_keys);
  }
  if (const Value* table = top.table("log")) read_log(*table, errors, config.log);
  if (const Value* listeners = top.find("listener")) {
    config.listeners = read_listeners(*listeners, config.limits, limits_good, protocols, errors);
  } else {
    for (Listener& listener : config.listeners) listener.limits = config.limits;
  }

  std::vector<std::string_view> allowed{top_keys.begin(), top_keys.end()};
  allowed.insert(allowed.end(), table_keys.begin(), table_keys.end());
  top.refuse_unknown(allowed);
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
    case EPERM: return why + "; let the user that runs the daemon read it and enter its folders";
    case EISDIR: return why + "; give the path of a file in it";
    default: return why;
  }
}

}  // namespace

Loaded load_text(std::string_view text, std::string_view source_name,
                 std::span<const std::string_view> protocols) {
  ErrorList errors{source_name};
  Loaded loaded;
  if (const std::optional<Value> document = parse_document(text, errors)) {
    Config config = read_config(*document, protocols, errors);
    if (errors.empty()) loaded.config = std::move(config);
  }
  loaded.errors = errors.take();
  return loaded;
}

Loaded load_file(const std::string& path, std::span<const std::string_view> protocols) {
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
