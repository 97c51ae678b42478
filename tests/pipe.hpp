// A pipe(2), closed at its end: what is written to `in` comes out of `out`.
#pragma once

#include <array>
#include <fcntl.h>
#include <unistd.h>

#include "streams/unique_fd.hpp"
#include "tests/catch.hpp"

namespace tests {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    out = streams::UniqueFd(ends[0]);
    in = streams::UniqueFd(ends[1]);
  }
  streams::UniqueFd out;
  streams::UniqueFd in;
};

}  // namespace tests
