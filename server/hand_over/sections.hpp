// What the writer and the reader of a record have in common: the tags of its sections, the flags in
// them, and the limits that it carries, in their order. A change of any of them is another version.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "config/config.hpp"
#include "server/hand_over/record.hpp"

namespace server::hand_over {

enum class Tag : std::uint16_t {
  session = 1,  ///< of a fixed size
  listener,
  cause,
  limits,  ///< of a fixed size
  protocol,
  part,
  proxy,  ///< of a fixed size; only of those that have one
  peer,   ///< of a fixed size
  unread,
  unsent
};
inline constexpr std::uint16_t last_tag = static_cast<std::uint16_t>(Tag::unsent);

/// Sections that are left out where there is nothing in them.
constexpr bool is_optional(Tag tag) noexcept {
  return tag == Tag::cause || tag == Tag::part || tag == Tag::proxy || tag == Tag::unread ||
         tag == Tag::unsent;
}

/// One bit each, from the lowest.
inline constexpr std::array connection_flags{
    &streams::ConnectionState::is_proxied,     &streams::ConnectionState::is_in_overrun,
    &streams::ConnectionState::peer_has_ended, &streams::ConnectionState::is_ended,
    &streams::ConnectionState::is_fin_sent,    &streams::ConnectionState::has_lost,
    &streams::ConnectionState::is_closing};
inline constexpr std::array session_flags{&Record::is_quiet, &Record::has_spoken};

inline constexpr std::array limit_times{
    &config::Limits::idle_timeout,     &config::Limits::first_byte_timeout,
    &config::Limits::line_timeout,     &config::Limits::drain_timeout,
    &config::Limits::max_session_time, &config::Limits::close_timeout};
inline constexpr std::array limit_sizes{&config::Limits::min_close_rate,
                                        &config::Limits::receive_rate, &config::Limits::send_rate,
                                        &config::Limits::high_water, &config::Limits::low_water};

}  // namespace server::hand_over
