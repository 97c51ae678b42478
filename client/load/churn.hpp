// Churn: connects when there is a request, and closes after the replies to that and to as many more
// as the plan says.
#pragma once

#include <memory>
#include <optional>

#include "client/load/request_pipeline.hpp"
#include "streams/event.hpp"
#include "streams/queue.hpp"

namespace client::load {

class Churn final : public RequestPipeline {
 public:
  Churn(ThreadContext& context, std::uint64_t number);

  streams::Task<void> run() override;
  void start() override {}
  void take(Time when, Time now) override;
  void drop_unsent() override;
  void end() override;

 private:
  streams::Task<std::error_code> serve() override;
  streams::Task<void> exchange(Time when);

  streams::Queue<Time> taken_;  // one at most
};

/// A RequestPipeline, or a Churn if the plan has a number of requests a connection.
std::unique_ptr<LoadConnection> make_request_connection(ThreadContext& context,
                                                        std::uint64_t number);

}  // namespace client::load
