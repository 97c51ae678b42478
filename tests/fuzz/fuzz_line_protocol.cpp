// Whatever a peer sends the line protocol, its answers are the same however the network cuts it,
// and wherever FIN comes. The input's first byte chooses the cuts, the rest is what the peer sends.
#include "tests/fuzz/cuts.hpp"
#include "tests/fuzz/line_exchange.hpp"

namespace {

using tests::Answers;
using tests::found;

Answers answers(const std::vector<std::string_view>& pieces, bool fin_with_last) {
  tests::LineExchange exchange;
  return exchange.talk(pieces, fin_with_last);
}

std::string described(std::string_view name, const Answers& answers) {
  return "\n" + std::string(name) + ": " + text::escaped(answers.lines) + "\n  telnet " +
         text::escaped(answers.telnet) + "\n  then " + answers.ec.message();
}

void check_same(const Answers& got, const Answers& whole, std::string_view input) {
  // After QUIT and after Ctrl-C, how much of what follows is still seen depends on the cuts.
  const bool left_early = whole.lines.ends_with("+BYE\r\n");
  const bool same_telnet =
      left_early ? got.telnet.starts_with(whole.telnet) || whole.telnet.starts_with(got.telnet)
                 : got.telnet == whole.telnet;
  if (got.lines == whole.lines && got.ec == whole.ec && same_telnet) return;
  found("a cut makes a difference",
        "input: " + text::escaped(input) + described("whole", whole) + described("cut", got));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t longest = 4096;
  if (size == 0 || size > longest) return 0;
  const std::string_view input = tests::text_of(data + 1, size - 1);
  const std::vector<std::string_view> whole_input =
      input.empty() ? std::vector<std::string_view>{} : std::vector{input};
  const Answers whole = answers(whole_input, false);
  check_same(answers(whole_input, true), whole, input);
  check_same(answers(tests::cut(input, data[0]), data[0] % 2 == 0), whole, input);
  check_same(answers(tests::cut(input, 0), false), whole, input);
  return 0;
}
