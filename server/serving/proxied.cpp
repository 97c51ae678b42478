#include "server/serving/proxied.hpp"

#include <chrono>
#include <new>
#include <utility>

#include "server/admission/access.hpp"
#include "server/serving/acceptor.hpp"
#include "streams/event.hpp"
#include "streams/proxy_header/parser.hpp"
#include "streams/shield.hpp"
#include "streams/threadsafe_call.hpp"
#include "streams/timeout.hpp"

namespace server::serving {
namespace {

using proxy_header::Parser;

streams::Task<std::error_code> read_header(streams::StreamReader& reader,
                                           streams::StreamWriter& writer) {
  Parser parser;
  while (parser.state() == Parser::State::incomplete) {
    const std::size_t wanted = parser.wanted();
    const streams::Chunk chunk = co_await reader.read(wanted);
    const bool is_cut_off = chunk.ec == streams::Error::end_of_stream && parser.size() != 0;
    if (is_cut_off) co_return make_error_code(streams::Error::incomplete_read);
    if (!chunk) co_return chunk.ec;
    parser.take(chunk.data);
  }
  if (parser.state() == Parser::State::malformed) co_return make_error_code(parser.fault());
  if (parser.header().kind == proxy_header::Header::Kind::proxied) {
    writer.set_peername(parser.header().source);
  }
  co_return streams::no_error();
}

/// To the first worker, where admission counts, whether a client may stay. In the frame of who
/// asks, and pinned there until the answer has come.
class Question final : private streams::ThreadsafeCall {
 public:
  Question(streams::EventLoop& here, Acceptor& acceptor, const streams::Endpoint& client,
           admission::Ticket& ticket) noexcept
      : ThreadsafeCall(here),
        acceptor_(acceptor),
        client_(client),
        ticket_(ticket),
        answered_(here) {}

  /// Throws std::bad_alloc.
  void ask() {
    if (acceptor_.loop().running_in_this_thread()) {
      answer();
      answered_.set();
    } else {
      acceptor_.loop().call_soon_threadsafe([this] {
        answer();
        request();
      });
    }
  }
  streams::Task<void> answered() { co_await answered_.wait(); }
  const std::optional<insight::Refusal>& refusal() const noexcept { return refusal_; }
  bool has_failed() const noexcept { return has_failed_; }

 private:
  void answer() noexcept try {
    refusal_ = acceptor_.admit_client(client_, ticket_);
  } catch (const std::bad_alloc&) {
    has_failed_ = true;
  }
  void call(std::size_t) noexcept override { answered_.set(); }

  Acceptor& acceptor_;
  const streams::Endpoint& client_;
  admission::Ticket& ticket_;
  streams::Event answered_;
  std::optional<insight::Refusal> refusal_;
  bool has_failed_ = false;
};

}  // namespace

streams::Task<std::error_code> take_header(streams::EventLoop& loop, streams::StreamReader& reader,
                                           streams::StreamWriter& writer, const Listener& listener,
                                           Acceptor* acceptor, admission::Ticket& ticket) {
  const std::chrono::milliseconds timeout = listener.settings.proxy_timeout;
  auto reading = streams::with_timeout(loop, timeout, read_header(reader, writer));
  const streams::Timed<std::error_code> timed = co_await std::move(reading);
  if (timed.value) co_return timed.ec ? timed.ec : timed.value;
  if (acceptor == nullptr || !admission::asks_anything(listener.settings.access)) {
    co_return streams::no_error();
  }
  Question question(loop, *acceptor, writer.peername(), ticket);
  question.ask();
  // The other thread knows where the question lies.
  auto waiting = streams::shield(question.answered());
  co_await std::move(waiting);
  if (question.has_failed()) co_return std::make_error_code(std::errc::not_enough_memory);
  if (!question.refusal()) co_return streams::no_error();
  writer.write(listener.protocol.refusal.of(*question.refusal()));
  co_return std::make_error_code(std::errc::permission_denied);
}

std::string what_is_wrong(const std::error_code& error) {
  if (error.category() == proxy_header::fault_category()) return error.message();
  if (error == std::errc::timed_out) return "no PROXY header came in proxy_timeout";
  if (error == streams::Error::incomplete_read) return "the connection ended in the PROXY header";
  return {};
}

}  // namespace server::serving
