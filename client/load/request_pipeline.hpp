// RequestPipeline: a connection whose requests have replies, which come in order. Each reply is
// compared with memory as it arrives, in whatever pieces: none is ever collected. The hot path of a
// load run is here: one coroutine that reads, and what a piece of data makes it do.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "client/line_reply_parser.hpp"
#include "client/load/fifo.hpp"
#include "client/load/load_connection.hpp"
#include "client/replies/text_reply.hpp"

namespace client::load {

class RequestPipeline : public LoadConnection {
 public:
  RequestPipeline(ThreadContext& context, std::uint64_t number);

  void start() override;
  void take(Time when, Time now) override;
  void check_time(Time now) override;

 protected:
  streams::Task<std::error_code> serve() override;
  std::uint64_t fail_in_flight(ErrorKind kind, const std::string& words, Time now) override;

  /// One request, whose intended time was `when`.
  void send(Time when, Time now);
  /// False when the connection was broken off.
  bool on_received(std::string_view data);
  /// Whether the connection has done its work.
  bool is_done() const noexcept { return in_flight() == 0 && (sent_ == end_ || !open_loop_); }
  /// The connection takes so many requests from now on.
  void allow(std::uint64_t requests) noexcept { end_ = sent_ + requests; }
  /// As many as there is room for.
  void send_more(Time now);

  /// Requests that were due at once and sent at once: what is counted of them is counted once.
  struct Burst {
    Time due;
    Time sent;
    std::uint64_t size;
  };

  /// How much of `data` belongs to the reply that is awaited and judged by its text; 0 when the
  /// connection was broken off.
  virtual std::size_t take_text(std::string_view data, Time now);
  void answered(Time now, std::uint64_t requests = 1);
  void answered_with_error(std::string_view words, Time now);
  Burst pop_in_flight(Time now);

  Fifo<Burst> bursts_;          // in flight
  std::uint64_t answered_ = 0;  // the sequence of the reply that is awaited
  Time first_at_;               // when the first of its bytes came, if not all came at once
  std::unique_ptr<replies::TextReply> text_;  // where replies are judged by their text

 private:
  std::uint64_t in_flight() const noexcept { return sent_ - answered_; }
  bool has_room() const noexcept { return in_flight() < pipeline_ && sent_ != end_; }
  void send_due(Time now);
  bool take_replies(std::string_view data, Time now);
  /// Of known replies that are whole at the front of `data`, and as they must be: how many bytes.
  std::size_t take_whole(std::string_view data, Time now);
  /// How much of `data` belongs to the reply that is awaited; 0 when it is not as it must be.
  std::size_t take_known(std::string_view expected, std::string_view data, Time now);
  std::size_t take_line(std::string_view data, Time now);
  void count_right(Time now);
  void shrink_first(std::uint64_t requests) noexcept;
  void report_mismatch(std::string_view expected, std::string_view got, std::size_t at, Time now);
  void report_wrong_text(const replies::ReplyRule& rule, Time now);
  void report_surplus(std::string_view got);

  const std::size_t pipeline_;
  const bool open_loop_;
  std::uint64_t sent_ = 0;                                         // the next request's sequence
  std::uint64_t end_ = std::numeric_limits<std::uint64_t>::max();  // no request has this one
  std::size_t received_ = 0;                                       // bytes of it that have come
  std::uint64_t right_ = 0;  // of the first burst, answered, and counted before we return
  LineReplyParser line_;
};

}  // namespace client::load
