// A Telnet that goes on in the place of another.
#include <string>
#include <string_view>

#include "server/protocols/telnet.hpp"
#include "tests/catch.hpp"

using server::protocols::Telnet;
using namespace std::string_view_literals;

namespace {

std::string saved(const Telnet& telnet) {
  std::string state;
  telnet.save(state);
  return state;
}

void feed(Telnet& telnet, std::string_view piece, std::string& out) {
  std::string data(piece);
  std::string replies;
  data.resize(telnet.filter(data.data(), data.size(), replies));
  out += data + "|" + replies + "|";
}

}  // namespace

TEST_CASE("wherever telnet's input is cut, another goes on with the rest of it", "[telnet]") {
  const std::string_view input =
      "a\r\0b\xff\xfd\x01\xff\xfb\xc8\xff\xfa\x18text\xff\xf0\xff\xff"
      "c\xff\xfd\x01\xff\xfd\xff\xff\xfb\xc8zz\xff\xfe\x07\xff\xfc\x08"
      "end\r\0"sv;
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    INFO("cut at " << cut);
    Telnet whole;
    Telnet next;
    std::string of_whole;
    std::string of_next;
    feed(whole, input.substr(0, cut), of_whole);
    REQUIRE(next.resume(saved(whole)));
    CHECK(next == whole);
    feed(whole, input.substr(cut), of_whole);
    feed(next, input.substr(cut), of_next);
    CHECK(of_whole.ends_with(of_next));
    CHECK(next == whole);
  }
}

TEST_CASE("a Telnet that has met nothing needs no bytes", "[telnet]") {
  CHECK(saved(Telnet()).empty());
  Telnet telnet;
  CHECK(telnet.resume(""));
  CHECK(telnet == Telnet());
}

TEST_CASE("what is no Telnet's state is refused, and changes nothing", "[telnet]") {
  Telnet negotiated;
  std::string out;
  feed(negotiated, "\xff\xfd\x01", out);
  const std::string state = saved(negotiated);
  Telnet telnet;
  for (std::size_t size = 1; size < state.size(); ++size) {
    CHECK_FALSE(telnet.resume(std::string_view(state).substr(0, size)));
  }
  CHECK_FALSE(telnet.resume(state + "x"));
  std::string unknown = state;
  unknown[0] = 7;
  CHECK_FALSE(telnet.resume(unknown));
  unknown[0] = 32;
  CHECK_FALSE(telnet.resume(unknown));
  CHECK(telnet == Telnet());
}
