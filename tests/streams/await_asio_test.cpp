#include "streams/await_asio.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <tuple>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

using namespace tests;
using namespace std::chrono_literals;
using asio::ip::tcp;
using streams::CancelScope;
using streams::EventLoop;
using streams::Task;
using streams::TaskGroup;
using streams::use_task;

namespace {

/// An operation of our own that completes with a result that can only be moved.
template <class Token>
auto async_make(asio::io_context& context, int value, bool& started, Token token) {
  using Signature = void(std::error_code, std::unique_ptr<int>);
  return asio::async_initiate<Token, Signature>(
      [&context, &started](auto handler, int number) {
        started = true;
        asio::post(context, [handler = std::move(handler), number]() mutable {
          handler(std::error_code{}, std::make_unique<int>(number));
        });
      },
      token, value);
}

}  // namespace

TEST_CASE("a lone error_code comes back as it is", "[await_asio]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    asio::steady_timer timer(l.context(), 1ms);
    const std::error_code ec = co_await timer.async_wait(use_task);
    CHECK_FALSE(ec);
  }(loop));
}

TEST_CASE("more results come back as a tuple, also ones that can only be moved", "[await_asio]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    bool started = false;
    auto [ec, made] = co_await async_make(l.context(), 7, started, use_task);
    CHECK_FALSE(ec);
    CHECK(started);
    CHECK(*made == 7);
  }(loop));
}

TEST_CASE("connecting, accepting, writing and reading are awaited like anything else",
          "[await_asio]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    tcp::acceptor acceptor(l.context(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket client(l.context());
    const std::error_code connected =
        co_await client.async_connect(acceptor.local_endpoint(), use_task);
    CHECK_FALSE(connected);
    const std::error_code ready = co_await acceptor.async_wait(tcp::acceptor::wait_read, use_task);
    CHECK_FALSE(ready);
    tcp::socket server = acceptor.accept();
    const std::string text = "hello";
    auto [write_error, written] = co_await server.async_write_some(asio::buffer(text), use_task);
    CHECK_FALSE(write_error);
    CHECK(written == 5);
    std::array<char, 10> room{};
    auto [read_error, size] = co_await client.async_read_some(asio::buffer(room), use_task);
    CHECK_FALSE(read_error);
    CHECK(std::string(room.data(), size) == "hello");
  }(loop));
}

TEST_CASE("an operation's error is a value: nothing is thrown", "[await_asio]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    std::uint16_t port = 0;
    {
      const TcpListener closed_soon;
      port = closed_soon.port();
    }
    tcp::socket socket(l.context());
    const std::error_code ec = co_await socket.async_connect(
        tcp::endpoint(asio::ip::address_v4::loopback(), port), use_task);
    CHECK(ec == std::errc::connection_refused);
  }(loop));
}

TEST_CASE("cancelling the scope cancels the operation, with operation_canceled", "[await_asio]") {
  EventLoop loop;
  const auto begin = std::chrono::steady_clock::now();
  run(loop, [](EventLoop& l) -> Task<void> {
    tcp::acceptor acceptor(l.context(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    CancelScope scope;
    Outcome outcome;
    TaskGroup group(l);
    group.spawn(in_scope(scope, [](tcp::acceptor& listening, Outcome& out) -> Task<void> {
      out.ec = co_await listening.async_wait(tcp::acceptor::wait_read, use_task);
      out.done = true;
    }(acceptor, outcome)));
    co_await turn(l);
    scope.cancel();
    CHECK_FALSE(outcome.done);
    co_await group.join();
    CHECK(outcome.ec);
    CHECK(outcome.ec == std::errc::operation_canceled);
  }(loop));
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("in a cancelled scope an operation is not even started", "[await_asio]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    CancelScope scope;
    scope.cancel();
    bool started = false;
    std::error_code result;
    TaskGroup group(l);
    group.spawn(
        in_scope(scope, [](EventLoop& inner, bool& flag, std::error_code& out) -> Task<void> {
          auto [ec, made] = co_await async_make(inner.context(), 7, flag, use_task);
          out = ec;
          CHECK_FALSE(made);
        }(l, started, result)));
    co_await group.join();
    CHECK_FALSE(started);
    CHECK(result == std::errc::operation_canceled);
  }(loop));
}

TEST_CASE("an operation that has completed is not undone by a cancellation", "[await_asio]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    CancelScope scope;
    bool started = false;
    int value = 0;
    TaskGroup group(l);
    group.spawn(in_scope(scope, [](EventLoop& inner, bool& flag, int& out) -> Task<void> {
      auto [ec, made] = co_await async_make(inner.context(), 7, flag, use_task);
      if (!ec) out = *made;
    }(l, started, value)));
    scope.cancel();  // this one knows nothing of cancellation and completes all the same
    co_await group.join();
    CHECK(value == 7);
  }(loop));
}

TEST_CASE("a hundred thousand operations one after the other do not pile up", "[await_asio]") {
  EventLoop loop;
  int sum = 0;
  run(loop, [](EventLoop& l, int& out) -> Task<void> {
    bool started = false;
    for (int i = 0; i < 100'000; ++i) {
      auto [ec, made] = co_await async_make(l.context(), 1, started, use_task);
      out += *made;
    }
  }(loop, sum));
  CHECK(sum == 100'000);
}
