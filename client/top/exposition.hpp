// The text that a daemon tells its figures in, read into samples: Prometheus' format 0.0.4 and
// OpenMetrics 1.0, and the lines of STATS, which are the same behind a plus sign. Pure, any thread.
// The text may come from anybody: what one answer can take of memory is bounded, a line that is no
// sample is passed over and counted.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace client::top {

inline constexpr std::size_t max_samples = 20'000;  ///< of one answer
inline constexpr std::size_t max_labels = 16;       ///< of one sample
inline constexpr std::size_t max_word = 256;        ///< bytes of a name or a label's value
inline constexpr std::size_t max_text = std::size_t{4} << 20U;  ///< bytes of one answer

struct Label {
  std::string name;
  std::string value;  ///< without its escapes; any bytes

  bool operator==(const Label&) const = default;
};

struct Sample {
  std::string name;
  std::vector<Label> labels;  ///< in the order in which they stand
  double value = 0;           ///< may be infinite or not a number

  /// The value of one of its labels, none if it has no such.
  const std::string* label(std::string_view name) const noexcept;
  bool operator==(const Sample&) const = default;
};

/// One line, without its end: `name value` or `name{label="value",...} value`. What stands behind
/// the value, a time and an exemplar, is passed over. Nothing if it is no sample.
std::optional<Sample> parse_sample(std::string_view line);

struct Exposition {
  std::vector<Sample> samples;
  std::size_t malformed = 0;  ///< lines that are neither empty, nor a comment, nor a sample
  bool too_long = false;      ///< there were more than max_samples; the rest was not read
};

/// All lines of `text`; those that begin with # are comments.
Exposition parse_exposition(std::string_view text);

}  // namespace client::top
