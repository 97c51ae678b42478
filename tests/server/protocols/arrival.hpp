// When lines came, as a test says it.
#pragma once

#include <chrono>

#include "server/protocols/line_commands.hpp"

namespace tests {

struct Arrival final : server::protocols::LineArrival {
  std::chrono::steady_clock::time_point line_received() override { return at; }

  std::chrono::steady_clock::time_point at{};
};

}  // namespace tests
