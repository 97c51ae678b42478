// The section of a case on doctor's page, and the signs of its verdicts. HTML; pure functions, any
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "client/doctor/record.hpp"

namespace client::doctor {

/// In the page's style: `not-strict`.
std::string class_of(Verdict verdict);
/// A sign, and words beside it.
std::string sign_and_word(Verdict verdict, const std::string& words);
/// The same in the colour of the verdict; its own word where there are none.
std::string mark(Verdict verdict, const std::string& words = {});

/// How much is shown of what was sent and seen, so that the page stays below 300 kB.
struct Evidence {
  explicit Evidence(const std::vector<Record>& records);
  std::size_t of_broken;  ///< entries of a case that was broken
  std::size_t of_others;
};

/// `like` has the sentences.
std::string case_section(const std::vector<Record>& records, const RecordedCase& like,
                         const Evidence& evidence);

}  // namespace client::doctor
