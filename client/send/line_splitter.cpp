#include "client/send/line_splitter.hpp"

namespace client::send {

std::optional<std::string> LineSplitter::next() {
  const std::size_t end = text_.find('\n', begin_);
  if (end == std::string::npos) return std::nullopt;
  std::string line = text_.substr(begin_, end - begin_);
  begin_ = end + 1;
  return line;
}

std::optional<std::string> LineSplitter::rest() {
  if (pending() == 0) return std::nullopt;
  std::string line = text_.substr(begin_);
  begin_ = text_.size();
  return line;
}

}  // namespace client::send
