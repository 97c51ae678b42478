#include "server/protocols/telnet.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/catch.hpp"

using server::protocols::Telnet;
using namespace std::string_literals;

namespace {

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
  const std::size_t size = filtered.state.filter(memory.get(), piece.size(), filtered.replies);
  REQUIRE(size <= piece.size());
  filtered.text.append(memory.get(), size);
}

Filtered whole(std::string_view input) {
  Filtered filtered;
  feed(filtered, input);
  return filtered;
}

/// Where `input`, split in up to three pieces, comes out otherwise than whole; "" if nowhere.
std::string first_bad_split(std::string_view input) {
  const Filtered expected = whole(input);
  for (std::size_t i = 0; i <= input.size(); ++i) {
    for (std::size_t j = i; j <= input.size(); ++j) {
      Filtered filtered;
      feed(filtered, input.substr(0, i));
      feed(filtered, input.substr(i, j - i));
      feed(filtered, input.substr(j));
      if (filtered != expected) return std::to_string(i) + " and " + std::to_string(j);
    }
  }
  return "";
}

struct Case {
  const char* name;
  std::string input;
  std::string text;
  std::string replies;
  bool interrupted = false;
};

const std::vector<Case> cases{
    {"nothing", "", "", ""},
    {"plain text", "PING\r\nPING\n", "PING\r\nPING\n", ""},
    {"UTF-8 and control bytes", "\xc3\xa9\x01\x7f\t\xf0", "\xc3\xa9\x01\x7f\t\xf0", ""},
    {"CR NUL", "PING\r\0PING\r\0"s, "PING\r\nPING\r\n", ""},
    {"CR NUL NUL", "\r\0\0"s, "\r\n\0"s, ""},
    {"CR CR NUL", "\r\r\0"s, "\r\r\n", ""},
    {"CR LF NUL", "\r\n\0"s, "\r\n\0"s, ""},
    {"a CR before text", "a\rb\0"s, "a\rb\0"s, ""},
    {"lone NULs", "\0a\0\0b\0"s, "\0a\0\0b\0"s, ""},
    {"CR, a command, NUL", "a\r\xff\xf1\0b"s, "a\r\nb", ""},
    {"CR, an option 0, NUL", "\r\xff\xfd\0\0"s, "\r\n", "\xff\xfc\0"s},
    {"CR, a sub-negotiation with CR and NUL", "x\xff\xfa\1\r\xff\xf0\0\r\xff\xfa\1\0\xff\xf0y"s,
     "x\0\ry"s, ""},
    {"IAC IAC", "a\xff\xff\x62", "a\xff\x62", ""},
    {"IAC IAC twice", "\xff\xff\xff\xff", "\xff\xff", ""},
    {"CR, IAC IAC, NUL", "\r\xff\xff\0"s, "\r\xff\0"s, ""},
    {"IAC IAC before a verb's code", "\xff\xff\xfd\x01", "\xff\xfd\x01", ""},
    {"DO", "a\xff\xfd\x01\x62", "ab", "\xff\xfc\x01"},
    {"WILL", "a\xff\xfb\x01\x62", "ab", "\xff\xfe\x01"},
    {"DONT and WONT", "a\xff\xfe\x01\xff\xfc\x01\x62", "ab", ""},
    {"DO twice", "\xff\xfd\x03\xff\xfd\x03", "", "\xff\xfc\x03"},
    {"WILL twice", "\xff\xfb\x03\xff\xfb\x03", "", "\xff\xfe\x03"},
    {"DO, DONT, DO", "\xff\xfd\x03\xff\xfe\x03\xff\xfd\x03", "", "\xff\xfc\x03"},
    {"DO and WILL of one option", "\xff\xfd\x03\xff\xfb\x03", "", "\xff\xfc\x03\xff\xfe\x03"},
    {"DO of options 0 and 255", "\xff\xfd\0\xff\xfd\xff\xff\xfd\xff"s, "",
     "\xff\xfc\0\xff\xfc\xff"s},
    {"WILL of options 0 and 255", "\xff\xfb\0\xff\xfb\xff\xff\xfb\xff"s, "",
     "\xff\xfe\0\xff\xfe\xff"s},
    {"an option whose number is LF", "\xff\xfd\nx", "x", "\xff\xfc\n"},
    {"DO TIMING-MARK each time", "\xff\xfd\x06\xff\xfd\x06", "", "\xff\xfc\x06\xff\xfc\x06"},
    {"WILL TIMING-MARK twice", "\xff\xfb\x06\xff\xfb\x06", "", "\xff\xfe\x06"},
    {"every other command",
     "a\xff\xec\xff\xed\xff\xee\xff\xef\xff\xf0\xff\xf1\xff\xf2\xff\xf3\xff\xf5\xff\xf6\xff\xf7"
     "\xff\xf8\xff\xf9z",
     "az", ""},
    {"Ctrl-Z of a client", "a\xff\xed\xff\xfd\x06z", "az", "\xff\xfc\x06"},
    {"Ctrl-\\ of a client", "a\xff\xf3\xff\xfd\x06z", "az", "\xff\xfc\x06"},
    {"a sub-negotiation", "a\xff\xfa\x18\0xterm\xff\xf0z"s, "az", ""},
    {"a sub-negotiation with line ends", "a\xff\xfa\x18\r\nPING\n\r\0\xff\xf0z"s, "az", ""},
    {"a sub-negotiation with IAC IAC SE", "a\xff\xfa\x01\xff\xff\xf0\xff\xf0z", "az", ""},
    {"a sub-negotiation with IAC IAC verb", "a\xff\xfa\x01\xff\xff\xfd\x01\xff\xf0z", "az", ""},
    {"a sub-negotiation with a lone IAC", "a\xff\xfa\x01\xff\x01q\xff\xf0z", "az", ""},
    {"an empty sub-negotiation", "a\xff\xfa\xff\xf0z", "az", ""},
    {"two sub-negotiations", "\xff\xfa\x01x\xff\xf0m\xff\xfa\x01y\xff\xf0z", "mz", ""},
    {"a sub-negotiation without its end", "a\xff\xfa\x01\x62\n", "a", ""},
    {"a sub-negotiation ended by a verb", "\xff\xfa\x01x\xff\xfd\x01z", "z", "\xff\xfc\x01"},
    {"a sub-negotiation begun inside one", "\xff\xfa\x01x\xff\xfa\x02y\xff\xf0z", "z", ""},
    {"an IAC before no command", "a\xff\n\xff\0\r\xff\0\xffz"s, "a\n\0\r\nz"s, ""},
    {"an IAC before the highest byte that is none", "\xff\xeb", "\xeb", ""},
    {"IP", "PI\xff\xf4NG\n", "PI", "", true},
    {"IP, then DO TIMING-MARK, as Ctrl-C sends", "PI\xff\xf4\xff\xfd\x06NG\n", "PI", "\xff\xfc\x06",
     true},
    {"IP, then options", "\xff\xf4x\xff\xfd\x01y\xff\xfb\x01\xff\xfa\x01q\xff\xf0z\xff\xfd\x06", "",
     "\xff\xfc\x01\xff\xfe\x01\xff\xfc\x06", true},
    {"IP, then every kind of text", "a\xff\xf4q\r\0\0\xff\xff\xff\n\r"s, "a", "", true},
    {"IP after CR", "a\r\xff\xf4\0"s, "a\r", "", true},
    {"IP twice", "a\xff\xf4\x62\xff\xf4\x63", "a", "", true},
    {"IP inside an endless sub-negotiation", "a\xff\xfa\x01x\xff\xf4z", "a", "", true},
    {"IP's code in a sub-negotiation", "a\xff\xfa\xf4\xff\xff\xf4\xff\xf0z", "az", ""},
    {"IP's code as an option", "a\xff\xfe\xf4z", "az", ""},
};

