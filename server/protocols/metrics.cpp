// What monitoring asks the daemon over HTTP: its figures, whether it lives, and whether it is ready
// for clients. GET only; the client decides by Accept which text format it gets.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "server/insight/exposition.hpp"
#include "server/protocols/health.hpp"
#include "server/protocols/protocol.hpp"
#include "streams/http/request_head.hpp"
#include "streams/http/response.hpp"
#include "streams/sleep.hpp"
#include "streams/timeout.hpp"

namespace server::protocols {
namespace {

using namespace std::chrono_literals;
using http::RequestHead;

/// A loop that has not turned for so long hangs.
constexpr std::chrono::seconds patience{1};
constexpr std::chrono::milliseconds look{2};
/// From the first byte of a request's head to its last.
constexpr std::chrono::seconds longest_head{10};

struct Answer {
  int status;
  std::string_view type;
  std::string body;
};

Answer plain(int status, std::string text) {
  text += '\n';
  return {status, "text/plain; charset=utf-8", std::move(text)};
}

Answer figures(const RequestHead& head, const Context& context) {
  using insight::Format;
  const Format format =
      http::prefers_openmetrics(head.accept()) ? Format::openmetrics : Format::prometheus;
  Answer answer{200, insight::content_type(format), {}};
  insight::append_exposition(answer.body, context.stats, format);
  return answer;
}

/// Whether every loop of `health` turns within the patience.
streams::Task<bool> all_loops_turn(Health& health) {
  const std::vector<std::uint64_t> before = health.pulses();
  health.take_pulses();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const std::vector<std::uint64_t> now = health.pulses();
    // One that has ended meanwhile was alive.
    if (now.size() < before.size() ||
        std::ranges::equal(before, now, [](auto a, auto b) { return b != a; })) {
      co_return true;
    }
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    const auto ec = co_await streams::sleep_for(health.loop(), look);
    if (ec) co_return true;
  }
}

streams::Task<Answer> answer(RequestHead head, const Context& context) {
  if (head.state() == RequestHead::State::refused) {
    co_return plain(head.status(), std::string(head.reason()));
  }
  if (head.path() == "/metrics") co_return figures(head, context);
  if (head.path() == "/healthz") {
    const bool alive = co_await all_loops_turn(*context.health);
    co_return alive ? plain(200, "ok") : plain(503, "a loop hangs");
  }
  if (head.path() == "/readyz") {
    const std::string_view why = context.health->not_ready();
    co_return why.empty() ? plain(200, "ok") : plain(503, std::string(why));
  }
  co_return plain(404, "there are /metrics, /healthz and /readyz");
}

struct Request {
  Request() = default;
  std::error_code ec;  ///< of a connection that ended before the request did
  RequestHead head;
};

/// A request whose first byte was read.
streams::Task<Request> read(streams::StreamReader& reader, char first) {
  Request request;
  std::string begun(1, first);
  if (first == '\n') {
    request.head.take(begun);
    begun.clear();
  }
  while (!request.ec && request.head.state() == RequestHead::State::incomplete) {
    const streams::Chunk line = co_await reader.readline();
    if (line && line.data.ends_with('\n')) {
      begun += line.data;
      request.head.take(begun);
      begun.clear();
    } else if (line.ec == streams::Error::limit_overrun) {
      request.head.take_overlong();
    } else {
      request.ec = line ? streams::Error::end_of_stream : line.ec;
    }
  }
  co_return std::move(request);
}

}  // namespace

streams::Task<std::error_code> metrics(streams::StreamReader& reader, streams::StreamWriter& writer,
                                       const Context& context) {
  for (;;) {
    const streams::Chunk first = co_await reader.read(1);
    if (!first) co_return first.ec;
    auto reading = read(reader, first.data.front());
    const std::chrono::steady_clock::duration most = longest_head;
    streams::Timed<Request> timed =
        co_await streams::with_timeout(context.health->loop(), most, std::move(reading));
    Request request = std::move(timed.value);
    if (timed.ec && request.ec == std::errc::operation_canceled) {
      request.head.take_late();
      request.ec.clear();
    }
    if (request.ec) co_return request.ec;
    const bool goes_on = request.head.keeps_alive();
    auto answering = answer(std::move(request.head), context);
    const Answer answer = co_await std::move(answering);
    writer.write(http::response_head(answer.status, answer.type, answer.body.size(), goes_on));
    writer.write(answer.body);
    if (const std::error_code ec = co_await writer.drain()) co_return ec;
    if (!goes_on) co_return std::error_code{};
    // Others are served between the requests of one that sends many at once.
    if (reader.buffered() != 0) {
      const auto yielded = co_await streams::sleep_for(context.health->loop(), {});
      if (yielded) co_return yielded;
    }
  }
}

}  // namespace server::protocols
