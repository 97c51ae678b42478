// A StreamReader driven by a short text and held against StreamReaderModel. In the text, whose
// first byte is the reader's limit as a number:
//
//     RN EN TN  read(N), readexactly(N), read_to_end(N)   .  a turn of the loop
//     L         readline()                                ,  turns until nothing moves any more
//     UN        readuntil() the N-th of `separators`      C  cancels the read that waits
//     *         the next read goes on while it succeeds   Z  feed_eof()
//     |         cuts a piece in two                       F  the peer's FIN
//     BN        the peer sends N patterned bytes          !  the peer's reset
//
// Everything else is a piece that the peer sends. A number N is one byte: a digit stands for
// itself, a lower-case letter for 16 KiB times its place in the alphabet, any other byte for its
// value. A read beside one that waits is misuse, so it is left out.
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

#include "streams/connection.hpp"
#include "streams/task_group.hpp"
#include "streams/text/escape.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/stream_reader_model.hpp"

namespace tests {

class StreamReaderScript {
 public:
  /// Takes over two connected, non-blocking sockets. With `prompt` what was sent is there at once,
  /// as between Unix sockets, so that a read that could go on and does not is an error.
  StreamReaderScript(std::string_view script, streams::UniqueFd ours, streams::UniqueFd theirs,
                     bool prompt = true)
      : script_(script),
        limit_(std::max<std::size_t>(1, number())),
        peer_(std::move(theirs)),
        prompt_(prompt) {
    // The peer never reads this byte: that makes its close a reset, on Unix sockets too.
    if (::send(ours.get(), "?", 1, MSG_NOSIGNAL) != 1) fail("the socket does not work");
    // As much as the kernel allows: more than one turn of the reader.
    constexpr int most = 1 << 20;
    ::setsockopt(peer_.get(), SOL_SOCKET, SO_SNDBUF, &most, sizeof most);
    connection_.emplace(loop_, std::move(ours), streams::Endpoint{},
                        streams::StreamOptions{static_cast<std::uint32_t>(limit_), {}});
  }

  /// What reader and model differ in, and where in the script; empty when they agree.
  std::string play() {
    loop_.run(steps());
    return failure_;
  }

 private:
  static constexpr std::array<std::string_view, 8> separators{"x",   "xy",    "xx", "xxy",
                                                              "axa", "xyxyx", "\n", "ab\nx"};
  static constexpr int turns_to_settle = 12;

  streams::StreamReader& reader() { return connection_->reader(); }

  char next() {
    if (at_ == script_.size()) return '\0';
    return script_[at_++];
  }
  std::size_t number() {
    const auto byte = static_cast<unsigned char>(next());
    if (std::isdigit(byte) != 0) return byte - std::size_t{'0'};
    if (std::islower(byte) != 0) return (byte - std::size_t{'a'} + 1) * 16 * 1024;
    return byte;
  }
  void fail(std::string what) {
    if (!failure_.empty()) return;
    failure_ = "after " + std::to_string(at_) + " bytes: " + std::move(what);
  }

  streams::Task<void> steps() {
    while (at_ != script_.size() && failure_.empty()) {
      const char op = next();
      if (std::string_view("RETLU*.,CZ|BF!").find(op) == std::string_view::npos) {
        piece_ += op;
        continue;
      }
      send_piece();
      co_await step(op);
    }
    send_piece();
    end_stream();
    co_await settle(1000);
    if (waiting_ && failure_.empty()) fail("a read waits although the stream has ended");
    if (waiting_) scope_->cancel();
    co_await group_.join();
    if (!failure_.empty()) co_return;
    start({Read::Kind::some, 1000, {}}, SIZE_MAX);
    co_await settle(1000);
    if (!model_.ended() && !model_.broken()) fail("no end of the stream");
    if (waiting_) scope_->cancel();
    co_await group_.join();
  }

  streams::Task<void> step(char op) {
    switch (op) {
      case 'R': co_await start_next({Read::Kind::some, number(), {}}); break;
      case 'E': co_await start_next({Read::Kind::exactly, number(), {}}); break;
      case 'T': co_await start_next({Read::Kind::to_end, number(), {}}); break;
      case 'L': co_await start_next({Read::Kind::line, 0, {}}); break;
      case 'U':
        co_await start_next({Read::Kind::separator, 0, separators[number() % separators.size()]});
        break;
      case '*': rounds_ = 8; break;
      case '.': co_await turn(loop_); break;
      case ',':
        co_await settle(turns_to_settle);
        if (waiting_ && prompt_ && model_.is_ready(read_)) fail("a read waits that could go on");
        break;
      case 'C':
        if (waiting_) scope_->cancel();
        break;
      case 'Z':
        reader().feed_eof();
        model_.feed_eof();
        break;
      case 'B':
        piece_ = pattern().substr(0, number());
        send_piece();
        break;
      case 'F': end_stream(); break;
      case '!':
        peer_.reset();
        model_.reset();
        break;
      default: break;
    }
  }

