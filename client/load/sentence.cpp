#include "client/load/sentence.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>

namespace client::load {

std::string sentence(const char* format, ...) {
  std::array<char, 501> text{};
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text.data(), text.size(), format, arguments);
  va_end(arguments);
  return text.data();
}

}  // namespace client::load
