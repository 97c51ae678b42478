#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "streams/as_completed.hpp"
#include "streams/event.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"

using namespace tests;
using streams::as_completed;
using streams::AsCompleted;
using streams::Event;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;

namespace {

using Text = std::unique_ptr<std::string>;

/// Waits for `event`; an empty text when cancelled, an exception for "throw".
Task<Text> text(Event& event, std::string value) {
  const bool happened = co_await event.wait();
  if (value == "throw") throw std::runtime_error("on purpose");
  co_return std::make_unique<std::string>(happened ? value : "");
}

/// Consumes all, noting "INDEX=TEXT ".
Task<void> consume(AsCompleted<Text>& completed, std::string& log) {
  while (auto next = co_await completed.next()) {
    log += std::to_string(next->index) + '=';
    log += (next->result ? *next->result.value() : "failed") + ' ';
  }
  log += "end";
}

/// Consumes the first one alone.
Task<std::string> first_of(AsCompleted<Text>& completed) {
  auto next = co_await completed.next();
  co_return std::move(*next->result.value());
}

Task<std::string> throw_after_first(AsCompleted<Text>& completed) {
  const std::string first = co_await first_of(completed);
  throw std::runtime_error("consumer after " + first);
}

Task<void> leave_at_once(AsCompleted<Text>&) { co_return; }

/// Awaits `work` and notes what it returned or threw.
Task<void> note(Task<std::string> work, std::string& result) {
  try {
    std::string returned = co_await std::move(work);
    result = std::move(returned);
  } catch (const std::runtime_error& error) {
    result = error.what();
  }
}

}  // namespace

TEST_CASE("as_completed cancels and waits for what its consumer leaves behind", "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    Event never(l);
    std::vector<Task<Text>> work;
    work.push_back(text(never, "a"));
    work.push_back(text(event, "b"));
    std::string result;
    TaskGroup group(l);
    group.spawn(note(as_completed(l, std::move(work), first_of), result));
    co_await several_turns(l);
    CHECK(result.empty());
    event.set();
    co_await group.join();
    CHECK(result == "b");
  }(loop));
}

TEST_CASE("as_completed waits for the children also when its consumer throws", "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event event(l);
    event.set();
    Event never(l);
    std::vector<Task<Text>> work;
    work.push_back(text(never, "a"));
    work.push_back(text(event, "b"));
    std::string result;
    co_await note(as_completed(l, std::move(work), throw_after_first), result);
    CHECK(result == "consumer after b");
  }(loop));
}

TEST_CASE("as_completed takes a consumer without a result, and one that captures",
          "[as_completed]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Event never(l);
    std::vector<Task<Text>> work;
    work.push_back(text(never, "a"));
    co_await as_completed(l, std::move(work), leave_at_once);

    Event event(l);
    event.set();
    std::vector<Task<Text>> more;
    more.push_back(text(event, "b"));
    std::string log;
    co_await as_completed(l, std::move(more),
                          [&log](AsCompleted<Text>& completed) { return consume(completed, log); });
    CHECK(log == "0=b end");
  }(loop));
}
