#include "streams/http/request_head.hpp"

#include <algorithm>

#include "streams/http/fields.hpp"
#include "streams/text/line.hpp"

namespace http {
namespace {

/// Before a request.
constexpr std::size_t most_empty_lines = 8;

/// A qvalue in thousandths (RFC 9110, section 12.4.2); 0 where it is none.
int parse_weight(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  int thousandths = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return 0;
  int digit = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return 0;
    thousandths += (c - '0') * digit;
    digit /= 10;
  }
  return std::min(thousandths, 1000);
}

/// What a client that sends `accept` gives `type`, in thousandths; 0 where it does not name it.
int weight_of(std::string_view accept, std::string_view type) noexcept {
  int best = 0;
  while (!accept.empty()) {
    std::string_view element = next_element(accept, ',');
    if (!equal_ignoring_case(next_element(element, ';'), type)) continue;
    int weight = 1000;
    while (!element.empty()) {
      const std::string_view parameter = next_element(element, ';');
      if (parameter.starts_with("q=") || parameter.starts_with("Q=")) {
        weight = parse_weight(parameter.substr(2));
      }
    }
    best = std::max(best, weight);
  }
  return best;
}

/// What else a target holds is encoded (RFC 3986, section 2).
constexpr bool is_visible(char c) noexcept { return c > ' ' && c <= '~'; }

/// The path of a target in origin-form or absolute-form (RFC 9112, section 3.2); empty of others.
std::string_view path_of(std::string_view target) noexcept {
  constexpr std::string_view scheme = "http://";
  if (target.size() > scheme.size() &&
      equal_ignoring_case(target.substr(0, scheme.size()), scheme)) {
    target.remove_prefix(scheme.size());
    const std::size_t slash = target.find('/');
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  if (!target.starts_with('/') || !std::ranges::all_of(target, is_visible)) return {};
  return target.substr(0, target.find_first_of("?#"));
}

}  // namespace

RequestHead::State RequestHead::refuse(int status, std::string_view reason) {
  status_ = status;
  reason_ = reason;
  keeps_alive_ = false;
  return state_ = State::refused;
}

RequestHead::State RequestHead::take(std::string_view line) {
  if (state_ != State::incomplete) return state_;
  if (line.size() > max_head_line) return take_overlong();
  line = text::without_end(line);
  if (lines_ == max_head_lines) return refuse(431, "the request has too many fields");
  if (lines_ == 0) {
    // One empty line before a request is forgiven, section 2.2; a few more are, too.
    if (line.empty()) {
      return empty_lines_++ < most_empty_lines ? state_ : refuse(400, "empty lines are no request");
    }
    ++lines_;
    return take_request_line(line);
  }
  ++lines_;
  if (!line.empty()) return take_field(line);
  if (!has_host_ && !is_http_1_0_) return refuse(400, "the request has no Host");
  return state_ = State::complete;
}

RequestHead::State RequestHead::take_request_line(std::string_view line) {
  const std::string_view method = next_element(line, ' ');
  const std::string_view target = next_element(line, ' ');
  const std::string_view version = line;
  if (!is_token(method) || target.empty() || !version.starts_with("HTTP/")) {
    return refuse(400, "this is not a request of HTTP/1.1");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return refuse(505, "the server speaks HTTP/1.1");
  }
  is_http_1_0_ = version == "HTTP/1.0";
  keeps_alive_ = !is_http_1_0_;
  if (method != "GET") return refuse(405, "only GET is served here");
  path_ = path_of(target);
  if (path_.empty()) return refuse(400, "the target of the request is no path");
  return state_;
}

RequestHead::State RequestHead::take_field(std::string_view line) {
  const Field field = parse_field(line);
  if (field.name.empty()) return refuse(400, "a field of the request is malformed");
  const auto is = [&](std::string_view name) { return equal_ignoring_case(field.name, name); };
  if (is("Host")) {
    if (has_host_) return refuse(400, "the request has two Hosts");
    has_host_ = true;
  } else if (is("Accept")) {
    if (!accept_.empty()) accept_ += ',';
    accept_ += field.value;
  } else if (is("Connection")) {
    if (has_element(field.value, "close")) keeps_alive_ = false;
  } else if (is("Transfer-Encoding") || (is("Content-Length") && field.value != "0")) {
    return refuse(400, "a GET has no body here");
  }
  return state_;
}

bool prefers_openmetrics(std::string_view accept) noexcept {
  const int openmetrics = weight_of(accept, "application/openmetrics-text");
  return openmetrics != 0 && openmetrics >= weight_of(accept, "text/plain");
}

}  // namespace http
