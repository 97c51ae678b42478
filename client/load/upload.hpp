// Upload: a connection that only sends, to a discard service (RFC 863). A message is done when the
// connection has taken it; how long that took says little, and is not measured.
#pragma once

#include "client/load/load_connection.hpp"
#include "streams/queue.hpp"

namespace client::load {

class Upload final : public LoadConnection {
 public:
  Upload(ThreadContext& context, std::uint64_t number);

  void due(Time when, Time now) override;
  void drop_unsent(Time now) override;
  void end() override;

 private:
  streams::Task<std::error_code> serve() override;
  streams::Task<std::error_code> send(Time when);

  streams::Queue<Time> due_;
  std::uint64_t sent_ = 0;
};

}  // namespace client::load
