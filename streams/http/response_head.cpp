#include "streams/http/response_head.hpp"

#include <charconv>

#include "streams/http/fields.hpp"

namespace http {
namespace {

template <class Number>
bool parse_whole(std::string_view text, Number& number) noexcept {
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && at == end;
}

}  // namespace

ResponseHead::State ResponseHead::take(std::string_view line) {
  if (state_ != State::incomplete) return state_;
  if (line.size() > max_head_line || lines_ == max_head_lines) return state_ = State::malformed;
  line = without_end(line);
  if (lines_++ == 0) return take_status_line(line);
  return line.empty() ? state_ = State::complete : take_field(line);
}

ResponseHead::State ResponseHead::take_status_line(std::string_view line) {
  const std::string_view version = next_element(line, ' ');
  const std::string_view status = next_element(line, ' ');
  if ((version != "HTTP/1.1" && version != "HTTP/1.0") || status.size() != 3 ||
      !parse_whole(status, status_)) {
    return state_ = State::malformed;
  }
  keeps_alive_ = version == "HTTP/1.1";
  return state_;
}

ResponseHead::State ResponseHead::take_field(std::string_view line) {
  const Field field = parse_field(line);
  const auto is = [&](std::string_view name) { return equal_ignoring_case(field.name, name); };
  if (field.name.empty() || is("Transfer-Encoding")) return state_ = State::malformed;
  if (is("Content-Length")) {
    std::uint64_t size = 0;
    if (body_size_ || !parse_whole(field.value, size)) return state_ = State::malformed;
    body_size_ = size;
  } else if (is("Content-Type")) {
    type_ = field.value;
  } else if (is("Connection") && has_element(field.value, "close")) {
    keeps_alive_ = false;
  }
  return state_;
}

}  // namespace http
