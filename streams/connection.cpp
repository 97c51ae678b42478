#include "streams/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>

#include "streams/misuse.hpp"
#include "streams/timer.hpp"

namespace streams {

#if defined(__x86_64__) && defined(__GLIBCXX__)
static_assert(sizeof(Connection) ==
              sizeof(Transport) + sizeof(StreamReader) + sizeof(StreamWriter));
#endif

bool Connection::is_idle() const noexcept {
  return is_open() && writer_.pending() == 0 && !writer_.error() && reader_.buffered() == 0 &&
         unread() == 0 && (is_unix() || unacknowledged() == 0);
}

/// Asks Closing and carries out what it says. Lives in the frame of wait_closed().
class Connection::ClosingDriver {
 public:
  ClosingDriver(Connection& connection, const Closing::Patience& patience) noexcept
      : connection_(connection),
        timer_(connection.loop()),
        closing_(patience, Closing::Clock::now(),
                 {transport().bytes_sent(), transport().bytes_received(), 0, false}) {
    connection_.is_waiting_closed_ = true;
    if (reader().peer_has_ended()) take(closing_.peer_ended());
  }
  // Also where an exception ends it early.
  ~ClosingDriver() {
    take(closing_.failed(make_cancelled()));
    connection_.is_waiting_closed_ = false;
  }
  ClosingDriver(const ClosingDriver&) = delete;
  ClosingDriver& operator=(const ClosingDriver&) = delete;

  bool is_over() const noexcept { return closing_.is_over(); }
  const std::error_code& result() const noexcept { return closing_.result(); }

  void flushed() noexcept {
    const std::error_code error = writer().error();
    take(error ? closing_.failed(error) : closing_.flushed(Closing::Clock::now()));
  }
  void failed(const std::error_code& error) noexcept { take(closing_.failed(error)); }
  void discarded(const std::error_code& ec) noexcept {
    if (ec == Error::end_of_stream) return take(closing_.peer_ended());
    if (ec != Error::limit_overrun) return take(closing_.failed(ec));
    take(closing_.overrun());
    overrun_ = true;
  }
  /// Looks at the socket from now on. Throws std::bad_alloc.
  void begin_looking() {
    if (!std::exchange(looking_, true)) look_later();
  }

 private:
  StreamReader& reader() const noexcept { return connection_.reader_; }
  StreamWriter& writer() const noexcept { return connection_.writer_; }
  Transport& transport() const noexcept { return connection_; }

  void look_later() {
    timer_.call_later(closing_.look_interval(), [this] { look(); });
  }

  void look() noexcept try {
    if (overrun_ && transport().peer_is_through()) writer().resume_drained();
    const std::uint64_t waiting = transport().unacknowledged();
    const std::uint64_t acknowledged = transport().bytes_sent() - waiting;
    // The kernel tells of room when a third of its buffer is free; ask it as soon as there is any.
    if (writer().pending() != 0 && std::exchange(acknowledged_, acknowledged) != acknowledged) {
      transport().assume_writable();
      transport().yield_writer();
    }
    const bool no_room = waiting != 0 && transport().tcp_info().window_shut;
    // Both ends are in one kernel: what has been sent is already with the peer.
    const std::uint64_t missing = transport().is_unix() ? 0 : waiting;
    take(closing_.look(Closing::Clock::now(),
                       {acknowledged, transport().bytes_received(), missing, no_room}));
    // After the look: what it saw may have come before the quiet was asked for.
    if (connection_.stops_waiting_for_fin_) {
      connection_.stops_waiting_for_fin_ = false;
      closing_.expect_quiet(connection_.quiet());
    }
    if (!is_over()) look_later();
  } catch (const std::exception&) {
    // No memory for the timer, and without it nobody would end this.
    take(closing_.failed(std::make_error_code(std::errc::not_enough_memory)));
  }

  void take(Closing::Step step) noexcept {
    switch (step) {
      case Closing::Step::wait: return;
      case Closing::Step::send_fin: return writer().write_eof();
      case Closing::Step::close:
        transport().close();
        // Others who wait on this connection are told what the kernel says of a silent peer.
        if (result()) transport().fail(ETIMEDOUT);
        break;
      case Closing::Step::reset:
        // Others who wait are told the system's error. A cancelled close or an overrun of what is
        // read after the end has none, and abort() tells them of the reset.
        if (result() != make_cancelled() && result().category() != error_category()) {
          transport().fail(result().value());
        }
        writer().abort();
        break;
    }
    reader().end_wait();
    writer().resume_drained();
  }

  Connection& connection_;
  Timer timer_;
  Closing closing_;
  std::uint64_t acknowledged_ = 0;  // as of the last look
  bool looking_ = false;
  bool overrun_ = false;
};

Closing::Duration Connection::quiet() const {
  constexpr Closing::Duration least{50};
  return std::max(least, std::chrono::ceil<Closing::Duration>(4 * tcp_info().rtt));
}

Task<std::error_code> Connection::wait_closed(
    WaitFor what, std::optional<std::chrono::milliseconds> close_timeout) {
  if (!writer_.is_closing()) misuse("wait_closed() before close()");
  if (is_waiting_closed_) {
    const std::error_code waited = co_await writer_.closed();
    co_return waited == make_cancelled() ? waited : writer_.error();
  }
  if (!is_open()) co_return writer_.error();
  const std::chrono::milliseconds usual(close_timeout_);
  const Closing::Duration quiet_time = what == WaitFor::quiet ? quiet() : Closing::Duration::zero();
  ClosingDriver driver(*this, {close_timeout.value_or(usual), quiet_time});
  if (writer_.pending() != 0) {
    driver.begin_looking();
    const std::error_code flushed = co_await writer_.flushed();
    if (flushed == make_cancelled()) driver.failed(flushed);
  }
  driver.flushed();
  while (!driver.is_over()) {
    driver.begin_looking();
    const Chunk end = co_await reader_.discard(max_discarded);
    driver.discarded(end.ec);
    if (driver.is_over()) break;
    // Nothing more is read of one that sends too much, until it ends or all is over.
    const std::error_code waited = co_await writer_.peer_is_through();
    if (waited == make_cancelled()) driver.failed(waited);
  }
  co_return driver.result();
}

}  // namespace streams
