#include "server/admission/sources.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>

namespace server::admission {
namespace {

// A bijection in which every bit of what comes in changes half of what goes out.
std::uint64_t mixed(std::uint64_t bits) noexcept {
  bits = (bits ^ bits >> 30U) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ bits >> 27U) * 0x94d049bb133111ebU;
  return bits ^ bits >> 31U;
}

std::uint64_t hash_of(const text::IpAddress& address, std::uint64_t seed) noexcept {
  std::uint64_t front = 0;
  std::uint64_t back = 0;
  std::memcpy(&front, address.bytes().data(), sizeof front);
  std::memcpy(&back, address.bytes().data() + sizeof front, sizeof back);
  return mixed(mixed(front ^ seed) ^ back ^ std::rotl(seed, 32));
}

}  // namespace

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32U | device();
}

void Sources::apply(const config::Access& access, std::size_t max_connections) noexcept {
  max_per_source_ = access.max_per_source;
  prefix_ = access.source_prefix;
  rate_per_source_ =
      TokenBucket::Rate::of(access.connect_rate_per_source, access.connect_burst_per_source);
  rate_ = TokenBucket::Rate::of(access.connect_rate, access.connect_burst);
  counts_sources_ = max_per_source_ != 0 || rate_per_source_;
  capacity_ = std::max(min_capacity, max_connections);
}

Seat Sources::seat(streams::Permit permit) noexcept {
  permit.detach();
  return Seat(nobody_);
}

std::optional<insight::Refusal> Sources::admit(Seat& seat, const text::IpAddress& address,
                                               Clock::time_point now) {
  const text::IpAddress key = source_of(address);
  Source* source = counts_sources_ ? find(key) : nullptr;
  if (source != nullptr) {
    // Seen, whatever comes of it.
    if (source->held == 0) {
      source->unlink();
      idle_.push_back(*source);
    }
    if (max_per_source_ != 0 && source->held >= max_per_source_) {
      return insight::Refusal::source_full;
    }
    if (rate_per_source_ && !source->bucket.has(rate_per_source_, now)) {
      return insight::Refusal::source_rate;
    }
  }
  if (rate_ && !bucket_.has(rate_, now)) return insight::Refusal::rate;
  if (counts_sources_) {
    if (source == nullptr) source = &add(key);
    if (rate_per_source_) source->bucket.take(rate_per_source_, now);
    sit_down(seat, *source);
  }
  if (rate_) bucket_.take(rate_, now);
  return std::nullopt;
}

void Sources::count(Seat& seat, const text::IpAddress& address) {
  if (!counts_sources_) return;
  const text::IpAddress key = source_of(address);
  Source* const known = find(key);
  sit_down(seat, known == nullptr ? add(key) : *known);
}

void Sources::sit_down(Seat& seat, Source& source) noexcept {
  if (source.held++ == 0) source.unlink();
  leave(*std::exchange(seat.source_, &source), 1);
}

std::size_t Sources::held_by(const text::IpAddress& address) noexcept {
  const Source* const source = find(source_of(address));
  return source == nullptr ? 0 : source->held;
}

void Sources::take_back(Source& source) noexcept {
  if (loop_.running_in_this_thread()) {
    leave(source, 1);
    places_.give_back(1);
    return;
  }
  if (source.returned.fetch_add(1, std::memory_order_acq_rel) == 0) {
    source.next_returned = returned_.load(std::memory_order_relaxed);
    while (!returned_.compare_exchange_weak(source.next_returned, &source,
                                            std::memory_order_release, std::memory_order_relaxed)) {
    }
  }
  // Until this is met the place counts as taken, and so this object stays.
  request();
}

void Sources::call(std::size_t seats) noexcept {
  Source* next = returned_.exchange(nullptr, std::memory_order_acquire);
  while (next != nullptr) {
    Source& source = *next;
    // From the next line on it may be put into the list again.
    next = source.next_returned;
    leave(source, source.returned.exchange(0, std::memory_order_acq_rel));
  }
  places_.give_back(seats);
}

void Sources::leave(Source& source, std::uint32_t seats) noexcept {
  if (&source == &nobody_) return;
  source.held -= seats;
  if (source.held == 0) idle_.push_back(source);
}

text::IpAddress Sources::source_of(const text::IpAddress& address) const noexcept {
  return address.is_v4() ? address : address.masked(prefix_);
}

// Where the pointer to it is or, at the end of its chain, would be.
Source** Sources::place_of(const text::IpAddress& address) noexcept {
  Source** place = &by_hash_[hash_of(address, seed_) & (by_hash_.size() - 1)];
  while (*place != nullptr && (*place)->address != address) place = &(*place)->next_of_hash;
  return place;
}

Source* Sources::find(const text::IpAddress& address) noexcept {
  return by_hash_.empty() ? nullptr : *place_of(address);
}

Source& Sources::add(const text::IpAddress& address) {
  make_room_for_hashes();
  Source* source = nullptr;
  if (all_.size() >= capacity_ && !idle_.empty()) {
    source = &idle_.front();
    forget(*source);
  } else {
    source = &all_.emplace_back(*this);
  }
  source->address = address;
  source->bucket = {};
  *place_of(address) = source;
  idle_.push_back(*source);
  return *source;
}

void Sources::forget(Source& source) noexcept {
  source.unlink();
  *place_of(source.address) = source.next_of_hash;
  source.next_of_hash = nullptr;
}

// All at once, and as many as there will ever be: nothing is moved about while clients wait.
void Sources::make_room_for_hashes() {
  const std::size_t wanted = std::bit_ceil(capacity_);
  if (by_hash_.size() >= wanted) return;
  by_hash_ = std::vector<Source*>(wanted);
  for (Source& source : all_) source.next_of_hash = nullptr;
  for (Source& source : all_) *place_of(source.address) = &source;
}

}  // namespace server::admission
