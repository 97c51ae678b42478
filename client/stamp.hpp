// Stamp: the reply to STAMP of the line protocol, `+RECEIVED SENT text`. Pure, any thread.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace client {

struct Stamp {
  using Time = std::chrono::nanoseconds;  ///< of the server's clock, whose zero is unknown

  Time received{0};
  Time sent{0};           ///< not before `received`
  std::string_view text;  ///< what the line had behind STAMP; a view of the reply

  /// How long the server had it.
  Time in_server() const noexcept { return sent - received; }
};

/// `line` without its end; nothing where it is no stamp.
inline std::optional<Stamp> read_stamp(std::string_view line) noexcept {
  if (!line.starts_with('+')) return std::nullopt;
  line.remove_prefix(1);
  const auto number = [&line]() -> std::optional<Stamp::Time> {
    std::int64_t value = 0;
    const auto [stop, ec] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (ec != std::errc{} || value < 0) return std::nullopt;
    line.remove_prefix(static_cast<std::size_t>(stop - line.data()));
    return Stamp::Time(value);
  };
  const auto received = number();
  if (!received || !line.starts_with(' ')) return std::nullopt;
  line.remove_prefix(1);
  const auto sent = number();
  if (!sent || *sent < *received || !(line.empty() || line.starts_with(' '))) return std::nullopt;
  if (!line.empty()) line.remove_prefix(1);
  return Stamp{*received, *sent, line};
}

}  // namespace client
