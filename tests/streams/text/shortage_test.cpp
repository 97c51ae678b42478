#include "streams/text/shortage.hpp"

#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>

#include "tests/catch.hpp"

using text::with_remedy;

TEST_CASE("a shortage is told with what was wanted and what helps", "[shortage]") {
  const std::system_error thread(std::make_error_code(std::errc::resource_unavailable_try_again),
                                 "cannot start a thread");
  CHECK(with_remedy(thread) ==
        "cannot start a thread: Resource temporarily unavailable; raise the limit on threads with "
        "TasksMax= or ulimit -u, or that on memory with MemoryMax= or ulimit -v");
  const std::system_error files({EMFILE, std::system_category()}, "a.toml");
  CHECK(
      with_remedy(files) ==
      "a.toml: Too many open files; raise the limit on open files with LimitNOFILE= or ulimit -n");
  CHECK(with_remedy(std::bad_alloc()) ==
        "out of memory; raise the limit on memory with MemoryMax= or ulimit -v");
}

TEST_CASE("what is no shortage is told as it is", "[shortage]") {
  CHECK(with_remedy(std::runtime_error("broken")) == "broken");
  const std::system_error gone({ENOENT, std::system_category()}, "a.toml");
  CHECK(with_remedy(gone) == gone.what());
  CHECK(text::errno_of(gone) == ENOENT);
}
