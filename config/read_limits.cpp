#include "config/read_limits.hpp"

#include <string>

#include "config/units.hpp"

namespace config {
namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

// The mark that this table sets is at fault; if it sets both, the low one.
void refuse_marks(TableReader& reader, bool low_is_set, const Limits& limits) {
  const std::string low = quoted(format_size(limits.low_water));
  const std::string high = quoted(format_size(limits.high_water));
  if (low_is_set) {
    reader.error(reader.at("low_water"), "'low_water' is " + low + "; allowed is at most the " +
                                             "'high_water' that applies here, " + high);
  } else {
    reader.error(reader.at("high_water"), "'high_water' is " + high + "; allowed is at least the " +
                                              "'low_water' that applies here, " + low);
  }
}

}  // namespace

bool read_limits(TableReader& reader, bool base_good, Limits& limits) {
  const Read max_connections =
      reader.integer("max_connections", 1, 1'000'000, limits.max_connections);
  const Read at_limit = reader.choice("at_limit", at_limit_choices, limits.at_limit);
  const Read idle_timeout = reader.duration("idle_timeout", max_wait, limits.idle_timeout);
  const Read max_line = reader.size("max_line", 64, mib, limits.max_line);
  const Read high_water = reader.size("high_water", 4 * kib, 64 * mib, limits.high_water);
  const Read low_water = reader.size("low_water", 0, 64 * mib, limits.low_water);

  bool good = true;
  for (Read read : {max_connections, at_limit, idle_timeout, max_line, high_water, low_water}) {
    good = good && read != Read::bad;
  }
  const bool either_set = high_water == Read::good || low_water == Read::good;
  const bool both_set = high_water == Read::good && low_water == Read::good;
  const bool either_bad = high_water == Read::bad || low_water == Read::bad;
  const bool comparable = either_set && !either_bad && (base_good || both_set);
  if (comparable && limits.low_water > limits.high_water) {
    refuse_marks(reader, low_water == Read::good, limits);
    good = false;
  }
  return good;
}

}  // namespace config
