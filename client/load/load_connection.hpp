// LoadConnection: one connection of the load, which reconnects whenever it breaks, as long as the
// run lasts. The derived classes know what is sent over it: a RequestPipeline requests that have
// replies, an Upload data without replies; a Download only receives. Driven by its Generator, on
// the generator's thread; pinned.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "client/load/dispatcher.hpp"
#include "client/load/faulty_sender.hpp"
#include "client/load/plan.hpp"
#include "client/load/thread_context.hpp"
#include "streams/backoff.hpp"
#include "streams/connection.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace client::load {

class LoadConnection : public Dispatcher::Taker {
 public:
  LoadConnection(ThreadContext& context, std::uint64_t number);
  LoadConnection(const LoadConnection&) = delete;
  LoadConnection& operator=(const LoadConnection&) = delete;

  /// Completes after end() once the peer has closed the connection as well, after give_up(), or
  /// when cancelled.
  virtual streams::Task<void> run();

  /// The closed loop may send.
  virtual void start() {}
  /// The open loop's request.
  void take(Time when, Time now) override;
  /// Hands to the tally what it has taken and has not begun to send: it is not sent any more.
  virtual void drop_unsent() {}
  /// Fails when the oldest request has waited for its reply for too long.
  virtual void check_time(Time) {}
  /// There is nothing more to be sent: FIN, or a reset. What still comes is not to be there.
  virtual void end();
  /// Fails what is unanswered as timed out.
  virtual void give_up();

 protected:
  /// Exchanges over `connection_` until it ends, and why it did.
  virtual streams::Task<std::error_code> serve() = 0;
  /// The same, with what the plan's faults do to the requests.
  streams::Task<std::error_code> serve_with_faults();
  /// Sends a request.
  void write(std::string_view request) {
    faulty_ == nullptr ? connection_->writer().write(request) : faulty_->write(request);
  }
  /// Counts as failed what the end of the connection leaves unanswered, by `kind`, and forgets it.
  /// How many requests that were.
  virtual std::uint64_t fail_in_flight(ErrorKind kind, const std::string& words, Time now);

  /// False when there is none, or when what the service says first is not as the plan wants it.
  streams::Task<bool> connect(streams::Permit permit);
  /// Drops `connection_` and counts the requests that fail with it.
  void disconnect(const std::error_code& ec);
  /// The connection is to be broken off, and this is why. A mismatch has been counted; what else is
  /// in flight is abandoned for it.
  void break_off(ErrorKind reason);
  /// Counts a wrong reply to the request that was due and sent then.
  void fail_mismatch(Mismatch mismatch, Time due, Time sent, Time now);
  /// Tells the generator once that the first attempt to connect is over.
  void report_first_connect();

  ThreadContext& context_;
  const std::uint64_t number_;
  const std::size_t target_;  // of the plan's
  std::unique_ptr<streams::Connection> connection_;
  std::unique_ptr<FaultySender> faulty_;            // of the connection, where the plan has faults
  bool was_useful_ = false;                         // something came over it
  ErrorKind connect_failure_ = ErrorKind::connect;  // of a request for which connect() was in vain

 private:
  streams::Task<std::error_code> serve_beside(streams::TaskGroup& group);
  bool is_error(const std::error_code& ec) const;
  /// Asks the kernel about the network, once in the connection's life, before it is closed.
  void look_at_network();
  void note_outage(ErrorKind kind, Time now);

  streams::Backoff backoff_;
  std::uint64_t connected_ = 0;  // how often, with faults
  std::optional<ErrorKind> reason_;
  bool connect_reported_ = false;
  bool network_known_ = false;
  Time failed_at_;  // the last time, if it was of no use since
};

}  // namespace client::load
