// The words that stand for the configuration's enumerators, for reading and for printing.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "config/config.hpp"

namespace config {

template <typename Enum, std::size_t N>
using Choices = std::array<std::pair<std::string_view, Enum>, N>;

inline constexpr Choices<AtLimit, 2> at_limit_choices{
    {{"wait", AtLimit::wait}, {"refuse", AtLimit::refuse}}};
inline constexpr Choices<LogLevel, 4> log_level_choices{{{"debug", LogLevel::debug},
                                                         {"info", LogLevel::info},
                                                         {"warning", LogLevel::warning},
                                                         {"error", LogLevel::error}}};
inline constexpr Choices<LogFormat, 2> log_format_choices{
    {{"text", LogFormat::text}, {"json", LogFormat::json}}};

/// The word for `value`, which is in the table.
template <typename Enum, std::size_t N>
constexpr std::string_view word_for(Enum value, const Choices<Enum, N>& choices) {
  for (const auto& [word, choice] : choices) {
    if (choice == value) return word;
  }
  return {};
}

}  // namespace config
