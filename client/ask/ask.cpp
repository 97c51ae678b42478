#include "client/ask/ask.hpp"

#include <memory>
#include <utility>

#include "streams/connection.hpp"
#include "streams/error.hpp"
#include "streams/open_connection.hpp"
#include "streams/text/units.hpp"
#include "streams/timeout.hpp"

namespace client::ask {
namespace {

class Asking {
 public:
  Asking(streams::EventLoop& loop, const Options& options) : loop_(loop), options_(options) {}

  streams::Task<std::error_code> exchange(std::string line) {
    streams::StreamOptions stream_options;
    stream_options.limit = max_line;
    auto opening =
        streams::open_connection(loop_, options_.target, stream_options, options_.socket);
    streams::Opened opened = co_await std::move(opening);
    connection_ = std::move(opened.connection);
    if (opened.ec) co_return opened.ec;
    introduce(options_.proxy, *connection_);
    write_line(connection_->writer(), options_.protocol, line);
    reply_ = co_await read_reply(connection_->reader(), options_.protocol, std::move(line));
    co_return reply_.ec;
  }

  Answer answer(const std::error_code& ec, bool late) {
    Answer answer;
    answer.reply = std::move(reply_.text);
    if (ec) {
      answer.failure = connection_ == nullptr ? explain_connect(ec, late) : explain_reply(ec, late);
    } else if (reply_.is_error) {
      answer.failure = options_.target_name + " answered with an error";
    } else if (reply_.different) {
      answer.failure = options_.target_name +
                       " answered with something other than the line; for a service that answers "
                       "lines use --protocol line";
    }
    return answer;
  }

  streams::Task<void> close() {
    if (connection_ == nullptr) co_return;
    connection_->writer().close();
    co_await connection_->writer().wait_closed(std::chrono::milliseconds{500});
  }
  void abort() {
    if (connection_ != nullptr) connection_->writer().abort();
  }

 private:
  std::string within() const {
    return " within " + text::format_duration(options_.timeout) + "; allow more with --timeout";
  }
  std::string explain_connect(const std::error_code& ec, bool late) const {
    const std::string cannot = "cannot connect to " + options_.target_name;
    if (late) return cannot + within() + ", or check that this is its address";
    return cannot + ": " + ec.message() + "; check that it is running and that this is its address";
  }
  std::string explain_reply(const std::error_code& ec, bool late) const {
    if (late) return "no complete reply from " + options_.target_name + within();
    return "no complete reply from " + options_.target_name + ": " + explain(ec) +
           "; check that it speaks this protocol (--protocol)";
  }

  streams::EventLoop& loop_;
  const Options& options_;
  std::unique_ptr<streams::Connection> connection_;
  LineReply reply_;
};

}  // namespace

streams::Task<Answer> ask(streams::EventLoop& loop, Options options, std::string line) {
  Asking asking(loop, options);
  auto exchanging = streams::with_timeout(loop, options.timeout, asking.exchange(std::move(line)));
  const auto timed = co_await std::move(exchanging);
  Answer answer = asking.answer(timed.value, static_cast<bool>(timed.ec));
  if (timed.value) {
    asking.abort();
  } else {
    co_await asking.close();
  }
  co_return answer;
}

}  // namespace client::ask
