// Words: a line of text, word by word, and the first thing that is wrong with it. Once something
// is, there are no more words, so that who reads need not look after each. For the length of one
// call; views are into the text.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "streams/faults/grammar.hpp"
#include "streams/text/units.hpp"

namespace faults {

class Words {
 public:
  explicit Words(std::string_view line) noexcept : text_(line) { find(); }

  /// The present word, as it is written; empty at the end.
  std::string_view word() const noexcept { return word_; }
  /// The one after it.
  std::string_view following() const noexcept;
  bool at_end() const noexcept { return word_.empty(); }
  bool begins_with_digit() const noexcept {
    return !word_.empty() && word_[0] >= '0' && word_[0] <= '9';
  }

  /// Takes the present word if it is `expected`, in any case.
  bool take(std::string_view expected) noexcept;
  /// Takes it if it is one of `known`: which; else it is wrong, `"bite" is no place after "at"` if
  /// `what` is `place` and `at` stood before it.
  std::size_t take_one_of(std::span<const std::string_view> known, std::string_view what);
  /// It is none of `known`, as above.
  void refuse(std::span<const std::string_view> known, std::string_view what);
  /// Takes it, which must be `expected`.
  void demand(std::string_view expected) { take_one_of({&expected, 1}, "word"); }

  /// Takes a quantity of at least `least`.
  std::uint64_t take_whole(const text::Notation& notation, std::uint64_t least = 0);
  std::uint64_t take_rounded(const text::Notation& notation, std::uint64_t least = 0);
  Microseconds take_time();
  /// A whole number, decimal or, behind 0x, hexadecimal.
  std::uint64_t take_number(std::string_view what, std::uint64_t least, std::uint64_t most);
  /// Bytes a second: `10KiB/s`.
  std::uint64_t take_rate();
  /// The number of `3rd`.
  std::uint64_t take_ordinal();
  /// What stands in double quotes, without its escapes.
  std::string take_quoted();

  /// The present word is wrong, or that it is missing.
  void fail(std::string_view what) { fail_at(begin_, what); }
  bool has_failed() const noexcept { return !wrong_.what.empty(); }
  const Wrong& wrong() const noexcept { return wrong_; }

 private:
  void find() noexcept;
  void next() noexcept;
  void fail_at(std::size_t position, std::string_view what);
  std::uint64_t taken(const text::Parsed<std::uint64_t>& parsed, std::uint64_t least);
  /// `"bite"`, or `nothing` at the end.
  std::string shown() const;
  std::string after_last() const;

  std::string_view text_;
  std::size_t begin_ = 0;  // of the present word
  std::string_view word_;
  std::string_view last_;  // the word before it
  Wrong wrong_;
};

/// ASCII only.
bool equal_in_any_case(std::string_view one, std::string_view other) noexcept;

}  // namespace faults
