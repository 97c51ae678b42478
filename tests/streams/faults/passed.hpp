// One Flow at one time: what it lets out of that which is there, and what it does then.
#pragma once

#include <string>
#include <string_view>

#include "streams/faults/grammar.hpp"
#include "streams/faults/script.hpp"
#include "tests/catch.hpp"

namespace tests {

/// When all begins.
constexpr faults::Time start{};

inline faults::Fault fault(const std::string& text) {
  const faults::ParsedFault parsed = faults::parse(text);
  REQUIRE(parsed.wrong.what == "");
  return parsed.fault;
}

/// All that a flow lets out of `available`, at one time; what it does then.
struct Passed {
  std::string bytes;
  faults::Step last;
};

inline Passed pass(faults::Flow& flow, std::string_view available, bool at_end = false,
                   faults::Time now = start) {
  Passed passed;
  for (;;) {
    passed.last = flow.next(available, at_end, now);
    passed.bytes += passed.last.bytes;
    available.remove_prefix(passed.last.take);
    if (passed.last.then != faults::Then::go_on) return passed;
  }
}

}  // namespace tests
