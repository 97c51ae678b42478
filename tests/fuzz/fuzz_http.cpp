// Whatever comes in place of a request or a response, reading its head ends, stays within its
// bounds, and gives nothing that could forge a line. The input is the lines.
#include <memory>
#include <string>

#include "streams/http/fields.hpp"
#include "streams/http/request_head.hpp"
#include "streams/http/response_head.hpp"
#include "tests/fuzz/verdict.hpp"

namespace {

using tests::found;

/// Has `head` take the lines, each from memory of exactly its size.
template <class Head>
typename Head::State take(Head& head, std::string_view text) {
  auto state = Head::State::incomplete;
  while (!text.empty() && state == Head::State::incomplete) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    const auto memory = std::make_unique<char[]>(size);
    text.copy(memory.get(), size);
    state = head.take({memory.get(), size});
    text.remove_prefix(size);
  }
  return state;
}

bool has_line_end(std::string_view text) {
  return text.find_first_of("\r\n") != std::string_view::npos;
}

void check_request(std::string_view text) {
  http::RequestHead head;
  const auto state = take(head, text);
  if (state == http::RequestHead::State::refused) {
    if (head.status() < 400 || head.reason().empty() || head.keeps_alive()) {
      found("a refusal without a reason, or that goes on", text::escaped(text));
    }
    return;
  }
  if (state != http::RequestHead::State::complete) return;
  if (!head.path().starts_with('/') || has_line_end(head.path()) || has_line_end(head.accept())) {
    found("a path that is none", text::escaped(head.path()));
  }
  if (head.path().size() > http::max_head_line) found("a long path", text::escaped(head.path()));
  http::prefers_openmetrics(head.accept());
}

void check_response(std::string_view text) {
  http::ResponseHead head;
  if (take(head, text) != http::ResponseHead::State::complete) return;
  if (head.status() < 0 || head.status() > 999) found("a status that is none");
  if (has_line_end(head.type())) found("a type of two lines", text::escaped(head.type()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = tests::text_of(data, size);
  check_request(input);
  check_response(input);
  return 0;
}
