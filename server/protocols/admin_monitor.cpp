// MONITOR of the admin protocol: what happens, until the connection ends or its next line comes.
#include <string>
#include <utility>

#include "server/protocols/admin_connection.hpp"
#include "streams/text/line.hpp"

namespace server::protocols {

streams::Task<void> AdminConnection::monitor() {
  insight::EventFeed::Watcher watcher(host().events(), host().loop(), argument_);
  ok("OK events follow");
  const auto body = [this, &watcher](streams::TaskGroup& both) {
    return show_events(both, watcher);
  };
  co_await streams::task_group(host().loop(), body);
  if (std::exchange(was_overlong_, false)) overlong();
}

streams::Task<void> AdminConnection::show_events(streams::TaskGroup& both,
                                                 insight::EventFeed::Watcher& watcher) {
  both.spawn(await_input(both), "input of MONITOR");
  for (;;) {
    const std::error_code ec = co_await writer_.drain();
    if (ec) break;
    const bool some = co_await watcher.some();
    if (!some) co_return;
    const insight::EventFeed::Watcher::Taken taken = watcher.take();
    for (const std::string& line : taken.lines) ok(line);
    if (taken.lost != 0) ok("lost=" + std::to_string(taken.lost));
  }
  both.cancel();
}

streams::Task<void> AdminConnection::await_input(streams::TaskGroup& both) {
  const streams::Chunk chunk = co_await reader_.readline();
  keep_next(chunk);
  both.cancel();
}

// A line that the peer's FIN ends is one as well.
void AdminConnection::keep_next(const streams::Chunk& chunk) {
  if (chunk && (chunk.data.ends_with('\n') || reader_.peer_has_ended())) {
    next_ = std::string(text::without_end(chunk.data));
  }
  was_overlong_ = chunk.ec == streams::Error::limit_overrun;
}

}  // namespace server::protocols
