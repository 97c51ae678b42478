#include "client/command_line/top_targets.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <utility>

#include "client/command_line/target.hpp"
#include "streams/text/escape.hpp"

namespace client::command_line {
namespace {

constexpr std::string_view scheme = "http://";

top::Target top_target(Target target) {
  top::Target made;
  made.host = std::holds_alternative<streams::UnixPath>(target.address) ? "localhost" : target.name;
  made.address = std::move(target.address);
  made.name = std::move(target.name);
  return made;
}

/// Whether a path may stand in a request as it is.
bool is_path(std::string_view path) {
  return std::ranges::all_of(path, [](char c) { return text::is_printable(c) && c != ' '; });
}

text::Parsed<top::Target> read_url(const std::string& url) {
  const std::string_view rest = std::string_view(url).substr(scheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view path = rest.substr(slash);
  std::string address(rest.substr(0, slash));
  // Behind an IPv6 address's brackets, too.
  const bool has_port = address.find(':', address.rfind(']') + 1) != std::string::npos;
  if (!has_port && !address.empty()) address += ":80";
  const std::span<const std::string> word(&address, 1);
  auto read = parse_targets(word);
  if (!read) return {.value = {}, .error = text::quoted(url) + ": " + read.error};
  if (!is_path(path)) {
    return {.value = {}, .error = text::quoted(url) + ": a path has no blanks and is ASCII"};
  }
  top::Target target = top_target(std::move(read.value.front()));
  target.name = url;
  if (path.size() > 1) target.path = path;
  target.is_url = true;
  return {.value = std::move(target), .error = {}};
}

}  // namespace

text::Parsed<std::vector<top::Target>> parse_top_targets(std::span<const std::string> words) {
  text::Parsed<std::vector<top::Target>> all;
  while (!words.empty() && all.error.empty()) {
    if (words.front().starts_with(scheme)) {
      auto url = read_url(words.front());
      words = words.subspan(1);
      all.error = std::move(url.error);
      all.value.push_back(std::move(url.value));
    } else {
      auto one = take_target(words);
      all.error = std::move(one.error);
      all.value.push_back(top_target(std::move(one.value)));
    }
  }
  return all;
}

text::Parsed<top::Target> default_top_target(std::string_view path) {
  struct stat found {};
  const std::string name(path);
  if (::stat(name.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) {
    return {.value = {},
            .error = "there is no " + name +
                     " to ask; name the daemon's admin or metrics address, such as "
                     "http://HOST:PORT, or that of its line protocol, such as :7008"};
  }
  return {.value = top_target({streams::UnixPath(name), "unix:" + name}), .error = {}};
}

}  // namespace client::command_line
