// Whatever a peer sends the line protocol, its answers are the same however the network cuts it,
// and wherever FIN comes. The input's first byte chooses the cuts, the rest is what the peer sends.
#include "tests/fuzz/cuts.hpp"
#include "tests/fuzz/told.hpp"
#include "tests/fuzz/visit.hpp"

namespace {

using tests::Outcome;

constexpr std::size_t line = 1;
static_assert(server::protocols::protocols[line].name == "line");

Outcome answers(const std::vector<std::string_view>& pieces, bool fin_with_last) {
  return tests::visit(line, pieces, fin_with_last, {});
}

void check_same(const Outcome& got, const Outcome& whole, std::string_view input) {
  const tests::Told one = tests::take_apart(got.output);
  const tests::Told other = tests::take_apart(whole.output);
  if (one.lines == other.lines && same_telnet(one, other) && got.error == whole.error &&
      got.cause == whole.cause) {
    return;
  }
  tests::found("a cut makes a difference", "input: " + text::escaped(input) +
                                               described("whole", whole) + described("cut", got));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t longest = 4096;
  if (size == 0 || size > longest) return 0;
  const std::string_view input = tests::text_of(data + 1, size - 1);
  const std::vector<std::string_view> whole_input =
      input.empty() ? std::vector<std::string_view>{} : std::vector{input};
  const Outcome whole = answers(whole_input, false);
  check_same(answers(whole_input, true), whole, input);
  check_same(answers(tests::cut(input, data[0]), data[0] % 2 == 0), whole, input);
  check_same(answers(tests::cut(input, 0), false), whole, input);
  return 0;
}
