// The Sources of a listener's connections: how many each has, and how fast it may make new ones. A
// source is an IPv4 address, or the network of an IPv6 one that `source_prefix` makes.
//
// A bounded table. One that has no connection leaves when room is needed for another, the least
// recently seen first; one that has stays. It has room for as many as there can be connections, and
// so always for one more.
//
// On the first worker's thread, as all of admission; a Seat may die on any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "server/admission/token_bucket.hpp"
#include "server/insight/cause.hpp"
#include "streams/event_loop.hpp"
#include "streams/intrusive_list.hpp"
#include "streams/semaphore.hpp"
#include "streams/text/network.hpp"
#include "streams/threadsafe_call.hpp"

namespace server::admission {

class Sources;

/// Any number that peers do not know.
std::uint64_t random_seed();

/// One of them; linked while it has no connection. Pinned.
struct Source : streams::ListHook {
  explicit Source(Sources& whose) noexcept : home(whose) {}

  Sources& home;
  text::IpAddress address;
  TokenBucket bucket;
  Source* next_of_hash = nullptr;
  std::uint32_t held = 0;                  // seats, those on their way home too
  std::atomic<std::uint32_t> returned{0};  // seats that came back on other threads
  Source* next_returned = nullptr;
};

/// One of the listener's places, and who sits there; an empty one is of nobody. Gives the place
/// back, and the source's count, when it dies. Any thread; allocates nothing.
class [[nodiscard]] Seat {
 public:
  Seat() = default;
  Seat(Seat&& other) noexcept : source_(std::exchange(other.source_, nullptr)) {}
  Seat& operator=(Seat&& other) noexcept {
    std::swap(source_, other.source_);
    return *this;
  }
  ~Seat();

  explicit operator bool() const noexcept { return source_ != nullptr; }

 private:
  friend class Sources;
  explicit Seat(Source& source) noexcept : source_(&source) {}

  Source* source_ = nullptr;
};

class Sources final : private streams::ThreadsafeCall {
 public:
  using Clock = TokenBucket::Clock;

  /// At least so many are remembered.
  static constexpr std::size_t min_capacity = 65'536;

  /// Of the listener that has `places`, which outlives this. With a `seed` that peers do not know
  /// they cannot choose addresses that are slow to find.
  Sources(streams::EventLoop& loop, streams::Semaphore& places, std::uint64_t seed) noexcept
      : ThreadsafeCall(loop), loop_(loop), places_(places), seed_(seed) {}

  /// Takes effect with the next connection. Those that there are were counted as it was then.
  void apply(const config::Access& access, std::size_t max_connections) noexcept;
  /// Whether there is anything to count.
  bool counts_anything() const noexcept { return counts_sources_ || rate_; }

  /// The place that `permit` is for, of no source yet.
  Seat seat(streams::Permit permit) noexcept;
  /// Counts a new connection from `address` and gives it the seat, which is that of no other source
  /// from then on; or why not, and then nothing has changed. Throws std::bad_alloc.
  std::optional<insight::Refusal> admit(Seat& seat, const text::IpAddress& address,
                                        Clock::time_point now);

  /// Counts one that was let in elsewhere, likewise; its rate is not asked. Throws std::bad_alloc.
  void count(Seat& seat, const text::IpAddress& address);

  /// How many are remembered.
  std::size_t size() const noexcept { return all_.size(); }
  /// How many connections one has.
  std::size_t held_by(const text::IpAddress& address) noexcept;

 private:
  friend class Seat;
  void take_back(Source& source) noexcept;
  void leave(Source& source, std::uint32_t seats) noexcept;
  void sit_down(Seat& seat, Source& source) noexcept;
  void call(std::size_t seats) noexcept override;

  text::IpAddress source_of(const text::IpAddress& address) const noexcept;
  Source** place_of(const text::IpAddress& address) noexcept;
  Source* find(const text::IpAddress& address) noexcept;
  Source& add(const text::IpAddress& address);
  void forget(Source& source) noexcept;
  void make_room_for_hashes();

  streams::EventLoop& loop_;
  streams::Semaphore& places_;
  const std::uint64_t seed_;
  bool counts_sources_ = false;
  std::size_t max_per_source_ = 0;
  unsigned prefix_ = 64;
  TokenBucket::Rate rate_per_source_;
  TokenBucket::Rate rate_;
  TokenBucket bucket_;
  std::size_t capacity_ = min_capacity;

  Source nobody_{*this};
  std::deque<Source> all_;
  std::vector<Source*> by_hash_;            // heads of chains; as many as a power of two
  streams::IntrusiveList<Source> idle_;     // the least recently seen first
  std::atomic<Source*> returned_{nullptr};  // those that seats came back of on other threads
};

inline Seat::~Seat() {
  if (source_ != nullptr) source_->home.take_back(*source_);
}

}  // namespace server::admission
