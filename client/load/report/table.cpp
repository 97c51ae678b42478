#include "client/load/report/table.hpp"

#include <algorithm>
#include <string_view>

#include "client/load/report/columns.hpp"

namespace client::load::report {
namespace {

constexpr std::size_t gap = 2;

std::vector<std::size_t> widths_of(std::span<const Row> rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columns(row[i].text));
    }
  }
  return widths;
}

std::string figures_of(const Row& row, std::span<const std::size_t> widths, const Style& style) {
  std::string out;
  for (std::size_t i = 1; i < widths.size(); ++i) {
    // The spaces have no tone.
    out.append(gap + widths[i] - columns(row[i].text), ' ');
    out += style.in(row[i].tone, row[i].text);
  }
  return out + '\n';
}

}  // namespace

std::string table(std::span<const Row> rows, const Style& style) {
  std::vector<std::size_t> widths = widths_of(rows);
  std::size_t figures = 0;
  for (std::size_t i = 1; i < widths.size(); ++i) figures += gap + widths[i];
  const bool in_one_line = widths[0] + figures <= style.width;
  for (; !in_one_line && figures > style.width && widths.size() > 1; widths.pop_back()) {
    figures -= gap + widths.back();
  }
  std::string out;
  for (const Row& row : rows) {
    const std::string_view label =
        in_one_line ? std::string_view(row[0].text) : cut(row[0].text, style.width);
    out += style.in(row[0].tone, label);
    if (in_one_line) {
      out.append(widths[0] - columns(label), ' ');
    } else {
      out += '\n';
    }
    out += figures_of(row, widths, style);
  }
  return out;
}

}  // namespace client::load::report
