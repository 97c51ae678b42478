#include "client/load/greeter.hpp"

#include <utility>

#include "client/replies/text_reply.hpp"
#include "streams/error.hpp"
#include "streams/timeout.hpp"

namespace client::load {
namespace {

constexpr std::size_t shown = 32;  // bytes of a mismatch

ErrorKind kind_of(const std::error_code& ec, bool late) {
  if (late) return ErrorKind::timeout;
  if (ec == streams::Error::end_of_stream || ec == streams::Error::incomplete_read) {
    return ErrorKind::closed;
  }
  if (ec == std::errc::connection_reset || ec == std::errc::broken_pipe) return ErrorKind::reset;
  return ErrorKind::mismatch;
}

}  // namespace

Greeter::Greeter(streams::EventLoop& loop, const Plan& plan, Tally& tally, Progress& progress)
    : loop_(loop),
      plan_(plan),
      tally_(tally),
      progress_(progress),
      pattern_(plan.payload.greeting) {
  if (!plan.payload.reply_last.empty()) last_.emplace(plan.payload.reply_last);
}

streams::Task<std::optional<ErrorKind>> Greeter::greet(streams::Connection& connection,
                                                       std::uint64_t number) {
  const Time began = Clock::now();
  auto reading = streams::with_timeout(loop_, plan_.reply_timeout, read(connection.reader()));
  const auto timed = co_await std::move(reading);
  const Greeting& greeting = timed.value;
  const bool late = static_cast<bool>(timed.ec);
  if (!greeting.ec && pattern_.is_in(greeting.text)) co_return std::nullopt;
  if (greeting.ec == std::errc::operation_canceled && !late) co_return std::nullopt;
  const ErrorKind kind = greeting.ec ? kind_of(greeting.ec, late) : ErrorKind::mismatch;
  const bool came = kind == ErrorKind::mismatch;
  count(kind, came ? "the greeting is different" : "no greeting came", number, began, Clock::now());
  if (came) {
    Mismatch mismatch;
    mismatch.connection = number;
    mismatch.is_greeting = true;
    mismatch.pattern = pattern_.expression();
    mismatch.got = greeting.text.substr(0, shown);
    tally_.note(std::move(mismatch));
  }
  co_return kind;
}

streams::Task<Greeter::Greeting> Greeter::read(streams::StreamReader& reader) const {
  replies::ReplyRule rule;
  rule.text = &pattern_;
  if (last_) rule.last = &*last_;
  Greeting greeting;
  replies::TextReply reply;
  while (!reply.is_complete()) {
    const streams::Chunk chunk = co_await reader.readline();
    greeting.ec = chunk.ec;
    if (!chunk.ec && !chunk.data.ends_with('\n')) greeting.ec = streams::Error::incomplete_read;
    if (greeting.ec) break;
    reply.take(rule, chunk.data);
    if (reply.is_too_long()) greeting.ec = streams::Error::limit_overrun;
    if (greeting.ec) break;
  }
  greeting.text = reply.text();
  co_return greeting;
}

// As a connect that failed: of the closed loop it is a request that could not be made.
void Greeter::count(ErrorKind kind, const std::string& words, std::uint64_t number, Time began,
                    Time now) {
  if (plan_.churn) return tally_.exemplify(kind, words);
  if (plan_.open_loop() || !progress_.take()) return tally_.failed_beside(kind, words);
  tally_.offered(began);
  tally_.failed(kind, began, Time{}, now, plan_.target_of(number), words);
  progress_.end();
}

}  // namespace client::load
