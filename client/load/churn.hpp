// Churn: a lane that connects for each exchange of a request and its reply, and closes after it.
#pragma once

#include <optional>

#include "client/load/conversation.hpp"
#include "streams/event.hpp"
#include "streams/queue.hpp"

namespace client::load {

class Churn final : public Conversation {
 public:
  Churn(Crew& crew, std::uint64_t number);

  streams::Task<void> run() override;
  void start() override {}
  void due(Time when, Time now) override;
  void drop_unsent(Time now) override;
  void end() override;

 private:
  streams::Task<std::error_code> serve() override;
  streams::Task<void> exchange(Time when);

  streams::Queue<Time> due_;
};

}  // namespace client::load
