#include <systemd/sd-daemon.h>

#include "server/process/service_notify.hpp"

namespace server::process {

void service_notify(const std::string& state) noexcept {
  [[maybe_unused]] const int result = ::sd_notify(0, state.c_str());
}

}  // namespace server::process
