#include "client/top/poller.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "streams/server.hpp"
#include "streams/task_group.hpp"
#include "tests/catch.hpp"
#include "tests/streams/run.hpp"
#include "tests/streams/tcp_targets.hpp"

using namespace tests;
using namespace client::top;
using Kind = TargetState::Kind;
using streams::EventLoop;
using streams::StreamReader;
using streams::StreamWriter;
using streams::Task;

namespace {

/// What the service of a test was sent, and what it says.
struct Script {
  std::string answer;
  bool closes = false;  ///< behind each answer
  int answers = 1000;   ///< on a connection; the next request ends it
  int connections = 0;
  std::vector<std::string> requests;
};

bool ends_request(const std::string& line, bool is_http) {
  return is_http ? line == "\r\n" : line == "STATS\r\n";
}

/// Answers STATS with the script, and VERSION; what is no line of ours as a web server does.
Task<void> speak(StreamReader& reader, StreamWriter& writer, Script& script) {
  ++script.connections;
  bool is_http = false;
  for (int answers = 0;;) {
    const streams::Chunk chunk = co_await reader.readline();
    if (!chunk) co_return;
    const std::string line(chunk.data);
    if (line.starts_with("GET ")) is_http = true;
    script.requests.push_back(line);
    if (line == "VERSION\r\n" && !script.closes) writer.write("+echoline 9.9\r\n");
    if (!ends_request(line, is_http)) continue;
    if (++answers > script.answers) co_return;
    writer.write(script.answer);
    if (script.closes) co_return;
  }
}

/// A metrics address: nothing but GET.
Task<void> serve_http(StreamReader& reader, StreamWriter& writer, Script& script) {
  ++script.connections;
  std::string first;
  for (;;) {
    const streams::Chunk chunk = co_await reader.readline();
    if (!chunk) co_return;
    const std::string line(chunk.data);
    if (first.empty()) first = line;
    if (!first.starts_with("GET ")) {
      writer.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      co_return;
    }
    script.requests.push_back(line);
    if (line != "\r\n") continue;
    writer.write(script.answer);
    first.clear();
  }
}

/// Takes everything and says nothing.
Task<void> hang(StreamReader& reader, StreamWriter&, Script& script) {
  ++script.connections;
  for (;;) {
    const streams::Chunk chunk = co_await reader.read(1000);
    if (!chunk) co_return;
  }
}

using Handler = Task<void> (*)(StreamReader&, StreamWriter&, Script&);
using Service = std::unique_ptr<streams::Server>;

Task<Service> start(EventLoop& loop, Script& script, Handler handler) {
  auto starting = start_server(loop, streams::HostPort("127.0.0.1", 0),
                               [&script, handler](StreamReader& reader, StreamWriter& writer) {
                                 return handler(reader, writer, script);
                               });
  co_return co_await std::move(starting);
}

Task<void> stop(Service service) {
  service->close();
  service->abort_clients();
  co_await service->wait_closed();
}

Target target_at(std::uint16_t port, bool is_url = false) {
  Target target;
  target.address = streams::HostPort("127.0.0.1", port);
  target.name = "127.0.0.1:" + std::to_string(port);
  target.host = target.name;
  target.is_url = is_url;
  return target;
}

std::string over_http(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string two_lines = "*2\r\n+uptime_seconds 5\r\n+connections_active 3\r\n";
const std::string metrics =
    "echoline_build_info{version=\"1.2\"} 1\necholine_connections_active{listener=\"e\"} 4\n";

/// What becomes of one target whose service runs `handler` with `answer`.
TargetState asked(Handler handler, const std::string& answer, bool is_url = false) {
  EventLoop loop;
  Script script;
  script.answer = answer;
  TargetState state;
  run(loop, [](EventLoop& l, Script& s, Handler h, bool url, TargetState& out) -> Task<void> {
    Service service = co_await start(l, s, h);
    Poller poller(l, {target_at(service->sockname().port(), url)}, std::chrono::seconds(5));
    co_await poller.poll();
    out = poller.states().front();
    co_await stop(std::move(service));
  }(loop, script, handler, is_url, state));
  return state;
}

std::string error_of(Handler handler, const std::string& answer, bool is_url = false) {
  const TargetState state = asked(handler, answer, is_url);
  CHECK(state.kind == Kind::down);
  return state.error;
}

}  // namespace

TEST_CASE("a target that speaks lines is asked for STATS, and for VERSION once a connection",
          "[top]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Script script;
    script.answer = two_lines;
    Service service = co_await start(l, script, speak);
    Poller poller(l, {target_at(service->sockname().port())}, std::chrono::seconds(5));
    for (int i = 0; i < 3; ++i) co_await poller.poll();
    const TargetState state = poller.states().front();
    CHECK(state.kind == Kind::up);
    CHECK(state.version == "9.9");
    CHECK(state.readings[Reading::active] == 3);
    CHECK(script.connections == 1);
    CHECK(script.requests ==
          std::vector<std::string>{"STATS\r\n", "VERSION\r\n", "STATS\r\n", "STATS\r\n"});
    CHECK(poller.pool().figures().reused == 2);
    co_await stop(std::move(service));
  }(loop));
}

