// One exchange of a peer with the line protocol's handler over a socket pair, and what the peer
// was told: telnet's replies apart from the lines, because where negotiation stands between them
// depends on what arrived together.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <utility>
#include <vector>

#include "server/protocols/protocol.hpp"
#include "streams/connection.hpp"
#include "streams/task_group.hpp"
#include "tests/fuzz/verdict.hpp"
#include "tests/streams/run.hpp"

namespace tests {

struct Answers {
  std::string lines;
  std::string telnet;
  std::error_code ec;  ///< the handler's
};

class LineExchange {
 public:
  /// Small, so that short inputs pass it.
  static constexpr std::size_t max_line = 16;

  LineExchange() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) != 0) {
      found("no sockets");
    }
    peer_ = streams::UniqueFd(fds[1]);
    connection_.emplace(loop_, streams::UniqueFd(fds[0]), streams::Endpoint{},
                        streams::StreamOptions{max_line + 1, {}});
  }

  /// The peer sends `pieces`, each once the one before it was taken, and its FIN: together with the
  /// last piece, or after that was taken.
  Answers talk(const std::vector<std::string_view>& pieces, bool fin_with_last) {
    loop_.run(both_sides(pieces, fin_with_last));
    return take_apart();
  }

 private:
  streams::Task<void> both_sides(const std::vector<std::string_view>& pieces, bool fin_with_last) {
    streams::TaskGroup group(loop_);
    group.spawn(serve());
    std::size_t sent = 0;
    for (const std::string_view& piece : pieces) {
      send(piece);
      if (fin_with_last && &piece == &pieces.back()) ::shutdown(peer_.get(), SHUT_WR);
      sent += piece.size();
      while (!done_ && connection_->transport().bytes_received() < sent) co_await pass();
      if (done_) break;
    }
    ::shutdown(peer_.get(), SHUT_WR);
    for (int turns = 0; !done_ || connection_->writer().pending() != 0; ++turns) {
      if (turns > 100'000) found("the handler does not end");
      co_await pass();
    }
    co_await pass();
    co_await group.join();
  }
  static std::chrono::system_clock::time_point always_the_same() {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'000'000'000));
  }
  streams::Task<void> serve() {
    server::insight::Registry stats;
    static constexpr server::insight::Family active{.name = "sessions_active", .help = ""};
    static constexpr server::insight::Family sent{.name = "bytes_sent", .help = ""};
    stats.add(active, {}, [] { return std::uint64_t{1}; });
    stats.add(sent, {}, [] { return std::numeric_limits<std::uint64_t>::max(); });
    const server::protocols::Context context{.version = "0.1.0",
                                             .options = {.max_line = max_line},
                                             .stats = stats,
                                             .now = always_the_same};
    answers_.ec =
        co_await server::protocols::line(connection_->reader(), connection_->writer(), context);
    done_ = true;
  }
  void send(std::string_view piece) {
    const ssize_t size = ::send(peer_.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
    if (size != static_cast<ssize_t>(piece.size())) found("a piece does not fit into the kernel");
  }
  /// A turn of the loop, then what has come out of it.
  streams::Task<void> pass() {
    co_await turn(loop_);
    for (;;) {
      const ssize_t size = ::recv(peer_.get(), room_.data(), room_.size(), 0);
      if (size <= 0) co_return;
      output_.append(room_.data(), static_cast<std::size_t>(size));
    }
  }

  /// A reply is a telnet refusal or a line; lines hold no line end of the peer's making.
  Answers take_apart() {
    std::string_view rest = output_;
    while (!rest.empty()) {
      const bool telnet = rest[0] == '\xff';
      const std::size_t line_size = std::min(rest.find_first_of("\r\n"), rest.size()) + 2;
      const std::string_view reply = rest.substr(0, telnet ? 3 : line_size);
      if (telnet ? !is_refusal(reply) : !is_line(reply)) {
        found("neither a line nor a refusal", text::escaped(rest));
      }
      (telnet ? answers_.telnet : answers_.lines) += reply;
      rest.remove_prefix(reply.size());
    }
    return answers_;
  }
  static bool is_refusal(std::string_view reply) {
    return reply.size() == 3 && (reply[1] == '\xfc' || reply[1] == '\xfe');
  }
  static bool is_line(std::string_view reply) {
    return reply.ends_with("\r\n") && std::string_view("+-*").find(reply[0]) != reply.npos;
  }

  streams::EventLoop loop_;
  streams::UniqueFd peer_;
  std::optional<streams::Connection> connection_;
  std::array<char, 4096> room_;
  std::string output_;
  Answers answers_;
  bool done_ = false;
};

}  // namespace tests
