#include "client/doctor/pattern.hpp"

#include "tests/catch.hpp"

using client::doctor::pattern;
using client::doctor::PatternCheck;

namespace {

std::string difference_of(std::string_view received, std::size_t piece) {
  PatternCheck check(1);
  for (std::size_t at = 0; at < received.size(); at += piece) {
    check.take(received.substr(at, piece));
  }
  CHECK(check.taken() == received.size());
  return check.difference();
}

}  // namespace

TEST_CASE("a stream that is as it was sent has no difference, whatever its pieces") {
  const std::string sent = pattern(1, 0, 10'000);
  for (const std::size_t piece : {1U, 7U, 64U, 10'000U}) {
    CHECK(difference_of(sent, piece).empty());
  }
  for (const std::size_t at : {5000U, 5001U, 5007U}) {
    CHECK(pattern(1, at, 100) == sent.substr(at, 100));
  }
}

TEST_CASE("what is lost, doubled, changed or another's is told apart") {
  const std::string sent = pattern(1, 0, 10'000);
  for (const std::size_t piece : {1U, 5U, 4096U, 10'000U}) {
    CAPTURE(piece);
    CHECK(difference_of(sent.substr(0, 800) + sent.substr(1000), piece) ==
          "at octet 807 stands what belongs to octet 1007: 200 octets are lost, or come later");
    CHECK(difference_of(sent.substr(0, 800) + sent.substr(600), piece) ==
          "at octet 807 stands what belongs to octet 607: it comes a second time, or late");
    std::string changed = sent;
    changed[802] = 'x';
    CHECK(difference_of(changed, piece).starts_with("at octet 802 stands \"x"));
    CHECK(difference_of(pattern(2, 0, 100), piece).starts_with("at octet 0 stands \""));
  }
}
