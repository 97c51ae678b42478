#include "streams/turn_queue.hpp"

#include <functional>
#include <string>

#include <asio/io_context.hpp>

#include "tests/catch.hpp"

using streams::TurnQueue;

namespace {

/// A job or flush that adds its name to a log, and then does `also`.
struct Note {
  std::string& log;
  char name;
  std::function<void()> also = {};
};

void run_note(void* target) noexcept {
  auto& note = *static_cast<Note*>(target);
  note.log += note.name;
  if (note.also) note.also();
}

}  // namespace

TEST_CASE("jobs run in order, each in a turn of its own and not from within call_soon",
          "[turn_queue]") {
  asio::io_context context(1);
  TurnQueue turns(context);
  std::string log;
  Note a{log, 'a'};
  Note b{log, 'b'};
  Note flush{log, '!'};
  a.also = [&] { turns.flush_soon(run_note, &flush); };
  turns.call_soon(run_note, &a);
  turns.call_soon(run_note, &b);
  CHECK(log.empty());
  context.run();
  CHECK(log == "a!b");
}

TEST_CASE("what a turn flushes leaves when that turn ends, before the next begins",
          "[turn_queue]") {
  asio::io_context context(1);
  TurnQueue turns(context);
  std::string log;
  Note first{log, '1'};
  Note second{log, '2'};
  Note third{log, '3'};
  turns.begin_batch();
  turns.flush_soon(run_note, &first);
  turns.flush_soon(run_note, &second);
  turns.flush_soon(run_note, &third);
  CHECK(log.empty());
  turns.end_turn();
  CHECK(log == "123");
  turns.end_turn();
  CHECK(log == "123");  // once
  turns.end_batch();
  context.run();
  CHECK(log == "123");
}

TEST_CASE("a flush outside any batch happens soon", "[turn_queue]") {
  asio::io_context context(1);
  TurnQueue turns(context);
  std::string log;
  Note first{log, '1'};
  Note second{log, '2'};
  turns.flush_soon(run_note, &first);
  turns.flush_soon(run_note, &second);
  CHECK(log.empty());
  context.run();
  CHECK(log == "12");
}

TEST_CASE("jobs queued by a job wait for the next call", "[turn_queue]") {
  asio::io_context context(1);
  TurnQueue turns(context);
  std::string log;
  Note later{log, 'l'};
  Note a{log, 'a', [&] { turns.call_soon(run_note, &later); }};
  turns.begin_batch();
  turns.call_soon(run_note, &a);
  CHECK(turns.has_jobs());
  turns.run_jobs();
  CHECK(log == "a");
  CHECK(turns.has_jobs());
  turns.end_batch();
  context.run();  // what a batch leaves is posted
  CHECK(log == "al");
  CHECK_FALSE(turns.has_jobs());
}

TEST_CASE("nothing runs for a target that was forgotten, wherever it was queued", "[turn_queue]") {
  asio::io_context context(1);
  TurnQueue turns(context);
  std::string log;
  Note gone{log, 'g'};
  Note other{log, 'o'};
  Note killer{log, 'k', [&] { turns.forget(&gone, 1); }};
  turns.begin_batch();
  turns.flush_soon(run_note, &gone);
  turns.flush_soon(run_note, &other);
  turns.flush_soon(run_note, &gone);
  turns.forget(&gone, 2);
  turns.end_turn();
  CHECK(log == "o");

  turns.call_soon(run_note, &killer);
  turns.call_soon(run_note, &gone);
  turns.call_soon(run_note, &other);
  turns.run_jobs();
  CHECK(log == "oko");

  turns.flush_soon(run_note, &killer);
  turns.flush_soon(run_note, &gone);
  turns.end_turn();
  CHECK(log == "okok");
  turns.end_batch();
  context.run();
  CHECK(log == "okok");
}

TEST_CASE("a flush that asks for another has it in the same turn", "[turn_queue]") {
  asio::io_context context(1);
  TurnQueue turns(context);
  std::string log;
  Note second{log, '2'};
  Note first{log, '1', [&] { turns.flush_soon(run_note, &second); }};
  turns.begin_batch();
  turns.flush_soon(run_note, &first);
  turns.end_turn();
  turns.end_turn();
  CHECK(log == "12");
  turns.end_batch();
}

TEST_CASE("a queue with nothing in it does not keep the context running", "[turn_queue]") {
  asio::io_context context(1);
  TurnQueue turns(context);
  turns.begin_batch();
  turns.end_turn();
  turns.end_batch();
  CHECK(context.run() == 0);
}
