#include "streams/task.hpp"

#include "streams/misuse.hpp"

namespace streams {

void PromiseBase::unhandled_exception() noexcept { exception_ = std::current_exception(); }

void misuse_of_task(bool empty) {
  misuse(empty ? "an empty Task was awaited or started"
               : "a Task was awaited or started a second time");
}

}  // namespace streams
