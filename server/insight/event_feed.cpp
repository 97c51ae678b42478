#include "server/insight/event_feed.hpp"

#include <new>
#include <utility>

namespace server::insight {

void EventFeed::publish(std::string_view line) noexcept {
  const std::lock_guard lock(mutex_);
  for (Watcher* const watcher : watchers_) {
    if (line.find(watcher->filter_) != std::string_view::npos) watcher->add(line);
  }
}

EventFeed::Watcher::Watcher(EventFeed& feed, streams::EventLoop& loop, std::string filter)
    : ThreadsafeCall(loop), feed_(feed), filter_(std::move(filter)), some_(loop) {
  const std::lock_guard lock(feed.mutex_);
  feed.watchers_.push_back(this);
  feed.watched_.store(true, std::memory_order_relaxed);
}

EventFeed::Watcher::~Watcher() {
  const std::lock_guard lock(feed_.mutex_);
  std::erase(feed_.watchers_, this);
  feed_.watched_.store(!feed_.watchers_.empty(), std::memory_order_relaxed);
}

void EventFeed::Watcher::add(std::string_view line) noexcept {
  const bool wakes = waiting_.lines.empty() && waiting_.lost == 0;
  // The lines of one take() are those before what was lost.
  bool has_room = waiting_.lost == 0 && bytes_ + line.size() <= most_waiting;
  try {
    if (has_room) waiting_.lines.emplace_back(line);
  } catch (const std::bad_alloc&) {
    has_room = false;
  }
  if (has_room) {
    bytes_ += line.size();
  } else {
    ++waiting_.lost;
  }
  if (wakes) request();
}

EventFeed::Watcher::Taken EventFeed::Watcher::take() {
  const std::lock_guard lock(feed_.mutex_);
  some_.clear();
  bytes_ = 0;
  return std::exchange(waiting_, {});
}

}  // namespace server::insight
