#include "config/error.hpp"

#include <algorithm>
#include <utility>

namespace config {

std::string to_string(const Error& error) {
  std::string out = error.source;
  if (error.at.line != 0) {
    out += ':' + std::to_string(error.at.line) + ':' + std::to_string(error.at.column);
  }
  return out + ": " + error.what;
}

void ErrorList::add(Position at, std::string_view what) {
  errors_.push_back({.source = source_, .at = at, .what = printable(what)});
}

std::vector<Error> ErrorList::take() {
  std::stable_sort(errors_.begin(), errors_.end(),
                   [](const Error& a, const Error& b) { return a.at < b.at; });
  return std::exchange(errors_, {});
}

}  // namespace config
