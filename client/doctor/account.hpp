// Account: what one try of a case did and saw at its ends, with times, for the report of a failure.
// What was sent or received in one go is one entry, however many system calls it took. The loop's
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace client::doctor {

class Account {
 public:
  using Clock = std::chrono::steady_clock;

  struct Entry {
    std::chrono::nanoseconds from{0};  ///< since the try began
    std::chrono::nanoseconds to{0};    ///< later than `from` where it took several calls
    std::string who;                   ///< `near`, `far`, `near 2`
    std::string what;                  ///< `sent`, `received`, or a sentence that is all
    std::uint64_t octets = 0;          ///< of what was sent or received
    std::string begins;                ///< its first octets
  };
  /// More are left out, and counted.
  static constexpr std::size_t most_entries = 100;
  /// Octets of Entry::begins.
  static constexpr std::size_t most_begin = 24;

  Account() : start_(Clock::now()) {}

  /// Something happened.
  void note(const std::string& who, std::string_view what);
  /// Octets were sent or received.
  void moved(const std::string& who, std::string_view what, std::string_view octets);

  const std::vector<Entry>& entries() const noexcept { return entries_; }
  /// Those that were too many.
  std::size_t left_out() const noexcept { return left_out_; }
  Clock::time_point start() const noexcept { return start_; }

 private:
  Entry* same_go(const std::string& who, std::string_view what) noexcept;
  void add(Entry entry);

  Clock::time_point start_;
  std::vector<Entry> entries_;
  std::size_t left_out_ = 0;
};

/// What was done or seen, without who and when: `sent 6 octets "hello\n"`.
std::string said(const Account::Entry& entry);
/// `0.213 ms  near  sent 6 octets "hello\n"`.
std::string to_string(const Account::Entry& entry);

}  // namespace client::doctor
