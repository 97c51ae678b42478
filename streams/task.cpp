#include "streams/task.hpp"

namespace streams {

void PromiseBase::unhandled_exception() noexcept { exception_ = std::current_exception(); }

}  // namespace streams
