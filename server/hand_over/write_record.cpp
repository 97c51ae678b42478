#include <array>
#include <concepts>

#include "server/hand_over/record.hpp"
#include "server/hand_over/sections.hpp"

namespace server::hand_over {
namespace {

template <std::unsigned_integral Number>
void put(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(number >> (8 * i))));
  }
}

void put_time(std::string& out, std::int64_t nanoseconds) {
  put(out, static_cast<std::uint64_t>(nanoseconds));
}

template <class Of, class Flags>
void put_flags(std::string& out, const Of& of, const Flags& flags) {
  std::uint8_t bits = 0;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (of.*flags[i]) bits = static_cast<std::uint8_t>(bits | (1U << i));
  }
  put(out, bits);
}

// An IPv4 address as the IPv6 address that it is mapped into.
void put_endpoint(std::string& out, const streams::Endpoint& endpoint) {
  put(out, static_cast<std::uint16_t>(endpoint.family()));
  put(out, endpoint.port());
  put(out, endpoint.zone());
  for (const std::uint8_t byte : endpoint.ip().value_or(std::array<std::uint8_t, 16>{})) {
    put(out, byte);
  }
}

/// A section, whose length is known once it has been written.
class Section {
 public:
  Section(std::string& out, Tag tag) : out_(out) {
    put(out, static_cast<std::uint16_t>(tag));
    put(out, std::uint32_t{0});
    begin_ = out.size();
  }
  ~Section() { set(out_, begin_ - sizeof(std::uint32_t), out_.size() - begin_); }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  static void set(std::string& out, std::size_t at, std::size_t number) noexcept {
    for (std::size_t i = 0; i < sizeof(std::uint32_t); ++i) {
      out[at + i] = static_cast<char>(static_cast<std::uint8_t>(number >> (8 * i)));
    }
  }

 private:
  std::string& out_;
  std::size_t begin_ = 0;
};

void put_text(std::string& out, Tag tag, std::string_view text) {
  if (text.empty() && is_optional(tag)) return;
  const Section section(out, tag);
  out.append(text);
}

void put_session(std::string& out, const Record& record) {
  const Section section(out, Tag::session);
  put(out, record.id);
  put(out, record.connection.bytes_received);
  put(out, record.connection.bytes_sent);
  put_time(out, record.started.time_since_epoch() / std::chrono::nanoseconds(1));
  put_time(out, record.last_activity.time_since_epoch() / std::chrono::nanoseconds(1));
  put_time(out, record.stalled / std::chrono::nanoseconds(1));
  put(out, record.progress);
  put(out, static_cast<std::uint8_t>(record.phase));
  put_flags(out, record, session_flags);
  put_flags(out, record.connection, connection_flags);
}

void put_limits(std::string& out, const config::Limits& limits) {
  const Section section(out, Tag::limits);
  for (const auto time : limit_times) put_time(out, (limits.*time).count());
  for (const auto size : limit_sizes) put(out, std::uint64_t{limits.*size});
}

}  // namespace

bool fits(const Record& record) noexcept {
  const streams::ConnectionState& connection = record.connection;
  return !record.listener.empty() && record.listener.size() <= max_name &&
         !record.protocol.empty() && record.protocol.size() <= max_name &&
         record.cause.size() <= max_name && record.part.size() <= max_part &&
         connection.unread.size() <= max_unread && connection.unsent.size() <= max_unsent;
}

void write_record(const Record& record, std::string& out) {
  const std::size_t begin = out.size();
  put(out, std::uint32_t{0});
  put(out, version);
  put_session(out, record);
  put_text(out, Tag::listener, record.listener);
  put_text(out, Tag::cause, record.cause);
  put_limits(out, record.limits);
  put_text(out, Tag::protocol, record.protocol);
  put_text(out, Tag::part, record.part);
  if (record.proxy) {
    const Section section(out, Tag::proxy);
    put(out, record.proxy_header);
    put_endpoint(out, *record.proxy);
  }
  {
    const Section section(out, Tag::peer);
    put_endpoint(out, record.connection.peer);
  }
  put_text(out, Tag::unread, record.connection.unread);
  put_text(out, Tag::unsent, record.connection.unsent);
  Section::set(out, begin, out.size() - begin);
}

}  // namespace server::hand_over
