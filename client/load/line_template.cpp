#include "client/load/line_template.hpp"

#include <stdexcept>

#include "client/load/random.hpp"
#include "streams/text/number.hpp"

namespace client::load {
namespace {

constexpr std::size_t max_random = 1 << 20;
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
static_assert(alphabet.size() == 64);

[[noreturn]] void refuse(std::string_view whole, const std::string& why) {
  throw std::invalid_argument('"' + std::string(whole) + "\": " + why);
}

void append_random(std::string& line, std::size_t size, Random& random) {
  constexpr unsigned per_number = 10;  // of 6 bits each
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (i % per_number == 0) bits = random.next();
    line += alphabet[bits % alphabet.size()];
    bits /= alphabet.size();
  }
}

}  // namespace

LineTemplate::LineTemplate(std::string_view text) {
  if (text.empty()) refuse(text, "an empty line has no reply");
  if (text.find_first_of("\r\n") != std::string_view::npos) {
    refuse(text, "the line end is added, and a line cannot contain another");
  }
  std::string plain;
  const auto add_plain = [&] {
    if (!plain.empty()) parts_.push_back({Kind::text, plain});
    plain.clear();
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char character = text[at];
    const bool doubled = at + 1 < text.size() && text[at + 1] == character;
    if ((character != '{' && character != '}') || doubled) {
      plain += character;
      if (character == '{' || character == '}') ++at;
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (character == '}' || end == std::string_view::npos) {
      refuse(text, "an unmatched brace; write {{ or }} for a literal one");
    }
    add_plain();
    parts_.push_back(place(text.substr(at + 1, end - at - 1), text));
    at = end;
  }
  add_plain();
}

LineTemplate::Part LineTemplate::place(std::string_view name, std::string_view whole) {
  constexpr std::string_view random = "random:";
  if (name == "seq") return {Kind::sequence, {}};
  if (name == "connection") return {Kind::connection, {}};
  if (name.starts_with(random)) {
    const auto size = text::whole_number<std::size_t>(name.substr(random.size()));
    if (size && *size >= 1 && *size <= max_random) return {Kind::random, {}, *size};
  }
  refuse(whole, '{' + std::string(name) + "} is not {seq}, {connection} or {random:N}");
}

void LineTemplate::append_to(std::string& line, std::uint64_t connection, std::uint64_t sequence,
                             std::uint64_t seed) const {
  Random random(mix(mix(seed ^ connection) ^ sequence));
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Kind::text: line += part.text; break;
      case Kind::sequence: text::append_number(line, sequence); break;
      case Kind::connection: text::append_number(line, connection); break;
      case Kind::random: append_random(line, part.size, random); break;
    }
  }
}

std::size_t LineTemplate::max_size() const noexcept {
  constexpr std::size_t longest_number = 20;
  std::size_t size = 0;
  for (const Part& part : parts_) {
    const bool number = part.kind == Kind::sequence || part.kind == Kind::connection;
    size += number ? longest_number : part.text.size() + part.size;
  }
  return size;
}

}  // namespace client::load
