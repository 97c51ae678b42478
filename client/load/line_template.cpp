#include "client/load/line_template.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include "client/load/random.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/number.hpp"

namespace client::load {
namespace {

constexpr std::size_t max_random = 1 << 20;
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
static_assert(alphabet.size() == 64);

[[noreturn]] void refuse(std::string_view whole, const std::string& why) {
  throw std::invalid_argument(text::quoted(whole) + ": " + why);
}

// 6 bits each: a number that a line is drawn by is all in these.
constexpr std::size_t letters_of_number = 11;
constexpr std::size_t bits_of_letter = 6;
// Where what follows them begins in a text of so many bytes more.
constexpr std::size_t windows = std::size_t{1} << 12U;
constexpr std::size_t longest_number = 20;

using Pair = std::array<char, 2>;
constexpr auto pairs = [] {
  std::array<Pair, alphabet.size() * alphabet.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = {alphabet[i % alphabet.size()], alphabet[i / alphabet.size()]};
  }
  return all;
}();

char* write_text(char* at, std::string_view text) noexcept {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

char* write_number(char* at, std::uint64_t number) noexcept {
  return std::to_chars(at, at + longest_number, number).ptr;
}

/// Drawn once: a line takes its part of it, which costs a tenth of drawing it anew.
std::string random_text(std::size_t size) {
  Random random(size);
  std::string text(size, '\0');
  for (char& letter : text) letter = alphabet[random.next() % alphabet.size()];
  return text;
}

char* write_random(char* at, std::size_t size, std::string_view drawn, Random& random) noexcept {
  std::uint64_t number = random.next();
  char* const end = write_text(at, drawn.substr(number % windows, size));
  std::size_t left = std::min(size, letters_of_number);
  for (; left >= 2; left -= 2, at += 2) {
    std::memcpy(at, &pairs[number % pairs.size()], sizeof(Pair));
    number >>= 2 * bits_of_letter;
  }
  if (left != 0) *at = alphabet[number % alphabet.size()];
  return end;
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
    if (size && *size >= 1 && *size <= max_random)
      return {Kind::random, random_text(*size + windows), *size};
  }
  refuse(whole, '{' + std::string(name) + "} is not {seq}, {connection} or {random:N}");
}

char* LineTemplate::write(char* at, std::uint64_t connection, std::uint64_t sequence,
                          std::uint64_t seed) const noexcept {
  Random random(mix(mix(seed ^ connection) ^ sequence));
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Kind::text: at = write_text(at, part.text); break;
      case Kind::sequence: at = write_number(at, sequence); break;
      case Kind::connection: at = write_number(at, connection); break;
      case Kind::random: at = write_random(at, part.size, part.text, random); break;
    }
  }
  return at;
}

std::size_t LineTemplate::max_size() const noexcept {
  std::size_t size = 0;
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Kind::text: size += part.text.size(); break;
      case Kind::random: size += part.size; break;
      case Kind::sequence:
      case Kind::connection: size += longest_number; break;
    }
  }
  return size;
}

}  // namespace client::load
