// What callbacks throw: reported, and the loop goes on.
#include <stdexcept>
#include <string>
#include <thread>

#include <asio/post.hpp>

#include "streams/exception_group.hpp"
#include "streams/timer.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using namespace std::chrono_literals;
using streams::EventLoop;
using streams::Task;

namespace {

[[noreturn]] void fail() { throw std::runtime_error("on purpose"); }

/// Keeps what is reported to the handler of `loop`.
void keep_reports(EventLoop& loop, std::string& reports) {
  loop.set_exception_handler([&reports](const char* where, const std::exception_ptr& exception) {
    reports += std::string(where) + ": " + streams::describe(exception) + "\n";
  });
}

}  // namespace

TEST_CASE("what a callback of call_soon_threadsafe throws is reported, and the main task ends",
          "[exception_handler]") {
  EventLoop loop;
  std::string reports;
  keep_reports(loop, reports);
  const bool ended = run(loop, [](EventLoop& l) -> Task<bool> {
    l.call_soon_threadsafe(&fail);
    std::thread([&l] { l.call_soon_threadsafe(&fail); }).join();
    co_await several_turns(l);
    co_return true;
  }(loop));
  CHECK(ended);
  const std::string one = "in a callback of call_soon_threadsafe(): on purpose\n";
  CHECK(reports == one + one);
}

TEST_CASE("what a timer's callback throws is reported", "[exception_handler]") {
  EventLoop loop;
  std::string reports;
  keep_reports(loop, reports);
  run(loop, [](EventLoop& l) -> Task<void> {
    streams::Timer timer(l);
    timer.call_later(0s, &fail);
    co_await several_turns(l);
  }(loop));
  CHECK(reports == "in a callback of call_later(): on purpose\n");
}

TEST_CASE("what a handler of Asio's throws is reported, and the loop goes on",
          "[exception_handler]") {
  for (const std::chrono::microseconds spin : {0us, 100us}) {
    EventLoop loop(EventLoop::Options{spin});
    std::string reports;
    keep_reports(loop, reports);
    const bool ended = run(loop, [](EventLoop& l) -> Task<bool> {
      asio::post(l.context(), &fail);
      co_await several_turns(l);
      co_return true;
    }(loop));
    CHECK(ended);
    CHECK(reports == "in a handler of the io_context: on purpose\n");
  }
}

TEST_CASE("an exception handler that throws does not end the loop", "[exception_handler]") {
  EventLoop loop;
  loop.set_exception_handler([](const char*, const std::exception_ptr&) { fail(); });
  const bool ended = run(loop, [](EventLoop& l) -> Task<bool> {
    l.call_soon_threadsafe(&fail);
    co_await several_turns(l);
    co_return true;
  }(loop));
  CHECK(ended);
}
