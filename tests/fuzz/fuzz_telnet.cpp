// Telnet input means the same however it is cut, never grows, and lets escaped text through whole.
// The input's first byte chooses the cuts, the rest is what a peer sends.
#include <algorithm>
#include <memory>
#include <string>

#include "server/protocols/telnet.hpp"
#include "tests/fuzz/cuts.hpp"
#include "tests/fuzz/verdict.hpp"

namespace {

using server::protocols::Telnet;
using tests::found;

struct Filtered {
  std::string text;
  std::string replies;
  Telnet state;

  bool operator==(const Filtered&) const = default;
};

/// Feeds one piece from memory of exactly its size, so that AddressSanitizer sees every overrun.
void feed(Filtered& filtered, std::string_view piece) {
  const auto memory = std::make_unique<char[]>(piece.size());
  std::copy(piece.begin(), piece.end(), memory.get());
  const std::size_t replies = filtered.replies.size();
  const std::size_t left = filtered.state.filter(memory.get(), piece.size(), filtered.replies);
  if (left > piece.size()) found("more came out than went in", text::escaped(piece));
  // A command that began in an earlier piece is answered in full here.
  if (filtered.replies.size() - replies > piece.size() + 2) {
    found("more was answered than asked", text::escaped(piece));
  }
  filtered.text.append(memory.get(), left);
}

Filtered fed(const std::vector<std::string_view>& pieces) {
  Filtered filtered;
  for (const std::string_view piece : pieces) feed(filtered, piece);
  return filtered;
}

void check_same(const Filtered& got, const Filtered& whole, std::string_view input) {
  if (got == whole) return;
  found("a cut makes a difference",
        "input: " + text::escaped(input) + "\nwhole: " + text::escaped(whole.text) + " replies " +
            text::escaped(whole.replies) + "\ncut: " + text::escaped(got.text) + " replies " +
            text::escaped(got.replies));
}

void check_refusals(std::string_view replies) {
  if (replies.size() % 3 != 0) found("half a reply", text::escaped(replies));
  for (std::size_t i = 0; i < replies.size(); i += 3) {
    const bool refuses = replies[i + 1] == '\xfc' || replies[i + 1] == '\xfe';
    if (replies[i] != '\xff' || !refuses)
      found("a reply that is no refusal", text::escaped(replies));
  }
}

/// Escapes `text` as a telnet client does, save that it sends no NUL.
void check_text_passes(std::string_view text) {
  std::string sent;
  std::string wanted;
  for (const char c : text) {
    if (c == '\0') continue;
    sent.append(c == '\xff' ? 2 : 1, c);
    wanted += c;
  }
  const Filtered filtered = fed({sent});
  if (filtered.text != wanted || !filtered.replies.empty() || filtered.state.interrupted()) {
    found("escaped text did not come through", text::escaped(wanted));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input = tests::text_of(data + 1, size - 1);
  const Filtered whole = fed({input});
  check_same(fed(tests::cut(input, data[0])), whole, input);
  check_same(fed(tests::cut(input, 0)), whole, input);
  if (whole.replies.size() > input.size())
    found("more was answered than asked", text::escaped(input));
  check_refusals(whole.replies);
  check_text_passes(input);
  return 0;
}
