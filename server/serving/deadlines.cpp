#include "server/serving/deadlines.hpp"

#include <algorithm>

#include "streams/closing.hpp"

namespace server::serving {
namespace {

bool has_passed(std::chrono::milliseconds deadline, Progress::Duration time) noexcept {
  return deadline.count() != 0 && time >= deadline;
}

}  // namespace

insight::Cause overdue(const config::Limits& limits, const Progress& seen) noexcept {
  using insight::Cause;
  if (has_passed(limits.max_session_time, seen.age)) return Cause::max_session_time;
  if (!seen.has_begun && has_passed(limits.first_byte_timeout, seen.age)) {
    return Cause::first_byte_timeout;
  }
  if (has_passed(limits.line_timeout, seen.line)) return Cause::line_timeout;
  if (has_passed(limits.idle_timeout, seen.silent)) return Cause::idle;
  return Cause::none;
}

bool is_beyond_all_time(const config::Limits& limits, Progress::Duration age) noexcept {
  return limits.max_session_time.count() != 0 &&
         age >= limits.max_session_time + limits.close_timeout;
}

std::chrono::milliseconds close_rate_period(const config::Limits& limits) noexcept {
  return streams::Closing::slow_reader * limits.close_timeout;
}

std::chrono::milliseconds shortest_deadline(const config::Limits& limits) noexcept {
  std::chrono::milliseconds shortest{0};
  const auto keep = [&shortest](std::chrono::milliseconds deadline) {
    if (deadline.count() == 0) return;
    shortest = shortest.count() == 0 ? deadline : std::min(shortest, deadline);
  };
  keep(limits.first_byte_timeout);
  keep(limits.line_timeout);
  keep(limits.idle_timeout);
  keep(limits.drain_timeout);
  keep(limits.max_session_time);
  if (limits.min_close_rate != 0) keep(close_rate_period(limits));
  return shortest;
}

}  // namespace server::serving
