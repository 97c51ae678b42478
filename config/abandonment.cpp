#include "config/abandonment.hpp"

#include <cerrno>
#include <sys/eventfd.h>
#include <system_error>

namespace config {

Abandonment::Abandonment() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_) throw std::system_error(errno, std::system_category(), "eventfd");
}

bool Abandonment::give_up(Clock::duration patience) noexcept {
  if (Clock::now() - waiting_since_.load() < patience) return false;
  if (!change(Stage::waiting, Stage::given_up)) return false;
  ::eventfd_write(wake_.get(), 1);
  return true;
}

void Abandonment::give_up_for_good() noexcept {
  for_good_ = true;
  give_up();
}

}  // namespace config
