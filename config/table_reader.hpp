// Takes the values out of one table, each with its type and range checked. What does not fit is
// added to the errors and leaves the target as it was. A view: table and errors outlive it.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "config/choices.hpp"
#include "config/document.hpp"
#include "config/suggest.hpp"

namespace config {

/// What came of looking for a key.
enum class Read { absent, bad, good };

class TableReader {
 public:
  /// `where` names the table in messages, as in "in [limits]".
  TableReader(const Value& table, std::string_view where, ErrorList& errors)
      : table_(table), where_(where), errors_(errors) {}

  Position at() const noexcept { return table_.at; }
  /// The value's place, or the table's if it is absent.
  Position at(std::string_view key) const noexcept;
  /// Null if the key is absent.
  const Value* find(std::string_view key) const noexcept;
  void error(Position at, std::string_view what) { errors_.add(at, what); }

  template <typename Int>
  Read integer(std::string_view key, std::int64_t min, std::int64_t max, Int& out) {
    std::int64_t value = 0;
    const Read read = read_integer(key, min, max, value);
    if (read == Read::good) out = static_cast<Int>(value);
    return read;
  }
  /// A string such as "64KiB"; an integer is refused with the string to write instead.
  Read size(std::string_view key, std::uint64_t min, std::uint64_t max, std::size_t& out);
  /// A string such as "250ms", a multiple of `out`'s own unit, from 0 to `max`.
  template <typename Duration>
  Read duration(std::string_view key, std::chrono::microseconds max, Duration& out) {
    std::chrono::microseconds value{};
    const Read read = read_duration(key, max, std::chrono::microseconds{Duration{1}}, value);
    if (read == Read::good) out = std::chrono::duration_cast<Duration>(value);
    return read;
  }
  template <typename Enum, std::size_t N>
  Read choice(std::string_view key, const Choices<Enum, N>& choices, Enum& out) {
    std::string word;
    const Read read = string(key, word);
    if (read != Read::good) return read;
    std::array<std::string_view, N> words;
    for (std::size_t i = 0; i < N; ++i) {
      if (choices[i].first == word) {
        out = choices[i].second;
        return Read::good;
      }
      words[i] = choices[i].first;
    }
    refuse(key, quoted(word), "allowed are " + listed(words, '"'));
    return Read::bad;
  }
  Read string(std::string_view key, std::string& out);
  /// The table at `key`; null if there is none or something else.
  const Value* table(std::string_view key);

  /// An error for each key that is not in `allowed`, with what was probably meant.
  void refuse_unknown(std::span<const std::string_view> allowed);

 private:
  Read read_integer(std::string_view key, std::int64_t min, std::int64_t max, std::int64_t& out);
  Read read_duration(std::string_view key, std::chrono::microseconds max,
                     std::chrono::microseconds unit, std::chrono::microseconds& out);
  void refuse(std::string_view key, std::string_view value, std::string_view rule);
  void refuse_type(const Value& value, std::string_view expected, std::string_view advice = {});

  const Value& table_;
  std::string_view where_;
  ErrorList& errors_;
};

}  // namespace config
