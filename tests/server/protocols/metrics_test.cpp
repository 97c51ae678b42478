#include <string>
#include <vector>

#include "server/protocols/health.hpp"
#include "server/protocols/protocol.hpp"
#include "streams/connection.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/socket_pair.hpp"

namespace {

/// A server of two loops, of which the second may hang.
struct Patient final : server::protocols::Health {
  explicit Patient(streams::EventLoop& its_loop) : own_loop(its_loop) {}

  streams::EventLoop& loop() override { return own_loop; }
  void take_pulses() noexcept override {
    ++counted[0];
    if (!hangs) ++counted[1];
  }
  std::vector<std::uint64_t> pulses() const override { return counted; }
  std::string_view not_ready() const override { return why; }

  streams::EventLoop& own_loop;
  std::vector<std::uint64_t> counted{5, 7};
  bool hangs = false;
  std::string_view why;
};

streams::Task<void> serve(streams::EventLoop& loop, streams::Connection& connection,
                          const server::protocols::Context& context) {
  auto serving = server::protocols::metrics(connection.reader(), connection.writer(), context);
  const std::error_code ec = co_await std::move(serving);
  CHECK((!ec || ec == streams::Error::end_of_stream));
  co_await tests::turn(loop);
}

/// What is answered to `requests`, after which the client half-closes.
std::string answer_to(const std::string& requests, bool hangs = false, std::string_view why = {}) {
  server::insight::Registry stats;
  static constexpr server::insight::Family family{.name = "workers", .help = "Loops"};
  stats.add(family, {}, [] { return std::uint64_t{3}; });
  streams::EventLoop loop;
  Patient health(loop);
  health.hangs = hangs;
  health.why = why;
  server::protocols::Context context{"0", {}, stats, std::chrono::system_clock::now};
  context.health = &health;
  tests::SocketPair pair = tests::tcp_pair();
  tests::Peer peer(std::move(pair.theirs));
  peer.send(requests);
  peer.shutdown_send();
  streams::Connection connection(loop, std::move(pair.ours), {});
  tests::run(loop, serve(loop, connection, context));
  return peer.receive();
}

std::string get(const std::string& path, const std::string& fields = {}) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

bool has(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("the figures come in Prometheus' text, and in OpenMetrics to who prefers that",
          "[metrics]") {
  const std::string text = answer_to(get("/metrics"));
  CHECK(text.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4;"));
  CHECK(text.ends_with("\necholine_workers 3\n"));
  const std::string open =
      answer_to(get("/metrics", "Accept: application/openmetrics-text; version=1.0.0\r\n"));
  CHECK(has(open, "\r\nContent-Type: application/openmetrics-text; version=1.0.0;"));
  CHECK(open.ends_with("\necholine_workers 3\n# EOF\n"));
}

TEST_CASE("a server whose loops all turn is alive, and one of which one hangs is not",
          "[metrics]") {
  CHECK(answer_to(get("/healthz")).starts_with("HTTP/1.1 200 OK\r\n"));
  const std::string hanging = answer_to(get("/healthz"), true);
  CHECK(hanging.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  CHECK(hanging.ends_with("\r\n\r\na loop hangs\n"));
}

TEST_CASE("a server is ready unless it says why not", "[metrics]") {
  CHECK(answer_to(get("/readyz")).starts_with("HTTP/1.1 200 OK\r\n"));
  const std::string full = answer_to(get("/readyz"), false, "full");
  CHECK(full.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
  CHECK(full.ends_with("\r\n\r\nfull\n"));
}

TEST_CASE("requests on one connection are answered in order, until one is the last", "[metrics]") {
  const std::string answers = answer_to(get("/readyz") + get("/nothing") +
                                        get("/readyz", "Connection: close\r\n") + get("/readyz"));
  std::vector<std::string> statuses;
  for (std::size_t at = 0; (at = answers.find("HTTP/1.1 ", at)) != std::string::npos; at += 9) {
    statuses.push_back(answers.substr(at + 9, 3));
  }
  CHECK(statuses == std::vector<std::string>{"200", "404", "200"});
}

TEST_CASE("what is no GET of HTTP/1.1 has a short answer and the end", "[metrics]") {
  CHECK(answer_to("PING\r\n").starts_with("HTTP/1.1 400 Bad Request\r\n"));
  CHECK(answer_to("POST / HTTP/1.1\r\n").starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
  const std::string overlong = "GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\n\r\n";
  CHECK(answer_to(overlong).starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
}

TEST_CASE("a request that is broken off is not answered", "[metrics]") {
  CHECK(answer_to("GET /metrics HTTP/1.1\r\nHost: a").empty());
  CHECK(answer_to("GET /metrics HTTP/1.1\r\nHost: a\r\n").empty());
  CHECK(answer_to("").empty());
}