TEST_CASE("a target that answers in HTTP is asked for its metrics from then on", "[top]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Script script;
    script.answer = over_http(metrics);
    Service service = co_await start(l, script, serve_http);
    Poller poller(l, {target_at(service->sockname().port())}, std::chrono::seconds(5));
    for (int i = 0; i < 3; ++i) co_await poller.poll();
    const TargetState state = poller.states().front();
    CHECK(state.kind == Kind::up);
    CHECK(state.version == "1.2");
    CHECK(state.listeners.at("e")[Reading::active] == 4);
    CHECK(script.connections == 2);
    CHECK(script.requests.front() == "GET /metrics HTTP/1.1\r\n");
    co_await stop(std::move(service));
  }(loop));
}

TEST_CASE("a kept connection that is gone is replaced, and is no failure", "[top]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Script script;
    script.answer = "HTTP/1.1 200 OK\r\n\r\n" + metrics;  // up to the end of the connection
    script.closes = true;
    Service service = co_await start(l, script, speak);
    Poller poller(l, {target_at(service->sockname().port(), true)}, std::chrono::seconds(5));
    for (int i = 0; i < 3; ++i) {
      co_await poller.poll();
      CHECK(poller.any_is_up());
    }
    CHECK(script.connections == 3);
    co_await stop(std::move(service));
  }(loop));
}

TEST_CASE("a kept connection that ends at the next request is replaced, a new one that does not",
          "[top]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Script script;
    script.answer = two_lines;
    script.answers = 1;
    Service service = co_await start(l, script, speak);
    Poller poller(l, {target_at(service->sockname().port())}, std::chrono::seconds(5));
    for (int i = 0; i < 3; ++i) {
      co_await poller.poll();
      CHECK(poller.any_is_up());
    }
    CHECK(script.connections == 3);
    script.answers = 0;
    co_await poller.poll();
    CHECK(poller.states().front().error == "no complete answer: the service closed the connection");
    CHECK(script.connections == 4);
    co_await stop(std::move(service));
  }(loop));
}

TEST_CASE("a target that hangs or refuses holds up no other", "[top]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Script good;
    good.answer = two_lines;
    Script silent;
    Service service = co_await start(l, good, speak);
    Service hanging = co_await start(l, silent, hang);
    Poller poller(l,
                  {target_at(hanging->sockname().port()), target_at(refusing_port()),
                   target_at(service->sockname().port())},
                  std::chrono::milliseconds(100));
    co_await poller.poll();
    const auto states = poller.states();
    CHECK(states[0].error == "no answer within 100ms (--timeout)");
    CHECK(states[1].error == "cannot connect: Connection refused");
    CHECK(states[2].kind == Kind::up);
    CHECK(poller.any_is_up());
    CHECK(poller.pool().figures().in_use == 0);
    co_await stop(std::move(service));
    co_await stop(std::move(hanging));
  }(loop));
}

TEST_CASE("a hundred targets that hang hold up no other", "[top]") {
  EventLoop loop;
  run(loop, [](EventLoop& l) -> Task<void> {
    Script good;
    good.answer = two_lines;
    Script silent;
    Service service = co_await start(l, good, speak);
    Service hanging = co_await start(l, silent, hang);
    std::vector<Target> targets(100, target_at(hanging->sockname().port()));
    targets.push_back(target_at(service->sockname().port()));
    Poller poller(l, targets, std::chrono::hours(1));
    streams::TaskGroup group(l);
    group.spawn(poller.poll());
    co_await until(l, [&poller] { return poller.any_is_up(); });
    CHECK(poller.states().front().kind == Kind::unasked);
    CHECK(poller.states().back().kind == Kind::up);
    group.cancel();
    co_await group.join();
    co_await stop(std::move(service));
    co_await stop(std::move(hanging));
  }(loop));
}

TEST_CASE("interim responses over HTTP are not taken for the answer", "[top]") {
  const std::string interim =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
  const TargetState state = asked(speak, interim + over_http(metrics), true);
  CHECK(state.error.empty());
  CHECK(state.kind == Kind::up);
  CHECK(state.readings[Reading::active] == 4);
}

TEST_CASE("an answer that is none is told as what it is", "[top]") {
  const auto has = [](const std::string& text, const char* part) {
    CAPTURE(text);
    return text.find(part) != std::string::npos;
  };
  CHECK(has(error_of(speak, "STATS\r\n"), "it echoes"));
  CHECK(has(error_of(speak, "-unknown\x1b[2J command\r\n"), "\"-unknown\\x1b[2J command\""));
  CHECK(has(error_of(speak, "*x\r\n"), "answers STATS with \"*x\""));
  CHECK(has(error_of(speak, "*99999\r\n"), "announces 99999 figures"));
  CHECK(has(error_of(speak, "*1\r\n+nonsense\r\n"), "no figures in it"));
  CHECK(has(error_of(speak, "*1\r\n+go_goroutines 1\r\n"), "none of echolined's"));
  CHECK(has(error_of(speak, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", true),
            "GET /metrics with status 404"));
  CHECK(has(error_of(speak, "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", true),
            "too long"));
  CHECK(has(error_of(speak, "HTTP/1.1 101 Switching Protocols\r\n\r\n", true), "with status 101"));
  CHECK(has(error_of(speak, "+PONG\r\n", true), "no HTTP"));
  CHECK(has(error_of(speak, over_http("<html>\n"), true), "no figures in it"));
}