  static std::string_view pattern() {
    static const std::string bytes = [] {
      std::string all(26 * 16 * 1024, '\n');
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (i % 997 != 996) all[i] = "abxy"[i * i % 61 % 4];
      }
      return all;
    }();
    return bytes;
  }
  void send_piece() {
    const std::string piece = std::exchange(piece_, {});
    if (piece.empty() || fin_sent_ || !peer_) return;
    const ssize_t size = ::send(peer_.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
    // The kernel's buffer is full: that much was never sent.
    if (size > 0) model_.sent(std::string_view(piece).substr(0, static_cast<std::size_t>(size)));
  }
  void end_stream() {
    if (fin_sent_ || !peer_) return;
    fin_sent_ = true;
    ::shutdown(peer_.get(), SHUT_WR);
    model_.fin();
  }

  streams::Task<void> settle(int turns) {
    for (; waiting_ && turns != 0; --turns) co_await turn(loop_);
  }

  streams::Task<void> start_next(Read read) {
    const std::size_t rounds = std::exchange(rounds_, 1);
    if (waiting_ && scope_->cancelled()) {
      co_await settle(turns_to_settle);
      if (waiting_) fail("a cancelled read waits");
    }
    if (!waiting_) start(read, rounds);
  }
  void start(const Read& read, std::size_t rounds) {
    scope_.emplace();
    read_ = read;
    waiting_ = true;
    group_.spawn(in_scope(*scope_, repeat(rounds)));
  }
  streams::Task<void> repeat(std::size_t rounds) {
    for (; rounds != 0; --rounds) {
      const streams::Chunk chunk = co_await begin();
      if (!judge(chunk)) break;
    }
    waiting_ = false;
  }
  streams::ReadAwaiter begin() {
    switch (read_.kind) {
      case Read::Kind::line: return reader().readline();
      case Read::Kind::separator: return reader().readuntil(read_.separator);
      case Read::Kind::exactly: return reader().readexactly(read_.size);
      case Read::Kind::to_end: return reader().read_to_end(read_.size);
      case Read::Kind::some: break;
    }
    return reader().read(read_.size);
  }

  /// Whether the read that gave `chunk` is to go on.
  bool judge(const streams::Chunk& chunk) {
    const std::string_view wrong = what_is_wrong_with(chunk);
    if (!wrong.empty()) {
      fail("a read gave '" + chunk.ec.message() + "' and '" +
           text::escaped(chunk.data.substr(0, 100)) + "': " + std::string(wrong));
    }
    return !chunk.ec && failure_.empty();
  }
  std::string_view what_is_wrong_with(const streams::Chunk& chunk) {
    if (chunk.ec == std::errc::operation_canceled) {
      const bool right = scope_->cancelled() && chunk.data.empty();
      return right ? "" : "it was not cancelled, or has data";
    }
    const std::optional<ReadResult::Kind> kind = kind_of(chunk.ec);
    if (!kind || !model_.accepts(read_, {*kind, chunk.data})) return "the stream says otherwise";
    const bool at_eof = reader().at_eof();
    return (at_eof ? model_.may_be_at_eof() : !model_.ended()) ? "" : "at_eof() is wrong";
  }
  static std::optional<ReadResult::Kind> kind_of(const std::error_code& ec) {
    if (!ec) return ReadResult::Kind::complete;
    if (ec == streams::Error::end_of_stream) return ReadResult::Kind::end_of_stream;
    if (ec == streams::Error::incomplete_read) return ReadResult::Kind::incomplete;
    if (ec == streams::Error::limit_overrun) return ReadResult::Kind::overrun;
    if (ec == std::errc::connection_reset) return ReadResult::Kind::reset;
    return std::nullopt;
  }

  std::string_view script_;
  std::size_t at_ = 0;
  std::size_t limit_;
  streams::EventLoop loop_;
  streams::UniqueFd peer_;
  std::optional<streams::Connection> connection_;
  streams::TaskGroup group_{loop_};
  StreamReaderModel model_{limit_};
  std::optional<streams::CancelScope> scope_;  // of the present read
  Read read_{};
  std::string piece_;
  std::string failure_;
  std::size_t rounds_ = 1;
  bool waiting_ = false;
  bool fin_sent_ = false;
  const bool prompt_;
};

}  // namespace tests
