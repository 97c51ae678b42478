// What a StreamReader must give, worked out from the whole stream in a few lines for each read. It
// knows nothing of pieces, buffers or turns, which is the point: they must not matter.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

struct Read {
  enum class Kind : std::uint8_t { some, line, separator, exactly, to_end };
  Kind kind;
  std::size_t size = 0;        ///< of some and exactly; the bound of to_end
  std::string_view separator;  ///< outlives the read
};

struct ReadResult {
  enum class Kind : std::uint8_t { complete, end_of_stream, incomplete, overrun, reset };
  Kind kind;
  std::string_view data;
};

/// What `read` gives when `rest` is all that can still be read; nothing when it has to wait for
/// more, which it never has to where the stream has `ended`. `limit` is the reader's.
inline std::optional<ReadResult> expected(const Read& read, std::string_view rest, bool ended,
                                          std::size_t limit) {
  using Kind = ReadResult::Kind;
  constexpr auto none = std::string_view::npos;
  switch (read.kind) {
    case Read::Kind::some:
      if (read.size != 0 && rest.empty()) break;
      return ReadResult{Kind::complete, rest.substr(0, read.size)};
    case Read::Kind::line: {
      const std::size_t length = std::min(rest.find('\n'), rest.size());
      if (length > limit) return ReadResult{Kind::overrun, {}};
      if (length == rest.size() && (!ended || rest.empty())) break;
      return ReadResult{Kind::complete, rest.substr(0, length + 1)};
    }
    case Read::Kind::separator: {
      const std::size_t size = read.separator.size();
      const std::size_t found = rest.find(read.separator);
      // Without one, it can begin at the earliest where its first bytes may be the last ones here.
      const std::size_t earliest = found != none ? found : std::max(rest.size() + 1, size) - size;
      if (earliest > limit) return ReadResult{Kind::overrun, {}};
      if (found != none) return ReadResult{Kind::complete, rest.substr(0, found + size)};
      if (ended) return ReadResult{Kind::incomplete, rest};
      break;
    }
    case Read::Kind::exactly:
      if (rest.size() >= read.size) return ReadResult{Kind::complete, rest.substr(0, read.size)};
      if (ended) return ReadResult{Kind::incomplete, rest};
      break;
    case Read::Kind::to_end:
      if (rest.size() > read.size) return ReadResult{Kind::overrun, {}};
      if (ended && !rest.empty()) return ReadResult{Kind::complete, rest};
      break;
  }
  if (ended) return ReadResult{Kind::end_of_stream, {}};
  return std::nullopt;
}

/// One stream with one reader. Told what happens on the wire and what each read gave, in order;
/// says whether that is a result the read may have had.
class StreamReaderModel {
 public:
  explicit StreamReaderModel(std::size_t limit) : limit_(limit) {}

  void sent(std::string_view piece) {
    stream_ += piece;
    if (!ends_.empty() && !ended_) ends_.push_back(stream_.size());
  }
  void fin() { end_here(); }
  /// From now on it may end with any piece: it depends on which of them come in time.
  void feed_eof() { end_here(); }
  void reset() { reset_ = true; }

  /// Whether `read` has no reason to wait any more.
  bool is_ready(const Read& read) const {
    return reset_ || !ends_.empty() || expected(read, rest(stream_.size()), false, limit_);
  }
  /// Whether `read` may give `result`; if so it has.
  bool accepts(const Read& read, const ReadResult& result) {
    if (result.kind == ReadResult::Kind::reset) {
      broken_ = reset_ && !ended_ && result.data.empty();
      return broken_;
    }
    if (broken_) return false;
    if (!ended_ && takes(read, result, stream_.size(), false)) return true;
    for (const std::size_t end : ends_) {
      if (end < position_ || !takes(read, result, end, true)) continue;
      ended_ = true;
      ends_ = {end};
      return true;
    }
    return false;
  }
  bool may_be_at_eof() const {
    return std::any_of(ends_.begin(), ends_.end(),
                       [this](std::size_t end) { return end >= position_ && rest(end).empty(); });
  }
  /// Whether a read gave the last bytes and knew it, or the end itself.
  bool ended() const noexcept { return ended_; }
  bool broken() const noexcept { return broken_; }

 private:
  void end_here() {
    if (ends_.empty()) ends_ = {stream_.size()};
  }

  /// What is left of the stream if it ends at `end`.
  std::string_view rest(std::size_t end) const {
    std::string_view left = std::string_view(stream_).substr(position_, end - position_);
    if (!overrun_) return left;
    // The line that was too long is dropped, whenever the rest of it comes.
    const std::size_t length = std::min(left.find('\n'), left.size());
    return left.substr(std::min(length + 1, left.size()));
  }

  bool takes(const Read& read, const ReadResult& result, std::size_t end, bool ended) {
    const std::string_view left = rest(end);
    const std::optional<ReadResult> all = expected(read, left, ended, limit_);
    if (!all || result.kind != all->kind) return false;
    if (read.kind == Read::Kind::some && read.size != 0 && !all->data.empty()) {
      // As much as has come, which the stream alone does not tell.
      if (result.data.empty() || !all->data.starts_with(result.data)) return false;
    } else if (result.data != all->data) {
      return false;
    }
    const bool overruns = result.kind == ReadResult::Kind::overrun;
    if (!result.data.empty() || (overruns && !left.empty())) {
      position_ = end - left.size() + result.data.size();
      overrun_ = false;
    }
    if (overruns && read.kind == Read::Kind::line) overrun_ = true;
    return true;
  }

  const std::size_t limit_;
  std::string stream_;             // all that was sent
  std::vector<std::size_t> ends_;  // where it may end; one if that is known, none before FIN
  std::size_t position_ = 0;       // of the next byte to read
  bool overrun_ = false;           // ... is in a line that was too long
  bool ended_ = false;
  bool reset_ = false;   // the peer broke the connection
  bool broken_ = false;  // and a read has told so
};

}  // namespace tests