// The grammar read off the whole input with an index, sharing nothing with the state machine.
struct Model {
  std::string text;
  std::string replies;
  bool interrupted = false;
  std::set<int> requests;
  std::set<int> offers;

  explicit Model(const std::string& input) {
    const auto at = [&](std::size_t i) {
      return i < input.size() ? static_cast<int>(static_cast<unsigned char>(input[i])) : -1;
    };
    for (std::size_t i = 0; at(i) >= 0;) {
      if (at(i) != 255) {
        put(at(i++));
        continue;
      }
      const int verb = at(i + 1);
      if (verb < 236) {
        i += 1;
      } else if (verb == 255) {
        put(255);
        i += 2;
      } else if (verb >= 251) {
        if (at(i + 2) >= 0) negotiate(verb, at(i + 2));
        i += 3;
      } else if (verb == 250) {
        i += 2;
        while (at(i) >= 0 && !(at(i) == 255 && (at(i + 1) >= 236 && at(i + 1) < 255))) {
          i += at(i) == 255 ? 2U : 1U;
        }
        if (at(i + 1) == 240) i += 2;
      } else {
        interrupted = interrupted || verb == 244;
        i += 2;
      }
    }
  }

  void put(int byte) {
    if (interrupted) return;
    const bool line_end = byte == 0 && !text.empty() && text.back() == '\r';
    text += line_end ? '\n' : static_cast<char>(byte);
  }

