#include "streams/text/timestamp.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace text {
namespace {

// `number` in the last `digits` characters before `end`.
void put(char* end, unsigned number, std::size_t digits) noexcept {
  for (; digits != 0; --digits, number /= 10) *--end = static_cast<char>('0' + number % 10);
}

}  // namespace

void append_timestamp(std::string& out, std::chrono::system_clock::time_point when,
                      Fraction fraction) {
  using namespace std::chrono;
  const auto day = floor<days>(when);
  const year_month_day date(day);
  const hh_mm_ss time(floor<microseconds>(when - day));
  const auto number = [](auto count) { return static_cast<unsigned>(count); };

  constexpr std::string_view form = "0000-00-00T00:00:00.000000";
  std::array<char, form.size() + 1> text;
  form.copy(text.data(), form.size());
  put(&text[4], number(static_cast<int>(date.year())), 4);
  put(&text[7], static_cast<unsigned>(date.month()), 2);
  put(&text[10], static_cast<unsigned>(date.day()), 2);
  put(&text[13], number(time.hours().count()), 2);
  put(&text[16], number(time.minutes().count()), 2);
  put(&text[19], number(time.seconds().count()), 2);
  std::size_t size = 19;  // up to the point
  if (fraction == Fraction::milliseconds) {
    put(&text[size += 4], number(time.subseconds().count()) / 1000, 3);
  } else if (fraction == Fraction::microseconds) {
    put(&text[size += 7], number(time.subseconds().count()), 6);
  }
  text[size] = 'Z';
  out.append(text.data(), size + 1);
}

std::string timestamp(std::chrono::system_clock::time_point when, Fraction fraction) {
  std::string out;
  append_timestamp(out, when, fraction);
  return out;
}

}  // namespace text
