// Daytime, RFC 867: one line for people, then the end.
#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "server/protocols/protocol.hpp"
#include "streams/text/timestamp.hpp"

namespace server::protocols {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

/// `Saturday, November 21, 2026 05:48:29-UTC`.
std::string daytime_of(std::chrono::system_clock::time_point now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::string stamp = text::timestamp(now, text::Fraction::none);  // 2026-11-21T05:48:29Z
  const auto part = [&stamp](std::size_t at, std::size_t size) { return stamp.substr(at, size); };
  std::string line(weekdays[std::chrono::weekday(day).c_encoding()]);
  (line += ", ") += months[static_cast<unsigned>(date.month()) - 1];
  return line + ' ' + part(8, 2) + ", " + part(0, 4) + ' ' + part(11, 8) + "-UTC";
}

}  // namespace

streams::Task<std::error_code> daytime(streams::StreamReader&, streams::StreamWriter& writer,
                                       const Context& context) {
  writer.write(daytime_of(context.now()) + "\r\n");
  co_return std::error_code{};
}

}  // namespace server::protocols