  void negotiate(int verb, int option) {
    const bool asks = verb == 253 && (requests.insert(option).second || option == 6);
    const bool offered = verb == 251 && offers.insert(option).second;
    if (!asks && !offered) return;
    replies += '\xff';
    replies += asks ? '\xfc' : '\xfe';
    replies += static_cast<char>(option);
  }
};

}  // namespace

TEST_CASE("telnet input gives its text, the answers and whether it interrupts") {
  for (const Case& c : cases) {
    INFO(c.name);
    const Filtered filtered = whole(c.input);
    CHECK(filtered.text == c.text);
    CHECK(filtered.replies == c.replies);
    CHECK(filtered.state.interrupted() == c.interrupted);
  }
}

TEST_CASE("telnet input means the same however it is split in three") {
  for (const Case& c : cases) {
    INFO(c.name);
    CHECK(first_bad_split(c.input) == "");
  }
}

TEST_CASE("random telnet input gives what a plain reading of the grammar gives") {
  std::mt19937 random{20261120};
  const std::string likely = "\xff\xff\xff\xff\xfa\xf0\xfd\xfb\xfc\xfe\r\r\n\x06\x01z\0\0"s;
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int round = 0; round < 20'000; ++round) {
    std::string input(below(80), ' ');
    for (char& c : input) {
      c = below(10) == 0 ? static_cast<char>(below(256)) : likely[below(likely.size())];
    }
    if (below(4) == 0) input.insert(below(input.size() + 1), "\xff\xf4");

    Filtered filtered;
    std::string_view rest = input;
    while (!rest.empty()) {
      const std::size_t size = std::min(rest.size(), 1 + below(12));
      feed(filtered, rest.substr(0, size));
      rest.remove_prefix(size);
    }
    const Model model(input);
    if (filtered.text != model.text || filtered.replies != model.replies ||
        filtered.state.interrupted() != model.interrupted) {
      CAPTURE(round, input, model.text, filtered.text, model.replies, filtered.replies);
      FAIL("the state machine and the grammar differ");
    }
  }
}

TEST_CASE("an interrupted session still answers a timing mark in a later piece") {
  Filtered filtered = whole("PING\n\xff\xf4");
  feed(filtered, "text\n\xff\xfd");
  feed(filtered, "\x06");
  CHECK(filtered.text == "PING\n");
  CHECK(filtered.replies == "\xff\xfc\x06");
  CHECK(filtered.state.interrupted());
}

TEST_CASE("every option is refused once, and all 256 of them fit") {
  std::string everything;
  std::string expected;
  for (int option = 0; option < 256; ++option) {
    for (const auto& [asked, answered] : {std::pair{'\xfd', '\xfc'}, std::pair{'\xfb', '\xfe'}}) {
      everything += {'\xff', asked, static_cast<char>(option)};
      expected += {'\xff', answered, static_cast<char>(option)};
    }
  }
  Filtered filtered = whole(everything);
  CHECK(filtered.replies == expected);
  feed(filtered, everything);
  CHECK(filtered.replies == expected + "\xff\xfc\x06");
  CHECK(filtered.text == "");
}

TEST_CASE("answers are appended to what is already there") {
  Filtered filtered;
  filtered.replies = "+PONG\r\n";
  feed(filtered, "\xff\xfd\x01");
  CHECK(filtered.replies == "+PONG\r\n\xff\xfc\x01");
}

TEST_CASE("the telnet state of a connection is small") { CHECK(sizeof(Telnet) <= 80); }
