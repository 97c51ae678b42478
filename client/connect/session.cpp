#include "client/connect/session.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <asio/signal_set.hpp>

#include "streams/await_asio.hpp"
#include "streams/open_connection.hpp"
#include "streams/sleep.hpp"
#include "streams/timeout.hpp"

namespace client::connect {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t max_piece = 64 * 1024;  // bytes

bool is_cancelled(const std::error_code& ec) { return ec == std::errc::operation_canceled; }

}  // namespace

Session::Session(streams::EventLoop& loop, streams::Executor& executor, Options options, int input,
                 int output)
    : loop_(loop),
      options_(std::move(options)),
      input_(loop, input),
      output_(loop, executor, output),
      tasks_(loop) {}

streams::Task<Ending> Session::run() {
  tasks_.spawn(watch_signals());
  tasks_.spawn(converse());
  co_await tasks_.join();
  // Here, because a cancelled task cannot wait for a close.
  if (connection_ != nullptr) co_await close();
  co_return ending_;
}

void Session::end(Ending::Kind kind, std::string what) {
  if (std::exchange(has_ended_, true)) return;
  ending_ = {kind, std::move(what)};
  tasks_.cancel();
}

streams::Task<void> Session::watch_signals() {
  asio::signal_set signals(loop_.context(), SIGINT, SIGTERM);
  const auto [ec, number] = co_await signals.async_wait(streams::use_task);
  if (!ec) end(Ending::Kind::interrupted);
}

streams::Task<void> Session::converse() {
  const bool is_open = co_await open();
  if (!is_open) co_return;
  if (options_.connected != nullptr) options_.connected(connection_->writer().peername());
  tasks_.spawn(send_input());
  tasks_.spawn(print_output());
  if (options_.timeout.count() != 0) tasks_.spawn(watch_idle());
}

streams::Task<bool> Session::open() {
  streams::Opened opened;
  auto opening = streams::open_connection(loop_, options_.target, {}, options_.socket);
  if (options_.timeout.count() == 0) {
    opened = co_await std::move(opening);
  } else {
    auto timed = co_await streams::with_timeout(loop_, options_.timeout, std::move(opening));
    opened = std::move(timed.value);
    if (timed.ec && opened.ec) opened.ec = timed.ec;
  }
  connection_ = std::move(opened.connection);
  if (opened.ec) {
    end(Ending::Kind::failed,
        "cannot connect to " + streams::to_string(options_.target) + ": " + opened.ec.message());
  }
  if (connection_ != nullptr) introduce(options_.proxy, *connection_);
  co_return connection_ != nullptr;
}

streams::Task<void> Session::send_input() {
  streams::StreamWriter& writer = connection_->writer();
  for (;;) {
    const streams::Chunk piece = co_await input_.reader().read(max_piece);
    if (piece.ec == streams::Error::end_of_stream) break;
    if (is_cancelled(piece.ec)) co_return;
    if (piece.ec) {
      end(Ending::Kind::failed, "cannot read the input: " + piece.ec.message());
      co_return;
    }
    writer.write(options_.crlf ? crlf_.translate(piece.data) : piece.data);
    // A broken connection is for print_output() to report: a reply may have come before.
    if (co_await writer.drain()) co_return;
  }
  input_has_ended_ = true;
  writer.write_eof();
}

streams::Task<void> Session::print_output() {
  for (;;) {
    const streams::Chunk chunk = co_await connection_->reader().read(max_piece);
    if (chunk.ec == streams::Error::end_of_stream) break;
    if (is_cancelled(chunk.ec)) co_return;
    if (chunk.ec) {
      end(Ending::Kind::failed, "the connection broke: " + chunk.ec.message());
      co_return;
    }
    const std::error_code ec = co_await output_.write(chunk.data);
    if (is_cancelled(ec)) co_return;
    if (ec) {
      end(Ending::Kind::failed, "cannot write the output: " + ec.message());
      co_return;
    }
  }
  if (input_has_ended_) {
    end(Ending::Kind::finished);
  } else if (input_.has_more()) {
    end(Ending::Kind::failed, "the peer closed the connection before all of the input was sent");
  } else {
    end(Ending::Kind::closed_by_peer);
  }
}

std::uint64_t Session::bytes_moved() const noexcept {
  const streams::Transport& transport = connection_->transport();
  return transport.bytes_received() + transport.bytes_sent() + output_.bytes_written();
}

streams::Task<void> Session::watch_idle() {
  constexpr int samples = 16;  // of each time-out; so late it may be noticed
  const auto pause =
      std::max<Clock::duration>(options_.timeout / samples, std::chrono::milliseconds{1});
  std::uint64_t moved = bytes_moved();
  auto since = Clock::now();
  for (;;) {
    const std::error_code slept = co_await streams::sleep_for(loop_, pause);
    if (slept) co_return;
    const auto now = Clock::now();
    if (std::exchange(moved, bytes_moved()) != moved) {
      since = now;
    } else if (now - since >= options_.timeout) {
      end(Ending::Kind::failed, "nothing was sent or received for " + options_.timeout_text);
    }
  }
}

streams::Task<void> Session::close() {
  streams::StreamWriter& writer = connection_->writer();
  switch (ending_.kind) {
    case Ending::Kind::failed: writer.abort(); break;
    case Ending::Kind::interrupted:
      writer.close();
      co_await writer.wait_closed(std::chrono::milliseconds{500});
      break;
    case Ending::Kind::finished:
    case Ending::Kind::closed_by_peer:
      writer.close();
      if (const std::error_code ec = co_await writer.wait_closed()) {
        ending_ = {Ending::Kind::failed, "the peer did not take all of the input: " + ec.message()};
      }
      break;
  }
}

}  // namespace client::connect
