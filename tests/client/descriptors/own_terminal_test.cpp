#include "client/descriptors/own_terminal.hpp"

#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"
#include "tests/pipe.hpp"

using client::descriptors::OwnTerminal;
using tests::Pipe;

namespace {

bool blocks(int fd) { return (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0; }

}  // namespace

TEST_CASE("a terminal's own descriptor does not block, and the shared one is left as it is",
          "[top]") {
  int shown = -1;
  int shared = -1;
  REQUIRE(::openpty(&shown, &shared, nullptr, nullptr, nullptr) == 0);
  const streams::UniqueFd shown_owner(shown);
  const streams::UniqueFd shared_owner(shared);
  const OwnTerminal terminal(shared);
  CHECK_FALSE(blocks(terminal.get()));
  CHECK(blocks(shared));
  REQUIRE(::write(terminal.get(), "x", 1) == 1);
  char got = 0;
  REQUIRE(::read(shown, &got, 1) == 1);
  CHECK(got == 'x');
}

TEST_CASE("what is no terminal is used as it is", "[top]") {
  const Pipe pipe;
  CHECK(OwnTerminal(pipe.in.get()).get() == pipe.in.get());
  CHECK(OwnTerminal(-1).get() == -1);
}
