// The same plan, seed and bytes come to the same, however the bytes are cut and whoever runs first.
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "streams/faults/grammar.hpp"
#include "streams/faults/script.hpp"
#include "tests/catch.hpp"
#include "tests/streams/faults/pumped.hpp"

namespace {

using Random = std::mt19937;

std::string number(Random& random, unsigned most) { return std::to_string(random() % (most + 1)); }

std::string pick(Random& random, const std::vector<std::string>& of) {
  return of[random() % of.size()];
}

std::string byte_place(Random& random) {
  const std::string place = random() % 3 != 0 ? " at byte " + number(random, 250)
                                              : " every " + std::to_string(1 + random() % 90);
  return place;
}

std::string line_place(Random& random) {
  return random() % 3 != 0 ? " after line " + std::to_string(1 + random() % 30) : " every line";
}

std::string of(Random& random) { return pick(random, {" of input", " of output"}); }

std::string fault(Random& random) {
  switch (random() % 18) {
    case 0: return "delay 2ms 90% 50ms 10%" + byte_place(random) + of(random);
    case 1: return "delay normal 5ms 1ms" + line_place(random) + of(random);
    case 2:
      return "corrupt xor " + std::to_string(1 + random() % 255) + byte_place(random) + of(random);
    case 3: return "drop " + std::to_string(1 + random() % 40) + byte_place(random) + of(random);
    case 4:
      return "duplicate " + std::to_string(1 + random() % 40) + byte_place(random) + of(random);
    case 5: return "insert " + std::to_string(1 + random() % 40) + byte_place(random) + of(random);
    case 6: return "insert 3 every 1ms" + line_place(random) + of(random);
    case 7:
      return pick(random, {"swallow-reply", "duplicate-reply", "reorder-reply", "answer \"no\""}) +
             line_place(random);
    case 8:
      return "stall 10ms" + (random() % 2 ? byte_place(random) : line_place(random)) + of(random);
    case 9: return "urgent" + (random() % 2 ? byte_place(random) : line_place(random));
    case 10: return "stop-reading for 5ms" + byte_place(random);
    case 11: return "slice " + std::to_string(1 + random() % 9) + " at byte " + number(random, 250);
    case 12: return "coalesce " + std::to_string(1 + random() % 99) + " within 3ms after line 2";
    case 13: return "rate 10000/s at byte " + number(random, 250) + of(random);
    case 14: return pick(random, {"slow-close 1s", "ignore-fin", "silent with 5%"});
    default:
      return pick(random, {"fin", "reset", "half-close", "stall forever"}) +
             (random() % 2 ? " at byte " + number(random, 250)
                           : " after line " + std::to_string(1 + random() % 30));
  }
}

std::vector<std::string> plan(Random& random) {
  std::vector<std::string> texts;
  for (std::size_t count = 1 + random() % 8; count != 0; --count) {
    texts.push_back(fault(random));
    const bool has_chance = texts.back().ends_with("%");
    if (!has_chance && random() % 3 == 0) texts.back() += " with " + number(random, 99) + ".5%";
  }
  return texts;
}

std::string lines(Random& random) {
  std::string text;
  for (std::size_t count = 1 + random() % 40; count != 0; --count) {
    text.append(random() % 20, static_cast<char>('a' + random() % 26)) += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("what comes out follows from plan, seed and bytes, and not from how these are cut") {
  std::size_t ended_early = 0;
  std::size_t met_something = 0;
  for (unsigned seed = 0; seed < 800; ++seed) {
    Random random(seed);
    const std::vector<std::string> texts = plan(random);
    const faults::Plan faults_of_it = tests::plan_of(texts);
    const std::string input = lines(random);
    const faults::Identity who{.seed = seed, .connection = 1 + seed % 7, .of_source = 1};
    tests::Pumped whole(faults_of_it, who, input, 0);
    whole.do_not_cut();
    const tests::Outcome reference = whole.run();
    const bool is_early = reference.end == "fin" || reference.end == "reset";
    if (is_early) ++ended_early;
    if (!reference.met.empty()) ++met_something;
    for (unsigned cuts = 1; cuts < 12; ++cuts) {
      CAPTURE(texts, input, seed, cuts);
      const tests::Outcome outcome = tests::Pumped(faults_of_it, who, input, cuts).run();
      REQUIRE(text::escaped(outcome.sent) == text::escaped(reference.sent));
      REQUIRE(outcome.end == reference.end);
      REQUIRE(outcome.met == reference.met);
      if (!is_early) REQUIRE(text::escaped(outcome.fed) == text::escaped(reference.fed));
      REQUIRE(outcome.most_held <= 64 * 1024);
    }
  }
  CHECK(ended_early > 50);
  CHECK(met_something > 400);
}
