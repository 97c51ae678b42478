// Account: what became of the requests of a run. Each one that was offered is answered or is an
// error of one kind:
//
//     offered = answered + errors      errors = failed, by kind, + unsent      sent = offered -
//     unsent
//
// Text, JSON, objectives and exit code all read it. A value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace client::load {

enum class ErrorKind : std::uint8_t {
  connect,
  reset,
  closed,
  timeout,
  mismatch,
  other,
  abandoned,
  unsent
};

struct ErrorKindRow {
  std::string_view name;     ///< in reports and objectives
  std::string_view meaning;  ///< of one such request
  bool is_outage;            ///< whether it shows that there was no service
};

/// In the order of ErrorKind.
inline constexpr std::array<ErrorKindRow, 8> error_kinds{
    {{"connect", "no connection could be made for it", true},
     {"reset", "the peer reset the connection before the whole reply", true},
     {"closed", "the peer closed the connection before the whole reply", true},
     {"timeout", "no whole reply in time", true},
     {"mismatch", "a reply that is not as expected: changed, lost, doubled or out of order", false},
     {"other", "an error reply, or another error of the connection", false},
     {"abandoned",
      "in flight on a connection that was given up for another request's mismatch or timeout, or "
      "when the run was interrupted",
      false},
     {"unsent", "due and not sent by the end, because earlier ones were not answered", false}}};

struct ErrorCounts {
  std::array<std::uint64_t, error_kinds.size()> of{};

  std::uint64_t& operator[](ErrorKind kind) { return of[static_cast<std::size_t>(kind)]; }
  std::uint64_t operator[](ErrorKind kind) const { return of[static_cast<std::size_t>(kind)]; }
  std::uint64_t total() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : of) sum += count;
    return sum;
  }
  void add(const ErrorCounts& other) noexcept {
    for (std::size_t i = 0; i < of.size(); ++i) of[i] += other.of[i];
  }
};

struct Account {
  /// Begun, or in the open loop due. For chargen, the lines that came and what broke them off.
  std::uint64_t offered = 0;
  /// As they had to be. For discard, messages handed over; for chargen, lines that came.
  std::uint64_t answered = 0;
  ErrorCounts errors;

  std::uint64_t unsent() const noexcept { return errors[ErrorKind::unsent]; }
  std::uint64_t sent() const noexcept { return offered - unsent(); }
  std::uint64_t failed() const noexcept { return errors.total() - unsent(); }
  /// Answered of those offered, 0 to 1; 1 when there were none.
  double success() const noexcept {
    return offered == 0 ? 1 : static_cast<double>(answered) / static_cast<double>(offered);
  }
  void add(const Account& part) noexcept {
    offered += part.offered;
    answered += part.answered;
    errors.add(part.errors);
  }
};

}  // namespace client::load
