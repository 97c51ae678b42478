#include "config/print.hpp"

#include <array>
#include <string_view>

#include "config/choices.hpp"
#include "config/units.hpp"

namespace config {
namespace {

// A basic string of TOML 1.0.
std::string toml_string(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      ((out += "\\u00") += hex[byte >> 4U]) += hex[byte & 0xfU];
    } else {
      out += c;
    }
  }
  return out += '"';
}

void line(std::string& out, std::string_view key, std::string_view value) {
  out.append(key).append(" = ").append(value).append("\n");
}

struct LimitsLine {
  std::string_view key;
  std::string value;
};

std::array<LimitsLine, 6> limits_lines(const Limits& limits) {
  return {{
      {"max_connections", std::to_string(limits.max_connections)},
      {"at_limit", toml_string(word_for(limits.at_limit, at_limit_choices))},
      {"idle_timeout", toml_string(format_duration(limits.idle_timeout))},
      {"max_line", toml_string(format_size(limits.max_line))},
      {"high_water", toml_string(format_size(limits.high_water))},
      {"low_water", toml_string(format_size(limits.low_water))},
  }};
}

void print_listener(std::string& out, const Listener& listener, const Limits& base) {
  out += "\n[[listener]]\n";
  line(out, "name", toml_string(listener.name));
  line(out, "protocol", toml_string(listener.protocol));
  line(out, "address", toml_string(listener.address));
  line(out, "backlog", std::to_string(listener.backlog));
  const auto own = limits_lines(listener.limits);
  const auto inherited = limits_lines(base);
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (own[i].value != inherited[i].value) line(out, own[i].key, own[i].value);
  }
}

}  // namespace

std::string to_toml(const Config& config) {
  std::string out;
  line(out, "workers", std::to_string(config.workers));
  line(out, "shutdown_grace", toml_string(format_duration(config.shutdown_grace)));
  line(out, "busy_poll", toml_string(format_duration(config.busy_poll)));
  line(out, "slow_callback", toml_string(format_duration(config.slow_callback)));
  // Without the key, loading would bring the default listeners.
  if (config.listeners.empty()) line(out, "listener", "[]");

  out += "\n[limits]\n";
  for (const auto& [key, value] : limits_lines(config.limits)) line(out, key, value);

  out += "\n[log]\n";
  line(out, "level", toml_string(word_for(config.log.level, log_level_choices)));
  line(out, "format", toml_string(word_for(config.log.format, log_format_choices)));

  for (const Listener& listener : config.listeners) print_listener(out, listener, config.limits);
  return out;
}

}  // namespace config
