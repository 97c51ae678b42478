// StreamWriter: writelines().
#include <array>
#include <ranges>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "streams/stream_writer.hpp"
#include "tests/catch.hpp"
#include "tests/streams/wire.hpp"

using namespace tests;
using streams::Error;
using streams::Task;

TEST_CASE("writelines sends its pieces as one, in order, with nothing between them") {
  over_unix([](Wire& wire) -> Task<void> {
    const std::array<std::string, 3> pieces{"one ", "", "two\n"};
    wire.writer().write("before ");
    wire.writer().writelines(pieces);
    wire.writer().writelines({"three", " ", pieces[0]});
    CHECK(wire.writer().pending() == 7 + 8 + 10);
    co_await turn(wire.loop);
    CHECK(wire.peer.receive() == "before one two\nthree one ");
  });
}

TEST_CASE("writelines takes views that are made on the way") {
  over_unix([](Wire& wire) -> Task<void> {
    const std::array numbers{1, 20, 300};
    const auto text = [](int number) { return std::to_string(number) + std::string(30, '.'); };
    wire.writer().writelines(numbers | std::views::transform(text));
    co_await turn(wire.loop);
    CHECK(wire.peer.receive() == text(1) + text(20) + text(300));
  });
}

TEST_CASE("writelines of much is sent before the turn ends, whole") {
  over_unix([](Wire& wire) -> Task<void> {
    const std::vector<std::string_view> pieces(1000, "0123456789012345678901234567890123456789");
    const std::string kept = [&pieces] {
      std::string all;
      for (const std::string_view piece : pieces) all += piece;
      return all;
    }();
    wire.writer().writelines(pieces);
    wire.writer().writelines(pieces);
    CHECK(wire.writer().pending() == 0);
    CHECK(wire.peer.receive() == kept + kept);
    co_return;
  });
}

TEST_CASE("writelines after close is dropped, and one of nothing is nothing") {
  over_unix([](Wire& wire) -> Task<void> {
    wire.writer().writelines(std::vector<std::string>{});
    wire.writer().write_eof();
    const std::error_code before = co_await wire.writer().drain();
    CHECK_FALSE(before);
    wire.writer().writelines({"", ""});
    const std::error_code nothing = co_await wire.writer().drain();
    CHECK_FALSE(nothing);
    wire.writer().writelines({"lost"});
    CHECK(wire.writer().pending() == 0);
    const std::error_code after = co_await wire.writer().drain();
    CHECK(after == Error::closed);
  });
}
