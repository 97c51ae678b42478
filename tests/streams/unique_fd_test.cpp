#include "streams/unique_fd.hpp"

#include <fcntl.h>
#include <utility>

#include "tests/catch.hpp"

using streams::UniqueFd;

namespace {

int open_null() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("a descriptor is closed when its owner goes, and only then", "[unique_fd]") {
  int number = -1;
  {
    const UniqueFd fd(open_null());
    number = fd.get();
    REQUIRE(fd);
    CHECK(is_open(number));
  }
  CHECK_FALSE(is_open(number));
  CHECK_FALSE(UniqueFd());
}

TEST_CASE("a descriptor that is moved has one owner, and what it replaces is closed",
          "[unique_fd]") {
  UniqueFd first(open_null());
  UniqueFd second(open_null());
  const int one = first.get();
  const int two = second.get();
  second = std::move(first);
  CHECK(second.get() == one);
  CHECK(is_open(one));
  CHECK_FALSE(is_open(two));
  UniqueFd& same = second;
  second = std::move(same);
  CHECK(is_open(one));
  UniqueFd third(std::move(second));
  CHECK(third.get() == one);
  third.reset();
  third.reset();
  CHECK_FALSE(third);
  CHECK_FALSE(is_open(one));
}

TEST_CASE("a descriptor that is released is left open", "[unique_fd]") {
  UniqueFd owner(open_null());
  const int number = owner.release();
  CHECK_FALSE(owner);
  CHECK(is_open(number));
  owner.reset();
  CHECK(is_open(number));
  owner = UniqueFd(number);
}
