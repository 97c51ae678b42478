#include "client/top/inquiry.hpp"

#include <cstddef>
#include <string_view>
#include <system_error>
#include <utility>

#include "client/line_exchange.hpp"
#include "streams/error.hpp"
#include "streams/http/response_head.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/line.hpp"
#include "streams/text/number.hpp"

namespace client::top {
namespace {

constexpr std::size_t shown = 40;  // bytes of a line that was not expected

std::string shortened(std::string_view line) {
  return text::quoted(text::escaped(line.substr(0, shown)));
}

Answer failed(std::string why) {
  Answer answer;
  answer.failure = std::move(why);
  return answer;
}

/// A read that failed; `begun` where some of the answer had come.
Answer failed(const std::error_code& ec, bool begun) {
  Answer answer = failed("no complete answer: " + client::explain(ec));
  answer.is_lost = !begun && ec != std::errc::operation_canceled;
  return answer;
}

Answer read_samples(std::string_view text) {
  Answer answer;
  Exposition read = parse_exposition(text);
  if (read.too_long) {
    return failed("it tells more than " + std::to_string(max_samples) + " figures");
  }
  if (read.samples.empty()) return failed("its answer has no figures in it");
  answer.samples = std::move(read.samples);
  return answer;
}

/// How many lines follow `*N`; nothing for any other line.
std::optional<std::size_t> lines_after(std::string_view line) {
  if (!line.starts_with('*')) return std::nullopt;
  return text::whole_number<std::size_t>(line.substr(1));
}

/// Whether another response follows this one: RFC 9110, 15.2. Nobody asked to switch protocols.
bool is_interim(int status) noexcept {
  constexpr int switching_protocols = 101;
  return status / 100 == 1 && status != switching_protocols;
}

Answer unexpected(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    Answer answer = failed("it speaks HTTP");
    answer.is_other_speech = true;
    return answer;
  }
  if (line == "STATS") return failed("it echoes; give the daemon's admin or metrics address");
  return failed("it answers STATS with " + shortened(line) +
                "; give the daemon's admin or metrics address");
}

}  // namespace

streams::Task<Answer> ask_for_lines(streams::Connection& connection, bool asks_version) {
  streams::StreamReader& reader = connection.reader();
  connection.writer().write(asks_version ? "STATS\r\nVERSION\r\n" : "STATS\r\n");
  const streams::Chunk first = co_await reader.readline();
  if (!first) co_return failed(first.ec, false);
  const std::string_view line = text::without_end(first.data);
  const auto count = lines_after(line);
  if (!count) co_return unexpected(line);
  if (*count > max_samples) {
    co_return failed("it announces " + std::to_string(*count) + " figures, more than " +
                     std::to_string(max_samples));
  }
  std::string all;
  for (std::size_t i = 0; i < *count; ++i) {
    const streams::Chunk chunk = co_await reader.readline();
    if (!chunk) co_return failed(chunk.ec, true);
    std::string_view sample = chunk.data;
    if (sample.starts_with('+')) sample.remove_prefix(1);
    if (all.size() + sample.size() > max_text) co_return failed("its answer is too long");
    all += sample;
  }
  Answer answer = read_samples(all);
  if (asks_version) {
    const streams::Chunk chunk = co_await reader.readline();
    if (!chunk) co_return failed(chunk.ec, true);
    constexpr std::string_view before = "+echoline ";
    const std::string_view told = text::without_end(chunk.data);
    if (told.starts_with(before)) answer.version = told.substr(before.size(), shown);
  }
  answer.may_ask_again = answer.failure.empty();
  co_return answer;
}

streams::Task<Answer> ask_over_http(streams::Connection& connection, std::string host,
                                    std::string path) {
  streams::StreamReader& reader = connection.reader();
  connection.writer().writelines({"GET ", path, " HTTP/1.1\r\nHost: ", host,
                                  "\r\nUser-Agent: echoline\r\nAccept: text/plain\r\n\r\n"});
  http::ResponseHead head;
  auto state = http::ResponseHead::State::incomplete;
  for (bool begun = false; state == http::ResponseHead::State::incomplete; begun = true) {
    const streams::Chunk chunk = co_await reader.readline();
    if (!chunk) co_return failed(chunk.ec, begun);
    state = head.take(chunk.data);
    if (state == http::ResponseHead::State::complete && is_interim(head.status())) {
      head = {};
      state = http::ResponseHead::State::incomplete;
    }
    if (state != http::ResponseHead::State::malformed) continue;
    Answer answer = failed("it answers GET with " + shortened(text::without_end(chunk.data)) +
                           ", which is no HTTP that echoline reads");
    answer.is_other_speech = !begun;
    co_return answer;
  }
  if (head.status() != 200) {
    co_return failed("it answers GET " + path + " with status " + std::to_string(head.status()));
  }
  if (head.body_size().value_or(0) > max_text) co_return failed("its answer is too long");
  streams::Chunk body;
  if (head.body_size()) {
    body = co_await reader.readexactly(static_cast<std::size_t>(*head.body_size()));
  } else {
    body = co_await reader.read_to_end(max_text);
  }
  if (!body) co_return failed(body.ec, true);
  Answer answer = read_samples(body.data);
  answer.may_ask_again = head.keeps_alive();
  co_return answer;
}

}  // namespace client::top
