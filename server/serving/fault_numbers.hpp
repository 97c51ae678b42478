// FaultNumbers: which connection of a listener one is, and which of its source, of those that its
// faults are for; what is drawn for them follows from that. Bounded: of more sources than fit,
// those that are not known yet are past every "first N of each source". On the acceptor's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "streams/endpoint.hpp"
#include "streams/faults/identity.hpp"

namespace server::serving {

class FaultNumbers {
 public:
  static constexpr std::size_t max_sources = 65'536;
  /// Of a connection whose source is not known; a number that every reader of JSON has exactly.
  static constexpr std::uint64_t unknown = std::uint64_t{1} << 53U;

  /// Of the next connection. Throws std::bad_alloc.
  faults::Identity next(std::uint64_t seed, const streams::Endpoint& peer) {
    return {seed, ++connections_, next_of(peer)};
  }

 private:
  using Source = std::array<std::uint8_t, 16>;

  std::uint64_t next_of(const streams::Endpoint& peer) {
    const Source source = peer.ip().value_or(Source{});
    const auto found = sources_.find(source);
    if (found != sources_.end()) return ++found->second;
    if (sources_.size() == max_sources) return unknown;
    sources_.emplace(source, 1);
    return 1;
  }

  std::uint64_t connections_ = 0;
  std::map<Source, std::uint64_t> sources_;
};

}  // namespace server::serving
