// Record: what a run came to, in words: of one that has just ended, or of a former one, read from
// its --json. A page is made of one or several. Plain values; pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/doctor/case.hpp"
#include "client/doctor/report.hpp"
#include "client/doctor/verdict.hpp"

namespace client::doctor {

struct RecordedCase {
  struct Seen {
    double from_ms = 0;
    double to_ms = 0;
    std::string who;   ///< `near`, `far`, `near 2`
    std::string said;  ///< `sent 6 octets "hello\n"`
  };

  Number number;
  std::string group;
  Verdict verdict = Verdict::skipped;
  std::string level;
  std::string what;
  std::string why;
  std::string source;
  std::string finding;
  std::string again;  ///< the command that does it again
  std::uint64_t tries = 0;
  std::uint64_t broken = 0;
  std::vector<Seen> seen;
  std::uint64_t left_out = 0;
};

struct Record {
  std::string name;  ///< in the head of its column
  std::string target;
  std::string origin;  ///< whoever is behind a proxy; empty where a service was examined
  std::string way;     ///< `echo`, `line`, `through`, `behind`
  bool quick = false;
  bool interrupted = false;
  double seconds = 0;
  std::vector<RecordedCase> cases;

  const RecordedCase* find(Number number) const noexcept;
};

/// Its name is that of the target.
Record record_of(const Outcomes& outcomes);

struct ReadRecord {
  Record record;      ///< without a name
  std::string error;  ///< why it is no report of doctor's; else empty
};
/// What --json has written.
ReadRecord read_record(std::string_view json);

/// A page of all of them, in this order.
std::string to_html(const std::vector<Record>& records);

}  // namespace client::doctor
