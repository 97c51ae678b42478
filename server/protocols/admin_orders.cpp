// The commands of the admin protocol that the daemon as a whole is asked for.
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/units.hpp"
#include "server/protocols/admin_connection.hpp"
#include "streams/sleep.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/suggest.hpp"

namespace server::protocols {
namespace {

/// Of an error line: `echoline ask` and people read so much.
constexpr std::size_t most_error_bytes = 16 * 1024;
/// With a reload, of a client that may be gone.
constexpr std::chrono::seconds patience_without_client{10};
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
    lines += "+name=\"" + text::escaped(listener.name) + '"';
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
  reloaded_ = {};
  gave_up_ = false;
  const auto body = [this](streams::TaskGroup& both) { return await_reload(both); };
  co_await streams::task_group(host().loop(), body);
  tell_reloaded();
  if (std::exchange(was_overlong_, false)) overlong();
}

void AdminConnection::tell_reloaded() {
  if (!reloaded_.done && reloaded_.errors.empty() && gave_up_) {
    return error("not reloaded yet: it goes on, and the log tells what comes of it");
  }
  if (!reloaded_.done) return error("not reloaded: " + joined(reloaded_.errors, "; "));
  std::string text = "OK " + std::to_string(reloaded_.listeners) +
                     (reloaded_.listeners == 1 ? " listener" : " listeners");
  if (!reloaded_.later.empty()) {
    text += "; waiting for a restart: " + joined(reloaded_.later, ", ");
  }
  ok(text::printable(text));
}

streams::Task<void> AdminConnection::await_reload(streams::TaskGroup& both) {
  both.spawn(watch_input(both), "input of RELOAD");
  reloaded_ = co_await host().reload();
  both.cancel();
}

// A client that has gone looks like one that has half-closed and waits for its reply, and one that
// has sent its next command may go unseen behind that. Neither keeps its place for longer.
streams::Task<void> AdminConnection::watch_input(streams::TaskGroup& both) {
  const streams::Chunk chunk = co_await reader_.readline();
  keep_next(chunk);
  if (chunk || was_overlong_ || chunk.ec == streams::Error::end_of_stream) {
    const auto cancelled = co_await streams::sleep_for(host().loop(), patience_without_client);
    if (cancelled) co_return;
  } else if (chunk.ec == std::errc::operation_canceled) {
    co_return;
  }
  gave_up_ = true;
  both.cancel();
}

streams::Task<void> AdminConnection::stop() {
  if (host().is_stopping()) {
    error("already stopping; a SIGTERM to the daemon resets what is left");
    co_return;
  }
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
