// Greeter: waits on each new connection of a thread for what the service says first, and holds it
// to the plan's pattern. Where it is not so, that is an error, which is counted here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client/load/plan.hpp"
#include "client/load/progress.hpp"
#include "client/load/tally.hpp"
#include "client/replies/pattern.hpp"
#include "streams/connection.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"

namespace client::load {

class Greeter {
 public:
  /// For a plan that has a greeting.
  Greeter(streams::EventLoop& loop, const Plan& plan, Tally& tally, Progress& progress);

  /// Reads the greeting, a line or as many as the plan's last line of a reply says, and nothing
  /// behind it. The kind of its error; none when it is right, and when cancelled, which the next
  /// wait will tell.
  streams::Task<std::optional<ErrorKind>> greet(streams::Connection& connection,
                                                std::uint64_t number);

 private:
  struct Greeting {
    Greeting() = default;
    std::error_code ec;
    std::string text;
  };

  streams::Task<Greeting> read(streams::StreamReader& reader) const;
  void count(ErrorKind kind, const std::string& words, std::uint64_t number, Time began, Time now);

  streams::EventLoop& loop_;
  const Plan& plan_;
  Tally& tally_;
  Progress& progress_;
  replies::Pattern pattern_;
  std::optional<replies::Pattern> last_;
};

}  // namespace client::load
