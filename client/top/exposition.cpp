#include "client/top/exposition.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

namespace client::top {
namespace {

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
}
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Reads a line from front to back. Each step says whether it found what it wanted.
class Line {
 public:
  explicit Line(std::string_view text) noexcept : rest_(text) {}

  bool name(std::string& out) {
    std::size_t size = 0;
    while (size < rest_.size() &&
           (is_letter(rest_[size]) || (size != 0 && is_digit(rest_[size])))) {
      ++size;
    }
    if (size == 0 || size > max_word) return false;
    out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  bool labels(std::vector<Label>& out) {
    if (!take('{')) return true;
    for (blanks(); !take('}'); blanks()) {
      if (!out.empty()) {
        if (!take(',')) return false;
        blanks();
        if (take('}')) return true;  // a comma may end the list
      }
      Label label;
      if (out.size() == max_labels || !name(label.name)) return false;
      blanks();
      if (!take('=')) return false;
      blanks();
      if (!quoted(label.value)) return false;
      out.push_back(std::move(label));
    }
    return true;
  }

  bool value(double& out) {
    if (blanks() == 0 && behind_name_) return false;
    const std::string_view word = rest_.substr(0, rest_.find_first_of(" \t"));
    rest_.remove_prefix(word.size());
    return number(word, out);
  }

  /// Behind the value: nothing, a time, an exemplar.
  bool end() {
    blanks();
    if (rest_.empty() || rest_.front() == '#') return true;
    double time = 0;
    const std::string_view word = rest_.substr(0, rest_.find_first_of(" \t"));
    rest_.remove_prefix(word.size());
    blanks();
    return number(word, time) && (rest_.empty() || rest_.front() == '#');
  }

 private:
  std::size_t blanks() noexcept {
    const std::size_t size = std::min(rest_.find_first_not_of(" \t"), rest_.size());
    rest_.remove_prefix(size);
    return size;
  }

  bool take(char c) noexcept {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    behind_name_ = c != '}';
    return true;
  }

  bool quoted(std::string& out) {
    if (!take('"')) return false;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      char c = rest_[i];
      if (c == '"') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (c == '\\') {
        if (++i == rest_.size()) return false;
        c = rest_[i] == 'n' ? '\n' : rest_[i];
      }
      if (out.size() == max_word) return false;
      out += c;
    }
    return false;
  }

  static bool number(std::string_view word, double& out) noexcept {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (word.starts_with('+')) word.remove_prefix(1);
    // Beyond a double's range there is infinity, or nothing.
    const auto [stop, ec] = std::from_chars(word.data(), word.data() + word.size(), out);
    if (ec == std::errc::result_out_of_range) out = word.starts_with('-') ? -infinity : infinity;
    return !word.empty() && ec != std::errc::invalid_argument && stop == word.data() + word.size();
  }

  std::string_view rest_;
  bool behind_name_ = true;  // where a blank must stand before the value
};

}  // namespace

const std::string* Sample::label(std::string_view wanted) const noexcept {
  const auto found = std::ranges::find(labels, wanted, &Label::name);
  return found == labels.end() ? nullptr : &found->value;
}

std::optional<Sample> parse_sample(std::string_view text) {
  Line line(text);
  Sample sample;
  const bool is_sample = line.name(sample.name) && line.labels(sample.labels) &&
                         line.value(sample.value) && line.end();
  return is_sample ? std::optional(std::move(sample)) : std::nullopt;
}

Exposition parse_exposition(std::string_view text) {
  Exposition all;
  while (!text.empty() && !all.too_long) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos || line.front() == '#') continue;
    if (auto sample = parse_sample(line)) {
      all.too_long = all.samples.size() == max_samples;
      if (!all.too_long) all.samples.push_back(std::move(*sample));
    } else {
      ++all.malformed;
    }
  }
  return all;
}

}  // namespace client::top
