// What health checks ask of the server: whether its loops turn and whether it takes clients. On the
// first worker's thread; what it looks at outlives it.
#pragma once

#include <memory>
#include <vector>

#include "server/admission/admission.hpp"
#include "server/protocols/health.hpp"
#include "server/serving/stopping.hpp"
#include "server/serving/worker.hpp"

namespace server::serving {

class ServerHealth final : public protocols::Health {
 public:
  ServerHealth(const std::vector<std::unique_ptr<Worker>>& workers, const Stopping& stopping,
               const admission::Places& places) noexcept
      : workers_(workers), stopping_(stopping), places_(places) {}

  streams::EventLoop& loop() override { return workers_.front()->loop(); }
  void take_pulses() noexcept override;
  std::vector<std::uint64_t> pulses() const override;
  std::string_view not_ready() const override;

 private:
  const std::vector<std::unique_ptr<Worker>>& workers_;
  const Stopping& stopping_;
  const admission::Places& places_;
};

}  // namespace server::serving
