#include "streams/error.hpp"

#include <cerrno>
#include <future>
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

TEST_CASE("an error is itself in two bytes, whatever its category", "[error]") {
  static_assert(sizeof(streams::CompactError) == 2);
  const auto kept = [](std::error_code ec) { return streams::CompactError(ec).code(); };
  CHECK_FALSE(streams::CompactError().code());
  CHECK_FALSE(kept(std::error_code()));
  CHECK(kept(Error::limit_overrun) == Error::limit_overrun);
  CHECK(kept({ECONNRESET, std::system_category()}) ==
        std::error_code(ECONNRESET, std::system_category()));
  CHECK(kept(std::make_error_code(std::errc::timed_out)) == std::errc::timed_out);
  CHECK(kept(std::make_error_code(std::future_errc::no_state)).value() == EIO);
}

TEST_CASE("cancellation is the standard library's operation_canceled", "[error]") {
  CHECK(streams::make_cancelled() == std::errc::operation_canceled);
  CHECK(std::error_code(Error::closed) != std::errc::operation_canceled);
}
