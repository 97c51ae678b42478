// The commands of the admin protocol that the daemon as a whole is asked for.
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "config/units.hpp"
#include "server/protocols/admin_connection.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/suggest.hpp"

namespace server::protocols {
namespace {

/// Of an error line: `echoline ask` and people read so much.
constexpr std::size_t most_error_bytes = 16 * 1024;
constexpr std::chrono::hours longest_grace{8760};

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
  std::string all;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (all.size() + texts[i].size() > most_error_bytes && i != 0) {
      return all.append(between).append(std::to_string(texts.size() - i)).append(" more");
    }
    if (i != 0) all += between;
    all += texts[i];
  }
  return all;
}

}  // namespace

streams::Task<void> AdminConnection::listeners() {
  std::string lines;
  const std::vector<AdminHost::Listener> all = host().listeners();
  for (const AdminHost::Listener& listener : all) {
    lines += "+name=" + text::quoted(text::printable(listener.name));
    lines.append(" protocol=").append(listener.protocol);
    for (const std::string& address : listener.addresses) {
      lines.append(" address=").append(text::printable(address));
    }
    lines += " taken=" + std::to_string(listener.taken) +
             " places=" + std::to_string(listener.places) + "\r\n";
  }
  array(all.size(), lines);
  co_return;
}

streams::Task<void> AdminConnection::level() {
  const auto& words = config::log_level_words;
  if (argument_.empty()) {
    ok(words[static_cast<std::size_t>(host().level())]);
    co_return;
  }
  const std::string_view wanted = argument_ == "warn" ? "warning" : std::string_view(argument_);
  const auto found = std::ranges::find(words, wanted);
  if (found == words.end()) {
    error("no level " + shown(argument_) + "; it is debug, info, warning or error");
    co_return;
  }
  host().set_level(static_cast<config::LogLevel>(found - words.begin()));
  ok(*found);
}

streams::Task<void> AdminConnection::reload() {
  const AdminHost::Reloaded reloaded = co_await host().reload();
  if (!reloaded.done) {
    error("not reloaded: " + joined(reloaded.errors, "; "));
    co_return;
  }
  std::string text = "OK " + std::to_string(reloaded.listeners) +
                     (reloaded.listeners == 1 ? " listener" : " listeners");
  if (!reloaded.later.empty()) {
    text += "; waiting for a restart: " + joined(reloaded.later, ", ");
  }
  ok(text::printable(text));
}

streams::Task<void> AdminConnection::stop() {
  std::chrono::milliseconds grace = host().grace();
  if (!argument_.empty()) {
    const config::Parsed<std::chrono::microseconds> parsed = config::parse_duration(argument_);
    if (!parsed || parsed.value > longest_grace) {
      error(parsed ? "'STOP' takes at most 8760h" : "'STOP': " + parsed.error);
      co_return;
    }
    grace = std::chrono::duration_cast<std::chrono::milliseconds>(parsed.value);
  }
  ok("OK stopping, within " + text::format_duration(grace));
  // The reply is sent all the same: a stop closes connections like this one gracefully.
  host().stop(grace);
  quits_ = true;
  co_return;
}

}  // namespace server::protocols
