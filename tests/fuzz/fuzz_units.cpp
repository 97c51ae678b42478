// Any text is a quantity or is refused in words, within the bounds of its notation; the ways of
// reading agree where both read; and what is formatted is read as the same. The input's first byte
// chooses the notation, the rest is the text.
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <string>

#include "streams/text/units.hpp"
#include "tests/fuzz/verdict.hpp"

namespace {

using tests::found;
using text::Notation;
using text::Parsed;

const std::array<Notation, 6> notations{{
    {.units = std::span(text::time_units).subspan(2),
     .step = 1'000'000,
     .max = std::numeric_limits<std::int64_t>::max() / 1'000'000,
     .bare = {},
     .what = "a duration",
     .form = "write 5s"},
    {.units = text::time_units,
     .max = std::numeric_limits<std::int64_t>::max(),
     .bare = "s",
     .compound = true,
     .what = "a time",
     .form = "write 1m30s"},
    {.units = text::size_units, .bare = {}, .what = "a size", .form = "write 64KiB"},
    {.units = text::size_units, .max = 1U << 20U, .bare = "B", .what = "a size", .form = "write 9"},
    {.units = text::count_units, .bare = {}, .what = "a count", .form = "write 5k"},
    {.units = text::count_units, .max = 0, .bare = {}, .what = "nothing", .form = "write 0"},
}};

template <typename Value>
void check_refusal(const Parsed<Value>& parsed, std::string_view text, const Notation& notation) {
  if (parsed) return;
  const std::string begin = '"' + std::string(text) + "\" ";
  if (parsed.error.starts_with(begin) && parsed.error.ends_with(notation.form)) return;
  found("a refusal that does not say of what", text::escaped(parsed.error));
}

void check_bounds(const Parsed<std::uint64_t>& parsed, std::string_view text,
                  const Notation& notation) {
  if (parsed.value > (parsed ? notation.max : 0)) {
    found("a value beyond its notation's", text::escaped(text));
  }
}

void check_agreement(std::string_view text, const Notation& notation) {
  const Parsed<std::uint64_t> whole = parse_whole(text, notation);
  const Parsed<std::uint64_t> rounded = parse_rounded(text, notation);
  const Parsed<double> decimal = parse_decimal(text, notation);
  check_refusal(whole, text, notation);
  check_refusal(rounded, text, notation);
  check_refusal(decimal, text, notation);
  check_bounds(whole, text, notation);
  check_bounds(rounded, text, notation);
  if (whole && (!rounded || rounded.value != whole.value)) {
    found("a whole quantity is rounded to another", text::escaped(text));
  }
  // A double has 53 bits.
  const double off = std::abs(decimal.value - static_cast<double>(rounded.value));
  if (rounded && (!decimal || off > 0.5 + decimal.value * 1e-9)) {
    found("a quantity is rounded to one that is far off", text::escaped(text));
  }
  if (decimal && !(decimal.value >= 0 && std::isfinite(decimal.value))) {
    found("a quantity that is no number", text::escaped(text));
  }
}

void check_format(std::uint64_t value) {
  static constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  const Parsed<std::uint64_t> size = parse_whole(text::format_size(value), notations[2]);
  if (!size || size.value != value) found("a size is read as another", std::to_string(value));
  const std::chrono::nanoseconds time(static_cast<std::int64_t>(value % most));
  const Parsed<std::uint64_t> read = parse_whole(text::format_duration(time), notations[1]);
  if (!read || read.value != value % most) {
    found("a time is read as another", std::to_string(value % most));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // From memory of exactly its size, so that AddressSanitizer sees every overrun.
  const auto memory = std::make_unique<char[]>(size - 1);
  tests::text_of(data + 1, size - 1).copy(memory.get(), size - 1);
  const Notation& notation = notations[data[0] % notations.size()];
  check_agreement({memory.get(), size - 1}, notation);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | data[i];
  check_format(value);
  return 0;
}
