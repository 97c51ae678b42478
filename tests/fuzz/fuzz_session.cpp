// A whole connection, from accept to its end, through a real session of each protocol: however the
// network cuts up what the peer sends, and whatever the kernel takes of each send, the peer gets
// the same, the end is the same, and the session is gone. The input's first byte chooses protocol
// and where FIN comes, the second the cuts, the third how many bytes of moods follow
// (far_end_memory.cpp), and the rest is what the peer sends.
#include "tests/fuzz/cuts.hpp"
#include "tests/fuzz/told.hpp"
#include "tests/fuzz/visit.hpp"

namespace {

using tests::enough;
using tests::found;
using tests::Outcome;
using tests::served;
using tests::visit;

bool same_output(std::string_view protocol, const Outcome& got, const Outcome& whole) {
  if (protocol == "chargen") return got.output.substr(0, enough) == whole.output.substr(0, enough);
  if (protocol != "line") return got.output == whole.output;
  const tests::Told one = tests::take_apart(got.output);
  const tests::Told other = tests::take_apart(whole.output);
  return one.lines == other.lines && same_telnet(one, other);
}

void check_same(std::string_view protocol, const Outcome& got, const Outcome& whole,
                std::string_view input) {
  if (same_output(protocol, got, whole) && got.cause == whole.cause && got.error == whole.error &&
      got.reset == whole.reset) {
    return;
  }
  found("a cut makes a difference", std::string(protocol) + ", input: " + text::escaped(input) +
                                        described("whole", whole) + described("cut", got));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t longest = 4096;
  if (size < 3 || size > longest) return 0;
  const std::size_t protocol = data[0] % served;
  const bool fin_with_last = data[0] / served % 2 != 0;
  const std::string_view rest = tests::text_of(data + 3, size - 3);
  const std::string_view moods = rest.substr(0, data[2] % 32U);
  const std::string_view input = rest.substr(moods.size());
  const std::string_view name = server::protocols::protocols[protocol].name;

  const std::vector<std::string_view> whole_input =
      input.empty() ? std::vector<std::string_view>{} : std::vector{input};
  const Outcome whole = visit(protocol, whole_input, false, {});
  if (name == "echo" && whole.output != input) found("an echo of something else");
  if (name == "discard" && !whole.output.empty()) found("discard speaks");
  check_same(name, visit(protocol, whole_input, true, moods), whole, input);
  check_same(name, visit(protocol, tests::cut(input, data[1]), fin_with_last, moods), whole, input);
  return 0;
}
