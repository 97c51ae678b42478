#include "streams/misuse.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "streams/debug.hpp"

namespace streams {
namespace {

std::string with_task(const char* what) {
  const Debug* const debug = Debug::current();
  if (debug == nullptr) return what;
  return std::string(what) + ", in " + debug->running_task().to_string();
}

}  // namespace

void misuse(const char* what) { throw Misuse(with_task(what)); }

void fatal_misuse(const char* what) noexcept {
  std::fprintf(stderr, "streams: %s\n", with_task(what).c_str());
  std::abort();
}

}  // namespace streams
