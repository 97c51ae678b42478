// The table of `echoline top`: a row for each target, below it one for each of its listeners, in
// lines that fit a terminal. Pure, any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "client/load/report/style.hpp"
#include "client/top/order.hpp"
#include "client/top/target_state.hpp"

namespace client::top {

/// What there is to be shown.
struct View {
  std::span<const TargetState> targets;
  Order order;
  bool listeners = false;  ///< their rows come first where there is too little room for all
  std::string time;        ///< of day
  std::chrono::nanoseconds interval{0};
};

/// A screen of `width` columns and `height` lines: at most so many, none wider, without line feeds.
/// Where the width is too small the columns that nobody tells go first, then those that matter
/// least; where the height is, the listeners, unless they were asked for, and then the last rows,
/// whose number the last line tells.
std::vector<std::string> screen(const View& view, const load::report::Style& style,
                                std::size_t width, std::size_t height);

/// The same for a file or a pipe: a line that says when, heads, all rows and all columns.
std::string plain(const View& view, const load::report::Style& style);

}  // namespace client::top
