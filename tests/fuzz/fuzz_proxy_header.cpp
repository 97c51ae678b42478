// Whatever comes in place of a header of the PROXY protocol, it means the same however it is cut,
// stays within its bounds, and what it names is written and read as the same. The input's first
// byte chooses the cuts, the rest is what a proxy sends.
#include <memory>
#include <string>

#include "streams/proxy_header/encode.hpp"
#include "streams/proxy_header/parser.hpp"
#include "tests/fuzz/cuts.hpp"
#include "tests/fuzz/verdict.hpp"

namespace {

using proxy_header::Header;
using proxy_header::Parser;
using tests::found;
using State = Parser::State;

/// From memory of exactly its size, so that AddressSanitizer sees every overrun.
std::size_t feed(Parser& parser, std::string_view piece) {
  const auto memory = std::make_unique<char[]>(piece.size());
  piece.copy(memory.get(), piece.size());
  return parser.take({memory.get(), piece.size()});
}

Parser fed(const std::vector<std::string_view>& pieces) {
  Parser parser;
  for (const std::string_view piece : pieces) feed(parser, piece);
  return parser;
}

/// Reads as a session does.
Parser fed_as_wanted(std::string_view input) {
  Parser parser;
  while (parser.state() == State::incomplete && !input.empty()) {
    const std::size_t wanted = parser.wanted();
    if (wanted == 0) found("it wants nothing and is incomplete");
    const std::string_view piece = input.substr(0, wanted);
    if (feed(parser, piece) != piece.size() && parser.state() == State::complete) {
      found("it wanted more than there is of it", text::escaped(input));
    }
    input.remove_prefix(piece.size());
  }
  return parser;
}

bool same(const Header& one, const Header& other) {
  return one.kind == other.kind && one.source == other.source &&
         one.destination == other.destination;
}

void check_same(const Parser& got, const Parser& whole, std::string_view input) {
  if (got.state() == whole.state() && got.fault() == whole.fault() && got.size() == whole.size() &&
      got.wanted() == whole.wanted() && same(got.header(), whole.header())) {
    return;
  }
  found("a cut makes a difference", text::escaped(input));
}

void check_written(const Header& header) {
  if (header.kind != Header::Kind::proxied || header.source.family() == AF_UNIX) return;
  for (const auto version : {proxy_header::Version::v1, proxy_header::Version::v2}) {
    const std::string bytes = proxy_header::encode(version, header);
    const Parser again = fed({bytes});
    if (again.state() != State::complete || !same(again.header(), header)) {
      found("what is written is not read as the same", text::escaped(bytes));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input = tests::text_of(data + 1, size - 1);
  const Parser whole = fed({input});
  if (whole.size() > input.size() || whole.size() > proxy_header::max_size) found("too much taken");
  const bool is_malformed = whole.state() == State::malformed;
  if (is_malformed != (whole.fault() != proxy_header::Fault::none)) found("malformed, or not");
  check_same(fed(tests::cut(input, data[0])), whole, input);
  check_same(fed(tests::cut(input, 0)), whole, input);
  check_same(fed_as_wanted(input), whole, input);
  if (whole.state() == State::complete) check_written(whole.header());
  return 0;
}
