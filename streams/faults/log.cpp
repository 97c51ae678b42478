#include "streams/faults/log.hpp"

#include <algorithm>

#include "streams/faults/draw.hpp"
#include "streams/text/units.hpp"

namespace faults {
namespace {

std::string place_of(const Encounter& met) {
  using Where = Encounter::Where;
  switch (met.where) {
    case Where::accept: return "accept";
    case Where::end: return "end";
    case Where::input: return "input:" + std::to_string(met.n);
    case Where::output: return "output:" + std::to_string(met.n);
    case Where::line: return "line:" + std::to_string(met.n);
    case Where::reply: return "reply:" + std::to_string(met.n);
    case Where::time:
      return "time:" + text::format_duration(Microseconds(static_cast<Microseconds::rep>(met.n)));
  }
  return {};
}

}  // namespace

void append(std::string& out, const Encounter& met) {
  if (!out.empty()) out += ' ';
  out.append(word(met.action)) += '@';
  out += place_of(met);
}

void Log::add(const Encounter& met, std::uint64_t line) {
  if (first_.size() < max_shown) first_.push_back({met, line});
  Sum sum = lines_.empty() ? Sum{} : lines_.back().sum;
  const auto what = static_cast<std::uint64_t>(met.action) << 8U |  //
                    static_cast<std::uint64_t>(met.where);
  sum.digest = mix(mix(sum.digest + what) + met.n);
  ++sum.count;
  const bool is_new = lines_.empty() || lines_.back().line < line;
  if (is_new && lines_.size() < max_lines) lines_.push_back({line, {}});
  lines_.back() = {std::max(line, lines_.back().line), sum};
}

void Log::forget_before(std::uint64_t line) {
  while (lines_.size() > 1 && lines_[1].line <= line) lines_.pop_front();
}

Log::Sum Log::sum_up_to(std::uint64_t line) const noexcept {
  const auto after = std::ranges::upper_bound(lines_, line, {}, &At::line);
  return after == lines_.begin() ? Sum{} : std::prev(after)->sum;
}

void Log::append_up_to(std::uint64_t line, std::string& out, std::size_t& shown) const {
  for (const Shown& one : first_) {
    if (one.line > line || shown == max_shown) return;
    append(out, one.met);
    ++shown;
  }
}

}  // namespace faults
