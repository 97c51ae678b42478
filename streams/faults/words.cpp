#include "streams/faults/words.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "streams/faults/notations.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/suggest.hpp"

namespace faults {
namespace {

constexpr std::string_view blanks = " \t";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view first_word(std::string_view text) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_first_of(blanks));
}

/// What an escape stands for, without its backslash; takes it off `left`.
std::optional<char> take_escape(std::string_view& left) {
  constexpr std::pair<char, char> known[] = {
      {'r', '\r'}, {'n', '\n'}, {'t', '\t'}, {'\\', '\\'}, {'"', '"'}};
  if (left.starts_with('x')) {
    const auto value = text::whole_number<unsigned char>(left.substr(1, 2), 16);
    if (!value || left.size() < 3) return std::nullopt;
    left.remove_prefix(3);
    return static_cast<char>(*value);
  }
  for (const auto& [letter, byte] : known) {
    if (!left.starts_with(letter)) continue;
    left.remove_prefix(1);
    return byte;
  }
  return std::nullopt;
}

}  // namespace

bool equal_in_any_case(std::string_view one, std::string_view other) noexcept {
  return std::ranges::equal(one, other, {}, lower, lower);
}

std::string_view Words::following() const noexcept {
  return first_word(text_.substr(begin_ + word_.size()));
}

void Words::find() noexcept {
  begin_ = std::min(text_.find_first_not_of(blanks, begin_), text_.size());
  word_ = first_word(text_.substr(begin_));
}

void Words::next() noexcept {
  last_ = word_;
  begin_ += word_.size();
  find();
}

void Words::fail_at(std::size_t position, std::string_view what) {
  if (!has_failed()) wrong_ = {position + 1, text::printable(what)};
  begin_ = text_.size();
  word_ = {};
}

std::string Words::shown() const { return at_end() ? "nothing" : text::quoted(word_); }

std::string Words::after_last() const {
  return last_.empty() ? std::string{} : " after " + text::quoted(last_);
}

bool Words::take(std::string_view expected) noexcept {
  if (at_end() || !equal_in_any_case(word_, expected)) return false;
  next();
  return true;
}

std::size_t Words::take_one_of(std::span<const std::string_view> known, std::string_view what) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (take(known[i])) return i;
  }
  refuse(known, what);
  return 0;
}

void Words::refuse(std::span<const std::string_view> known, std::string_view what) {
  std::string why = shown();
  if (!at_end()) why.append(" is no ").append(what);
  fail(why + after_last() + text::suggestion(word_, known, '"'));
}

std::uint64_t Words::taken(const text::Parsed<std::uint64_t>& parsed, std::uint64_t least) {
  if (!parsed) {
    fail(parsed.error);
  } else if (parsed.value < least) {
    fail(shown() + " is too little");
  } else {
    next();
  }
  return parsed.value;
}

std::uint64_t Words::take_whole(const text::Notation& notation, std::uint64_t least) {
  if (has_failed()) return least;
  if (!at_end()) return taken(text::parse_whole(word_, notation), least);
  fail("nothing" + after_last() + "; " + std::string(notation.form));
  return least;
}

std::uint64_t Words::take_rounded(const text::Notation& notation, std::uint64_t least) {
  if (at_end()) return take_whole(notation, least);
  return taken(text::parse_rounded(word_, notation), least);
}

Microseconds Words::take_time() {
  return Microseconds(static_cast<Microseconds::rep>(take_rounded(a_time)));
}

std::uint64_t Words::take_number(std::string_view what, std::uint64_t least, std::uint64_t most) {
  const bool is_hex = word_.starts_with("0x") || word_.starts_with("0X");
  const auto number =
      text::whole_number<std::uint64_t>(word_.substr(is_hex ? 2 : 0), is_hex ? 16 : 10);
  if (number && *number >= least && *number <= most) {
    next();
    return *number;
  }
  std::string why = shown();
  if (!at_end()) why.append(" is no ").append(what);
  why += after_last() + "; write a whole number from " + std::to_string(least);
  if (most != most_bytes) why += " to " + std::to_string(most);
  fail(why);
  return least;
}

std::uint64_t Words::take_rate() {
  constexpr std::string_view a_second = "/s";
  if (!word_.ends_with(a_second)) {
    fail((at_end() ? "nothing" + after_last() : shown() + " is no rate") +
         "; write a size and /s, as in \"10KiB/s\"");
    return 1;
  }
  const std::string_view size = word_.substr(0, word_.size() - a_second.size());
  return taken(text::parse_whole(size, a_size), 1);
}

std::uint64_t Words::take_ordinal() {
  constexpr std::string_view endings[] = {"st", "nd", "rd", "th"};
  const std::size_t digits = std::min(word_.find_first_not_of("0123456789"), word_.size());
  const auto number = text::whole_number<std::uint64_t>(word_.substr(0, digits));
  const std::string_view ending = word_.substr(digits);
  const bool is_ordinal = std::ranges::any_of(
      endings, [ending](std::string_view known) { return equal_in_any_case(ending, known); });
  if (number && *number > 0 && is_ordinal) {
    next();
    return *number;
  }
  std::string why = shown();
  if (!at_end()) why += " is no ordinal number";
  fail(why + after_last() + "; write it as in \"2nd\" or \"10th\"");
  return 1;
}

std::string Words::take_quoted() {
  std::string bytes;
  if (!word_.starts_with('"')) {
    fail((at_end() ? "nothing" + after_last() : shown() + " is no text") +
         "; write it in double quotes, as in \"-ERR busy\"");
    return bytes;
  }
  std::string_view left = text_.substr(begin_ + 1);
  while (!left.empty() && left[0] != '"') {
    const char c = left[0];
    left.remove_prefix(1);
    if (c != '\\') {
      bytes += c;
      continue;
    }
    const auto escaped = take_escape(left);
    if (!escaped) {
      const std::size_t backslash = text_.size() - left.size() - 1;
      fail_at(backslash, text::quoted(text_.substr(backslash, 2)) +
                             " is no escape; allowed are \\r, \\n, \\t, \\\\, \\\" and \\xNN");
      return bytes;
    }
    bytes += *escaped;
  }
  if (left.empty()) {
    fail("the text has no end; write a \" behind it");
    return bytes;
  }
  word_ = text_.substr(begin_, text_.size() - left.size() + 1 - begin_);
  next();
  return bytes;
}

}  // namespace faults
