#include "client/command_line/target.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "streams/text/escape.hpp"

namespace client::command_line {
namespace {

using text::quoted;

constexpr std::string_view tcp_scheme = "tcp://";

bool is_port(std::string_view word) {
  return !word.empty() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

text::Parsed<Target> failure(std::string why) { return {.value = {}, .error = std::move(why)}; }

/// `scheme://host[:port]...`, as a target.
std::string url_hint(std::string_view scheme, std::string_view rest) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> ports{
      {{"http", "80"}, {"ws", "80"}, {"https", "443"}, {"wss", "443"}}};
  std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
  host.remove_prefix(host.find('@') + 1);  // nothing, where there is none
  if (streams::parse_address(host)) return "write " + std::string(host);
  for (const auto& [name, port] : ports) {
    const std::string address = std::string(host).append(":").append(port);
    if (scheme == name && streams::parse_address(address)) return "write " + address;
  }
  return "write HOST:PORT";
}

/// Whether `word` is a host alone, which may be an IPv6 address with or without its brackets.
bool is_host(std::string_view word) {
  if (word.find(':') == std::string_view::npos) return true;
  const bool bracketed = word.starts_with('[') && word.ends_with(']');
  const std::string host{bracketed ? word.substr(1, word.size() - 2) : word};
  return bool(streams::parse_address('[' + host + "]:1"));
}

std::string with_port(std::string_view host, std::string_view port) {
  const bool needs_brackets = host.find(':') != std::string_view::npos && !host.starts_with('[');
  std::string text = needs_brackets ? '[' + std::string(host) + ']' : std::string(host);
  return text.append(":").append(port);
}

text::Parsed<Target> read(std::string_view text) {
  streams::ParsedAddress parsed = streams::parse_address(text);
  if (!parsed) return failure(std::move(parsed.error));
  const auto* const host_port = std::get_if<streams::HostPort>(&parsed.address);
  if (host_port != nullptr && host_port->port == 0) {
    return failure(quoted(text) + ": nobody can connect to port 0");
  }
  Target target{std::move(parsed.address), {}};
  target.name = streams::to_string(target.address);
  return {.value = std::move(target), .error = {}};
}

}  // namespace

text::Parsed<Target> take_target(std::span<const std::string>& words) {
  const std::string_view written = words.front();
  words = words.subspan(1);
  std::string_view word = written;
  if (word.empty()) return failure("a target is empty; write " + std::string(target_forms));
  if (word.starts_with("unix:")) return read(word);
  if (word.starts_with(tcp_scheme)) {
    word.remove_prefix(tcp_scheme.size());
    if (word.ends_with('/')) word.remove_suffix(1);
  } else if (const std::size_t at = word.find("://"); at != std::string_view::npos) {
    return failure(quoted(written) + " is a URL, and echoline speaks plain TCP; " +
                   url_hint(word.substr(0, at), word.substr(at + 3)));
  }
  if (word.starts_with(':') && !is_host(word)) {
    return read(std::string("localhost").append(word));
  }
  if (is_port(word)) {
    return failure(quoted(written) + " is a port without a host; write :" + std::string(word) +
                   " for this machine's, or HOST:" + std::string(word));
  }
  if (word.empty() || !is_host(word)) return read(word);
  if (!words.empty() && is_port(words.front())) {
    const std::string_view port = words.front();
    words = words.subspan(1);
    return read(with_port(word, port));
  }
  constexpr std::size_t readable = 80;
  const std::string_view host = word.size() <= readable ? word : "HOST";
  return failure(quoted(written) + " has no port; write " + with_port(host, "PORT") + " or " +
                 std::string(host) + " PORT");
}

text::Parsed<std::vector<Target>> parse_targets(std::span<const std::string> words) {
  text::Parsed<std::vector<Target>> all;
  while (!words.empty() && all.error.empty()) {
    auto one = take_target(words);
    all.error = std::move(one.error);
    all.value.push_back(std::move(one.value));
  }
  return all;
}

}  // namespace client::command_line
