// The threads of all workers but the first, which runs on the caller's. Made and destroyed on that
// one.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "server/serving/worker.hpp"

namespace server::serving {

class Threads {
 public:
  /// Called on a worker's thread when its loop has ended; with what went wrong, if so.
  using OnEnd = std::function<void(const std::exception_ptr&)>;

  /// Returns once every one of `workers` but the first runs, so that a daemon that says it is ready
  /// has all of them. Throws when a thread cannot be started; those that ran have ended then.
  Threads(std::span<const std::unique_ptr<Worker>> workers, OnEnd on_end);
  /// Ends the workers' intake, where nobody has, and waits for their ends.
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  void end() noexcept;

  const std::span<const std::unique_ptr<Worker>> workers_;
  const OnEnd on_end_;
  std::vector<std::thread> threads_;
};

}  // namespace server::serving
