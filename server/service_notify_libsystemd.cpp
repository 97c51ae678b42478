#include <systemd/sd-daemon.h>

#include "server/service_notify.hpp"

namespace server {

void service_notify(const std::string& state) noexcept {
  [[maybe_unused]] const int result = ::sd_notify(0, state.c_str());
}

}  // namespace server
