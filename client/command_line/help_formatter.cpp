#include "client/command_line/help_formatter.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "client/load/report/columns.hpp"

namespace client::command_line {
namespace {

constexpr std::size_t width = 80;

std::string filled(std::string text, std::size_t columns) {
  std::ranges::replace(text, '\n', ' ');
  return load::report::wrapped(text, columns, 0);
}

}  // namespace

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  return beside_names(option->get_description());
}

std::string HelpFormatter::make_subcommand(const CLI::App* sub) const {
  const std::size_t column = get_column_width();
  std::string out = "  " + sub->get_display_name(true);
  if (out.size() >= column) out += '\n';
  const std::string::size_type line = out.rfind('\n') + 1;
  out.append(column - (out.size() - line), ' ');
  for (const char c : beside_names(sub->get_description())) {
    out += c;
    if (c == '\n') out.append(column, ' ');
  }
  return out + '\n';
}

std::string HelpFormatter::make_footer(const CLI::App* app) const {
  constexpr std::string_view between = "\n\n";
  std::string left = app->get_footer();
  std::string out;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find(between), left.size());
    if (!out.empty()) out += '\n';
    out += filled(left.substr(0, end), width) + '\n';
    left.erase(0, end + between.size());
  }
  return out;
}

// Which indents each of its lines.
std::string HelpFormatter::beside_names(const std::string& description) const {
  return filled(description, width - get_column_width());
}

}  // namespace client::command_line
