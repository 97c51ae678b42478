// A table: rows with a label and figures, under heads. Pure, any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "client/load/report/style.hpp"

namespace client::load::report {

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
};

/// The label, which stands left, and the figures, which stand right; of all rows as many.
using Row = std::vector<Cell>;

/// Lines of at most `style.width` columns, each with its line feed; the first row is the heads.
/// Where the labels leave too little room for the figures, each has a line of its own above them;
/// figures for which there is no room even then are left out from the last one on, whole columns of
/// them.
std::string table(std::span<const Row> rows, const Style& style);

}  // namespace client::load::report
