#include "streams/error.hpp"

#include <set>
#include <string>

#include "tests/catch.hpp"

using streams::Error;

TEST_CASE("every stream error has a message of its own and is true", "[error]") {
  std::set<std::string> messages;
  for (const Error error :
       {Error::end_of_stream, Error::incomplete_read, Error::limit_overrun, Error::closed}) {
    const std::error_code ec = error;
    CHECK(ec);
    CHECK(ec == error);
    CHECK(std::string(ec.category().name()) == "streams");
    CHECK_FALSE(ec.message().empty());
    messages.insert(ec.message());
  }
  CHECK(messages.size() == 4);
  CHECK(messages.count("unknown stream error") == 0);
  CHECK(std::error_code(99, streams::error_category()).message() == "unknown stream error");
}

TEST_CASE("cancellation is the standard library's operation_canceled", "[error]") {
  CHECK(streams::make_cancelled() == std::errc::operation_canceled);
  CHECK(std::error_code(Error::closed) != std::errc::operation_canceled);
}
