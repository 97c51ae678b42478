// The EventFeed: events as they happen, for those who watch, whatever is logged. Without a watcher
// it costs whoever publishes one load. Each watcher has a bounded buffer; one that does not keep up
// loses events and learns how many, and nobody waits for it. Any thread may publish.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "streams/event.hpp"
#include "streams/event_loop.hpp"
#include "streams/threadsafe_call.hpp"

namespace server::insight {

class EventFeed {
 public:
  EventFeed() = default;
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;

  bool is_watched() const noexcept { return watched_.load(std::memory_order_relaxed); }
  /// A line without its end, for those whose filter is in it.
  void publish(std::string_view line) noexcept;

  /// One who watches, on its loop's thread. The feed outlives it.
  class Watcher final : private streams::ThreadsafeCall {
   public:
    /// Bytes that wait for it.
    static constexpr std::size_t most_waiting = std::size_t{256} * 1024;

    /// An empty `filter` is in every line. Throws std::bad_alloc.
    Watcher(EventFeed& feed, streams::EventLoop& loop, std::string filter);
    ~Watcher();
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    /// Completes once take() has some; false when cancelled.
    streams::Event::Awaiter some() noexcept { return some_.wait(); }
    struct Taken {
      std::vector<std::string> lines;  ///< in their order
      std::uint64_t lost = 0;          ///< that came after them
    };
    /// What has come.
    Taken take();

   private:
    friend class EventFeed;
    void call(std::size_t) noexcept override { some_.set(); }
    /// Holding the feed's lock.
    void add(std::string_view line) noexcept;

    EventFeed& feed_;
    const std::string filter_;
    streams::Event some_;
    Taken waiting_;          // the feed's lock
    std::size_t bytes_ = 0;  // likewise
  };

 private:
  std::mutex mutex_;
  std::vector<Watcher*> watchers_;
  std::atomic<bool> watched_{false};
};

}  // namespace server::insight
