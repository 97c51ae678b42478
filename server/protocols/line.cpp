// The line protocol: a line in, a reply out, in order; for people with telnet and for programs that
// pipeline. Replies to lines that arrived together leave together, because writes of one turn do.
#include "streams/text/line.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "server/protocols/line_commands.hpp"
#include "server/protocols/protocol.hpp"
#include "server/protocols/telnet.hpp"

namespace server::protocols {
namespace {

/// Reads the clock before each piece that `next` sees. A reader is filled only where it has no
/// whole line, so that the last piece is the one in which every line that it has has ended.
class ArrivalClock final : public streams::StreamFilter {
 public:
  using Clock = std::chrono::steady_clock;

  ArrivalClock(streams::StreamFilter& next, Clock::time_point (*now)()) noexcept
      : next_(next), now_(now), last_piece_(now()) {}

  Step in(std::span<char> wire) override {
    last_piece_ = now_();
    return next_.in(wire);
  }
  void save(std::string& state) const override { next_.save(state); }
  Clock::time_point last_piece() const noexcept { return last_piece_; }

 private:
  streams::StreamFilter& next_;
  Clock::time_point (*now_)();
  Clock::time_point last_piece_;
};

/// Keeps telnet's negotiation out of the lines and answers it. From the first question when a line
/// came it has a clock before it; who never asks pays for none, and who asks gets the first time of
/// what is taken then.
class TelnetFilter final : public streams::StreamFilter, public LineArrival {
 public:
  /// `resumed` is the Telnet of one that goes on, or none.
  TelnetFilter(streams::StreamReader& reader, streams::StreamWriter& writer, const Context& context,
               const Telnet* resumed) noexcept
      : reader_(reader), writer_(writer), context_(context) {
    if (resumed != nullptr) telnet_ = *resumed;
    reader_.set_filter(this);
    // What came with a proxy's header is here already; that of one that goes on has been through.
    if (resumed == nullptr) reader_.filter_buffered();
  }
  ~TelnetFilter() { reader_.set_filter(nullptr); }
  TelnetFilter(const TelnetFilter&) = delete;
  TelnetFilter& operator=(const TelnetFilter&) = delete;

  Step in(std::span<char> wire) override {
    Step step;
    step.plain = {wire.data(), telnet_.filter(wire.data(), wire.size(), step.wire)};
    // A peer that negotiates and never reads is not worth more memory than one that sends lines.
    if (writer_.pending() > max_pending) step.wire.clear();
    if (telnet_.interrupted()) step.then = Then::end;
    return step;
  }
  void save(std::string& state) const override { telnet_.save(state); }
  std::chrono::steady_clock::time_point line_received() override {
    if (clock_ == nullptr) {
      clock_ = std::make_unique<ArrivalClock>(*this, context_.monotonic);
      reader_.set_filter(clock_.get());
    }
    return clock_->last_piece();
  }
  bool interrupted() const noexcept { return telnet_.interrupted(); }

 private:
  static constexpr std::size_t max_pending = 64 * 1024;

  streams::StreamReader& reader_;
  streams::StreamWriter& writer_;
  const Context& context_;
  std::unique_ptr<ArrivalClock> clock_;
  Telnet telnet_;
};

// Inlined in both its callers: as a function it costs 27 instructions a line.
inline Reply reply_to(std::string_view line, LineCommands& commands, std::size_t max_line) {
  const std::string_view text = text::without_end(line);
  return text.size() <= max_line ? commands.execute(text) : commands.too_long();
}

/// False when that was the last.
bool send(const Reply& reply, streams::StreamWriter& writer) {
  for (const std::string_view part : reply.parts) {
    if (!part.empty()) writer.write(part);
  }
  return !reply.quit;
}

/// Sends it; false when that was the last.
template <bool is_marked>
bool answer(const Reply& reply, streams::StreamWriter& writer, const Context& context) {
  const bool goes_on = send(reply, writer);
  if constexpr (is_marked) context.marks->reply_ends();
  return goes_on;
}

/// Answers the lines that came with another, until so many replies are unsent that they must be
/// drained first; false when one was the last.
template <bool is_marked>
bool answer_waiting(streams::StreamReader& reader, streams::StreamWriter& writer,
                    LineCommands& commands, const Context& context) {
  while (!writer.must_drain()) {
    const std::string_view line = reader.readline_nowait();
    if (line.empty()) break;
    const Reply reply = reply_to(line, commands, context.options.max_line);
    if (!answer<is_marked>(reply, writer, context)) return false;
  }
  return true;
}

/// `is_marked` says that somebody is to be told where replies end. `resumed` is the Telnet of one
/// that goes on, else none: another instance of all this would cost each request.
template <bool is_marked>
streams::Task<std::error_code> serve(streams::StreamReader& reader, streams::StreamWriter& writer,
                                     const Context& context,
                                     std::unique_ptr<const Telnet> resumed) {
  TelnetFilter telnet(reader, writer, context, resumed.get());
  resumed.reset();
  const Caller caller{writer, telnet};
  LineCommands commands(context, caller);
  for (;;) {
    const streams::Chunk chunk = co_await reader.readline();
    // What a peer had typed of a line when it, or we, broke off is no request.
    const bool broken_off =
        chunk && !chunk.data.ends_with('\n') && (telnet.interrupted() || !reader.peer_has_ended());
    if (broken_off || (!chunk && chunk.ec != streams::Error::limit_overrun)) {
      if (!telnet.interrupted()) co_return chunk ? streams::Error::end_of_stream : chunk.ec;
      writer.write("+BYE\r\n");
      co_return std::error_code{};
    }
    const Reply reply =
        chunk ? reply_to(chunk.data, commands, context.options.max_line) : commands.too_long();
    if (!answer<is_marked>(reply, writer, context)) co_return std::error_code{};
    if (!answer_waiting<is_marked>(reader, writer, commands, context)) co_return std::error_code{};
    commands.release();
    if (const std::error_code ec = co_await writer.drain()) co_return ec;
  }
}

}  // namespace

streams::Task<std::error_code> line(streams::StreamReader& reader, streams::StreamWriter& writer,
                                    const Context& context) {
  return context.marks == nullptr ? serve<false>(reader, writer, context, nullptr)
                                  : serve<true>(reader, writer, context, nullptr);
}

// No coroutine: it takes what it needs of the part at once.
auto resume_line(streams::StreamReader& reader, streams::StreamWriter& writer,
                 const Context& context, std::string_view part) -> streams::Task<std::error_code> {
  auto telnet = std::make_unique<Telnet>();
  if (!telnet->resume(part)) throw std::invalid_argument("the line protocol's part is none");
  return serve<false>(reader, writer, context, std::move(telnet));
}

}  // namespace server::protocols
