// What to say about a word that is not among the known ones. Pure functions, any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace text {

/// The known word that `word` was most likely meant to be: the one with the fewest letters added,
/// dropped, changed or swapped with their neighbour, case aside, if these are at most a third of
/// the longer of the two. The first of equals.
std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> known);

/// `; did you mean 'X'?` if a known word is near, else `; allowed are 'X', 'Y'`. `quote` is put
/// around each word.
std::string suggestion(std::string_view word, std::span<const std::string_view> known, char quote);

/// `'X', 'Y', 'Z'`, each word between two of `quote`.
std::string listed(std::span<const std::string_view> words, char quote);

}  // namespace text
