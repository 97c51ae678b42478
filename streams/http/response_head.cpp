#include "streams/http/response_head.hpp"

#include "streams/http/fields.hpp"
#include "streams/text/line.hpp"
#include "streams/text/number.hpp"

namespace http {

ResponseHead::State ResponseHead::take(std::string_view line) {
  if (state_ != State::incomplete) return state_;
  if (line.size() > max_head_line || lines_ == max_head_lines) return state_ = State::malformed;
  line = text::without_end(line);
  if (lines_++ == 0) return take_status_line(line);
  return line.empty() ? state_ = State::complete : take_field(line);
}

ResponseHead::State ResponseHead::take_status_line(std::string_view line) {
  const std::string_view version = next_element(line, ' ');
  const std::string_view status = next_element(line, ' ');
  const auto number = text::whole_number<std::uint16_t>(status);
  if ((version != "HTTP/1.1" && version != "HTTP/1.0") || status.size() != 3 || !number) {
    return state_ = State::malformed;
  }
  status_ = *number;
  keeps_alive_ = version == "HTTP/1.1";
  return state_;
}

ResponseHead::State ResponseHead::take_field(std::string_view line) {
  const Field field = parse_field(line);
  const auto is = [&](std::string_view name) { return equal_ignoring_case(field.name, name); };
  if (field.name.empty() || is("Transfer-Encoding")) return state_ = State::malformed;
  if (is("Content-Length")) {
    const auto size = text::whole_number<std::uint64_t>(field.value);
    if (body_size_ || !size) return state_ = State::malformed;
    body_size_ = size;
  } else if (is("Content-Type")) {
    type_ = field.value;
  } else if (is("Connection") && has_element(field.value, "close")) {
    keeps_alive_ = false;
  }
  return state_;
}

}  // namespace http
