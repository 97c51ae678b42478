#include "client/load/report/style.hpp"

#include <algorithm>
#include <array>

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

}  // namespace client::load::report
