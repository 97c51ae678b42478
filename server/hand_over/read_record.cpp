#include <concepts>
#include <cstring>
#include <limits>
#include <netinet/in.h>
#include <sys/socket.h>

#include "server/hand_over/record.hpp"
#include "server/hand_over/sections.hpp"

namespace server::hand_over {
namespace {

constexpr std::size_t head_size = sizeof(std::uint32_t) + sizeof(std::uint16_t);

/// Takes numbers off the beginning of bytes. One that is not all there is 0, and is_short() holds
/// from then on.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) noexcept : rest_(bytes) {}

  template <std::unsigned_integral Number>
  Number take() noexcept {
    const std::string_view bytes = take(sizeof(Number));
    Number number = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) {
      const auto byte = static_cast<std::uint8_t>(bytes[i - 1]);
      number = static_cast<Number>(static_cast<std::uint64_t>(number) << 8U | byte);
    }
    return number;
  }
  std::string_view take(std::size_t size) noexcept {
    if (size > rest_.size()) {
      is_short_ = true;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::int64_t take_time() noexcept { return static_cast<std::int64_t>(take<std::uint64_t>()); }
  bool is_short() const noexcept { return is_short_; }
  bool empty() const noexcept { return rest_.empty(); }
  /// Whether that was all, and all of it was there.
  bool is_over() const noexcept { return rest_.empty() && !is_short_; }

 private:
  std::string_view rest_;
  bool is_short_ = false;
};

/// False where a bit is set that is none of them.
template <class Of, class Flags>
bool take_flags(Bytes& from, Of& of, const Flags& flags) noexcept {
  const unsigned bits = from.take<std::uint8_t>();
  for (std::size_t i = 0; i < flags.size(); ++i) of.*flags[i] = (bits >> i & 1U) != 0;
  return bits >> flags.size() == 0;
}

// Only what is written as these same bytes.
std::optional<streams::Endpoint> take_endpoint(Bytes& from) noexcept {
  const auto family = from.take<std::uint16_t>();
  const auto port = from.take<std::uint16_t>();
  const auto zone = from.take<std::uint32_t>();
  const std::string_view ip = from.take(sizeof(in6_addr));
  if (from.is_short()) return std::nullopt;
  const bool is_named_only = family == AF_UNIX || family == AF_UNSPEC;
  if (!is_named_only && family != AF_INET && family != AF_INET6) return std::nullopt;
  in6_addr address{};
  std::memcpy(&address, ip.data(), ip.size());
  const bool is_v4 = IN6_IS_ADDR_V4MAPPED(&address);
  sockaddr_storage storage{};
  storage.ss_family = family;
  if (is_named_only) {
    const bool is_nothing = port == 0 && zone == 0 && IN6_IS_ADDR_UNSPECIFIED(&address);
    return is_nothing ? std::optional(streams::Endpoint(storage)) : std::nullopt;
  }
  if (is_v4 != (family == AF_INET) || (is_v4 && zone != 0)) return std::nullopt;
  if (is_v4) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, ip.data() + ip.size() - sizeof v4.sin_addr, sizeof v4.sin_addr);
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_port = htons(port);
    v6.sin6_scope_id = zone;
    v6.sin6_addr = address;
  }
  const streams::Endpoint endpoint(storage);
  return endpoint.zone() == zone ? std::optional(endpoint) : std::nullopt;
}

// Sections, each all of its bytes; false where they are not as they must be.

bool read_session(Bytes from, Record& record) noexcept {
  using std::chrono::nanoseconds;
  const auto time = [&from] {
    return Record::Clock::time_point(
        std::chrono::duration_cast<Record::Clock::duration>(nanoseconds(from.take_time())));
  };
  record.id = from.take<std::uint64_t>();
  record.connection.bytes_received = from.take<std::uint64_t>();
  record.connection.bytes_sent = from.take<std::uint64_t>();
  record.started = time();
  record.last_activity = time();
  record.stalled = time().time_since_epoch();
  record.progress = from.take<std::uint32_t>();
  const auto phase = from.take<std::uint8_t>();
  record.phase = static_cast<Phase>(phase);
  const bool flags = take_flags(from, record, session_flags) &&
                     take_flags(from, record.connection, connection_flags);
  return from.is_over() && flags && phase <= static_cast<std::uint8_t>(Phase::close) &&
         record.stalled.count() >= 0;
}

