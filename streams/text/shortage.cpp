#include "streams/text/shortage.hpp"

#include <cerrno>
#include <new>
#include <system_error>

namespace text {

std::string_view remedy(int error) noexcept {
  switch (error) {
    case EMFILE: return "raise the limit on open files with LimitNOFILE= or ulimit -n";
    case ENFILE: return "raise the system's limit on open files, sysctl fs.file-max";
    case ENOMEM: return "raise the limit on memory with MemoryMax= or ulimit -v";
    case ENOBUFS: return "the kernel is out of memory for sockets";
    case EAGAIN:  // of clone(2)
      return "raise the limit on threads with TasksMax= or ulimit -u, or that on memory with "
             "MemoryMax= or ulimit -v";
    default: return {};
  }
}

int errno_of(const std::exception& failure) noexcept {
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) return ENOMEM;
  const auto* const of_system = dynamic_cast<const std::system_error*>(&failure);
  if (of_system == nullptr) return 0;
  const std::error_condition condition = of_system->code().default_error_condition();
  return condition.category() == std::generic_category() ? condition.value() : 0;
}

std::string with_remedy(const std::exception& failure) {
  const int error = errno_of(failure);
  const bool says_nothing = dynamic_cast<const std::bad_alloc*>(&failure) != nullptr;
  std::string text = says_nothing ? "out of memory" : failure.what();
  if (const std::string_view helps = remedy(error); !helps.empty()) (text += "; ") += helps;
  return text;
}

}  // namespace text
