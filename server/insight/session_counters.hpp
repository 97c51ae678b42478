// Counts the sessions of one worker, on its thread; any thread may read.
#pragma once

#include "server/insight/registry.hpp"
#include "server/insight/session_events.hpp"
#include "streams/counter.hpp"

namespace server::insight {

class SessionCounters final : public SessionSubscriber {
 public:
  /// Under the names of STATS.
  void add_to(Registry& registry) const;

 private:
  void refused() noexcept override { refused_.add(1); }
  void started() noexcept override { started_.add(1); }
  void ended(const SessionEnd& end) noexcept override;
  void failed(std::uint64_t id, std::string_view what) noexcept override;

  streams::Counter refused_;
  streams::Counter started_;
  streams::Counter ended_;
  streams::Counter timed_out_;
  streams::Counter failed_;
};

}  // namespace server::insight