bool read_limits(Bytes from, config::Limits& limits) noexcept {
  // Twice the most that a configuration may say.
  constexpr std::chrono::hours most{2 * 8760};
  for (const auto member : limit_times) {
    const std::chrono::milliseconds time(from.take_time());
    if (time.count() < 0 || time > most) return false;
    limits.*member = time;
  }
  for (const auto member : limit_sizes) limits.*member = from.take<std::uint64_t>();
  return from.is_over() && limits.low_water <= limits.high_water &&
         limits.high_water <= std::numeric_limits<std::uint32_t>::max();
}

bool read_proxy(Bytes from, Record& record) noexcept {
  record.proxy_header = from.take<std::uint64_t>();
  record.proxy = take_endpoint(from);
  return from.is_over() && record.proxy;
}

bool read_peer(Bytes from, streams::ConnectionState& connection) noexcept {
  const auto peer = take_endpoint(from);
  if (peer) connection.peer = *peer;
  return from.is_over() && peer;
}

bool read_text(std::string_view bytes, std::size_t most, std::string_view& into) noexcept {
  into = bytes;
  return !bytes.empty() && bytes.size() <= most;
}

bool read_section(Tag tag, std::string_view bytes, Record& record) noexcept {
  switch (tag) {
    case Tag::session: return read_session(Bytes(bytes), record);
    case Tag::listener: return read_text(bytes, max_name, record.listener);
    case Tag::cause: return read_text(bytes, max_name, record.cause);
    case Tag::limits: return read_limits(Bytes(bytes), record.limits);
    case Tag::protocol: return read_text(bytes, max_name, record.protocol);
    case Tag::part: return read_text(bytes, max_part, record.part);
    case Tag::proxy: return read_proxy(Bytes(bytes), record);
    case Tag::peer: return read_peer(Bytes(bytes), record.connection);
    case Tag::unread: return read_text(bytes, max_unread, record.connection.unread);
    case Tag::unsent: return read_text(bytes, max_unsent, record.connection.unsent);
  }
  return false;
}

/// Why the sections are no record's; empty where they are.
std::string read_sections(std::string_view bytes, Record& record) {
  Bytes from(bytes);
  std::uint16_t next = 1;  // the lowest tag that may come
  while (!from.empty()) {
    const auto tag = from.take<std::uint16_t>();
    const auto length = from.take<std::uint32_t>();
    const std::string_view content = from.take(length);
    if (from.is_short()) return "it ends within a section";
    if (tag < next || tag > last_tag) {
      return "its section " + std::to_string(tag) + " is unknown, or not in its place";
    }
    for (; next < tag; ++next) {
      if (!is_optional(static_cast<Tag>(next))) {
        return "its section " + std::to_string(next) + " is missing";
      }
    }
    if (!read_section(static_cast<Tag>(tag), content, record)) {
      return "its section " + std::to_string(tag) + " is not as it must be";
    }
    next = static_cast<std::uint16_t>(tag + 1);
  }
  for (; next <= last_tag; ++next) {
    if (!is_optional(static_cast<Tag>(next))) {
      return "its section " + std::to_string(next) + " is missing";
    }
  }
  return {};
}

}  // namespace

ReadRecord read_record(std::string_view bytes) {
  ReadRecord read;
  Bytes head(bytes);
  const auto size = head.take<std::uint32_t>();
  const auto its_version = head.take<std::uint16_t>();
  if (head.is_short()) {
    read.wrong = "it is cut off";
  } else if (its_version != version) {
    // Before anything else of it is believed.
    read.wrong = "its version is " + std::to_string(its_version) + ", and this program reads " +
                 std::to_string(version);
  } else if (size < head_size || size > max_record) {
    read.wrong = "its size cannot be " + std::to_string(size) + " bytes";
  } else if (size > bytes.size()) {
    read.wrong = "it is cut off";
  } else {
    read.wrong = read_sections(bytes.substr(head_size, size - head_size), read.record);
    read.size = size;
  }
  return read;
}

}  // namespace server::hand_over
