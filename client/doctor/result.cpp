#include "client/doctor/result.hpp"

#include <algorithm>

#include "client/exit_code.hpp"

namespace client::doctor {

Counts count(const std::vector<CaseResult>& results) {
  Counts counts{};
  for (const CaseResult& result : results) ++counts.at(static_cast<std::size_t>(result.verdict));
  return counts;
}

int exit_code_of(const std::vector<CaseResult>& results, bool strict, bool interrupted) {
  if (interrupted) return exit_code::interrupted;
  const auto failed = [strict](const CaseResult& result) {
    return is_failure(result.verdict, strict);
  };
  if (std::any_of(results.begin(), results.end(), failed)) return exit_code::failure;
  const auto is_untold = [](const CaseResult& result) {
    return result.verdict == Verdict::skipped && result.is_asked &&
           result.what->level == Level::must;
  };
  if (strict && std::any_of(results.begin(), results.end(), is_untold)) return exit_code::invalid;
  const bool all_skipped = of(count(results), Verdict::skipped) == results.size();
  return all_skipped ? exit_code::invalid : exit_code::success;
}

}  // namespace client::doctor
