#include "streams/backoff.hpp"

#include <algorithm>

#include "streams/misuse.hpp"

namespace streams {
namespace {

// By way of a seed_seq, because neighbouring seeds give this generator neighbouring first numbers.
std::minstd_rand make_random(std::uint64_t seed) {
  std::seed_seq sequence{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  return std::minstd_rand(sequence);
}

}  // namespace

Backoff::Backoff(Duration first, Duration cap, std::uint64_t seed)
    : first_(std::min(first, cap)), cap_(cap), ceiling_(first_), random_(make_random(seed)) {
  if (first < Duration::zero() || cap < Duration::zero()) misuse("a Backoff with a delay below 0");
}

Backoff::Duration Backoff::next() {
  std::uniform_int_distribution<Duration::rep> jitter(0, ceiling_.count());
  const Duration delay(jitter(random_));
  ceiling_ = ceiling_ > cap_ / 2 ? cap_ : ceiling_ * 2;
  return delay;
}

void Backoff::reset() noexcept { ceiling_ = first_; }

}  // namespace streams
