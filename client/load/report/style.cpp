#include "client/load/report/style.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace client::load::report {
namespace {

constexpr std::array<std::string_view, 7> sequences{"", "1", "2", "32", "31", "33", "36"};

struct Replacement {
  std::string_view character;
  char letter;
};

constexpr std::array<Replacement, 13> replacements{{{"µ", 'u'},
                                                    {"█", '#'},
                                                    {"▉", '#'},
                                                    {"▊", '#'},
                                                    {"▋", '#'},
                                                    {"▌", '#'},
                                                    {"▍", '-'},
                                                    {"▎", '-'},
                                                    {"▏", '-'},
                                                    {"━", '='},
                                                    {"╸", '>'},
                                                    {"─", '-'},
                                                    {"×", 'x'}}};

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

std::string Style::in(Tone tone, std::string_view text) const {
  const std::string_view sequence = sequences[static_cast<std::size_t>(tone)];
  if (!colour || sequence.empty() || text.empty()) return std::string{text};
  return "\x1b[" + std::string{sequence} + 'm' + std::string{text} + "\x1b[0m";
}

std::string to_ascii(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto found = std::ranges::find_if(replacements, [text](const Replacement& replacement) {
      return text.starts_with(replacement.character);
    });
    if (found == replacements.end()) {
      out += text.front();
      text.remove_prefix(1);
    } else {
      out += found->letter;
      text.remove_prefix(found->character.size());
    }
  }
  return out;
}

bool can_redraw(int descriptor) {
  return ::isatty(descriptor) == 1 && environment("TERM") != "dumb" && !environment("TERM").empty();
}

Style style_of(int descriptor) {
  constexpr std::size_t narrowest = 20;  // a label and a little
  return {.colour = can_redraw(descriptor) && environment("NO_COLOR").empty(),
          .unicode = has_unicode(),
          .width = std::clamp(width_of(descriptor), narrowest, Style{}.width)};
}

std::size_t width_of(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace client::load::report
