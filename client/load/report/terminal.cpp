#include "client/load/report/terminal.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace client::load::report {
namespace {

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

// Most pipes and containers set no locale at all, and what reads them takes UTF-8.
bool has_unicode() {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string locale{environment(name)};
    if (locale.empty()) continue;
    std::ranges::transform(locale, locale.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return true;
}

}  // namespace

bool can_redraw(int descriptor) {
  return ::isatty(descriptor) == 1 && environment("TERM") != "dumb" && !environment("TERM").empty();
}

Style style_of(int descriptor) {
  return {.colour = can_redraw(descriptor) && environment("NO_COLOR").empty(),
          .unicode = has_unicode()};
}

std::size_t width_of(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace client::load::report
