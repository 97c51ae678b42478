#include "streams/text/suggest.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace text {
namespace {

// Longer words are no misspelling of anything known, and the distance is quadratic.
constexpr std::size_t max_word = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Optimal string alignment: Levenshtein's distance with swapped neighbours as one step.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      current[j] = std::min(
          {previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? std::size_t{0} : 1)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known) {
  if (word.size() > max_word) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t best_distance = 0;
  for (std::string_view candidate : known) {
    const std::size_t steps = distance(word, candidate);
    if (steps > std::max(word.size(), candidate.size()) / 3) continue;
    if (best && steps >= best_distance) continue;
    best = candidate;
    best_distance = steps;
  }
  return best;
}

std::string listed(std::span<const std::string_view> words, char quote) {
  std::string out;
  for (std::string_view word : words) {
    if (!out.empty()) out += ", ";
    (out += quote).append(word) += quote;
  }
  return out;
}

std::string suggestion(std::string_view word, std::span<const std::string_view> known, char quote) {
  if (const auto near = nearest(word, known)) {
    return "; did you mean " + listed({&*near, 1}, quote) + '?';
  }
  return (known.size() == 1 ? "; allowed is " : "; allowed are ") + listed(known, quote);
}

}  // namespace text
