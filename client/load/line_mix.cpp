#include "client/load/line_mix.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <strings.h>

#include "client/load/random.hpp"

namespace client::load {
namespace {

// So that a line is not drawn with the same numbers as what is random in it.
constexpr std::uint64_t draw = 0x6c696e65206d6978U;

constexpr std::string_view command = "ECHO ";

/// ECHO with an argument.
bool is_echo(std::string_view line) noexcept {
  return line.size() > command.size() &&
         ::strncasecmp(line.data(), command.data(), command.size()) == 0;
}

MixedLine read(const PlannedLine& planned) {
  MixedLine mixed(planned.line);
  try {
    if (!planned.reply.empty()) mixed.reply.emplace(planned.reply);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("the reply " + std::string(error.what()));
  }
  if (!planned.pattern.empty()) mixed.pattern.emplace(planned.pattern);
  mixed.any_line_end = mixed.reply.has_value();
  // Where nothing else is asked for, what is said comes back behind a plus sign.
  if (!mixed.reply && !mixed.pattern && is_echo(planned.line)) {
    mixed.reply.emplace('+' + planned.line.substr(command.size()));
  }
  return mixed;
}

}  // namespace

LineMix::LineMix(std::span<const PlannedLine> lines, std::uint64_t seed) : seed_(mix(seed ^ draw)) {
  std::uint64_t sum = 0;
  for (const PlannedLine& planned : lines) {
    lines_.push_back(read(planned));
    up_to_.push_back(sum += planned.weight);
  }
}

bool LineMix::has_patterns() const noexcept {
  return std::any_of(lines_.begin(), lines_.end(),
                     [](const MixedLine& line) { return line.pattern.has_value(); });
}

std::size_t LineMix::max_size() const noexcept {
  std::size_t size = 0;
  for (const MixedLine& line : lines_) {
    size = std::max({size, line.line.max_size(), line.reply ? line.reply->max_size() : 0});
  }
  return size;
}

const MixedLine& LineMix::drawn(std::uint64_t connection, std::uint64_t sequence) const noexcept {
  const std::uint64_t number = mix(mix(seed_ ^ connection) ^ sequence) % up_to_.back();
  const auto line = std::upper_bound(up_to_.begin(), up_to_.end(), number);
  return lines_[static_cast<std::size_t>(line - up_to_.begin())];
}

}  // namespace client::load
