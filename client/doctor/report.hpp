// The report of a run: a line a case as it ends, then the failures with all that was seen. The
// formats for programs are pure functions of the results. One thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "client/doctor/options.hpp"
#include "client/doctor/result.hpp"

namespace client::doctor {

/// All that a report is made of.
struct Outcomes {
  const Options* options = nullptr;
  std::vector<CaseResult> results;
  std::chrono::nanoseconds time{0};
  bool interrupted = false;
};

/// What is examined and how many cases.
std::string headline(const Options& options);
/// The name of a group before its first case.
std::string group_line(unsigned group);
/// `  3.2   fail           ...`, over several lines where the sentence is long.
std::string case_line(const CaseResult& result);
/// The failures, what is not strict, and the sums.
std::string summary(const Outcomes& outcomes);

inline constexpr const char* report_format = "echoline.doctor/1";
/// A document of that format; record.hpp reads it.
std::string to_json(const Outcomes& outcomes);
/// JUnit's XML, as continuous integration reads it: a suite a group.
std::string to_junit(const Outcomes& outcomes);
/// The Test Anything Protocol, version 13, with a YAML block a failure.
std::string to_tap(const Outcomes& outcomes);

}  // namespace client::doctor
