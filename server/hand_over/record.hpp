// A Record: a session as one process tells it to the next, which goes on with it: all but its
// socket. And how it is written and read: bytes of the machine that both run on, which name their
// version, and are refused as a whole where anything about them is not as it must be. So what comes
// in cannot make a reader take more memory than came in, and what is read is written as the same.
//
//     record    size u32 | version u16 | sections, by ascending tag, each once
//     section   tag u16 | length u32 | bytes
//
// Numbers are little-endian, `size` counts from its own first byte. A version reads itself and the
// one before; the manual says which that are. Values and functions of them, any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "streams/connection_state.hpp"
#include "streams/endpoint.hpp"

namespace server::hand_over {

inline constexpr std::uint16_t version = 1;

// The most that a record may carry, in bytes. What has more is not handed over.
inline constexpr std::size_t max_name = 4096;      ///< of a listener, a protocol, a cause
inline constexpr std::size_t max_part = 64 << 10;  ///< of the protocol's own
inline constexpr std::size_t max_unread = std::size_t{64} << 20;
inline constexpr std::size_t max_unsent = std::size_t{256} << 20;
inline constexpr std::size_t max_record = max_unread + max_unsent + (std::size_t{1} << 20);

enum class Phase : std::uint8_t {
  protocol,  ///< its protocol serves it
  close      ///< that has returned
};

struct Record {
  using Clock = std::chrono::steady_clock;

  std::uint64_t id = 0;
  std::string_view listener;  ///< its name
  Clock::time_point started;
  Clock::time_point last_activity;  ///< as of the sweep that saw it
  std::uint32_t progress = 0;       ///< as of that sweep
  Clock::duration stalled{};        ///< above the high-water mark, in all; not negative
  Phase phase = Phase::protocol;
  std::string_view cause;     ///< why it is to end, as the log has it; empty while it is not
  bool is_quiet = false;      ///< in Phase::close: its peer's FIN is not waited for
  bool has_spoken = false;    ///< its first byte was told
  config::Limits limits;      ///< it began with, but those of the number of connections
  std::string_view protocol;  ///< its name
  std::string_view part;      ///< the protocol's own, which it alone can read
  /// Through which it has come, and the bytes of the header that named the client.
  std::optional<streams::Endpoint> proxy;
  std::uint64_t proxy_header = 0;
  streams::ConnectionState connection;
};

/// Whether there is a record of it: nothing is longer than it may be.
bool fits(const Record& record) noexcept;

/// Appends `record`, which fits(). Throws std::bad_alloc.
void write_record(const Record& record, std::string& out);

/// What a reader makes of bytes.
struct ReadRecord {
  Record record;         ///< its views are of the bytes; void where `wrong` is not empty
  std::size_t size = 0;  ///< how many bytes it took
  std::string wrong;     ///< why these are no record, for the log: "its version is 7 ..."
};
/// Reads the record that `bytes` begin with; others may follow. Throws std::bad_alloc.
ReadRecord read_record(std::string_view bytes);

}  // namespace server::hand_over
