// Options that several subcommands have in common, with values as quantity.hpp reads them. A wrong
// one ends the parsing with an error that names the option, what is wrong and how to write it.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/command_line/target.hpp"
#include "client/line_exchange.hpp"
#include "streams/text/escape.hpp"

namespace client::command_line {

using Duration = std::chrono::nanoseconds;

/// What a subcommand takes behind its target.
struct Operand {
  const char* name;
  const char* what;
  bool required;
};

/// The positional TARGET, required: one, in the words that target.hpp reads.
CLI::Option* add_target(CLI::App& app, Target& target);
/// The same, and one more word, none if there was none.
CLI::Option* add_target(CLI::App& app, Target& target, const Operand& operand,
                        std::optional<std::string>& word);
/// One or more of them.
CLI::Option* add_targets(CLI::App& app, std::vector<Target>& targets);

/// Any number of them, none included, for those who take them in words of their own: `take` is
/// handed all words that are no options, and throws CLI::ValidationError.
CLI::Option* add_target_words(CLI::App& app, const std::string& what,
                              const std::function<void(std::span<const std::string>)>& take);

/// `names` as CLI11 takes them, "-i,--interval". The bounds are allowed values.
CLI::Option* add_duration(CLI::App& app, const std::string& names, Duration& value,
                          const std::string& what, Duration least = Duration{0},
                          Duration most = std::chrono::hours{24 * 365});
CLI::Option* add_size(CLI::App& app, const std::string& names, std::size_t& value,
                      const std::string& what, std::size_t least, std::size_t most);
/// A whole number; the error says "LEAST or more" when `most` is not given.
CLI::Option* add_count(CLI::App& app, const std::string& names, std::uint64_t& value,
                       const std::string& what, std::uint64_t least,
                       std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// One of a few names. `choices` are pairs of a name and a value, and outlive the parsing.
template <class Value, class Choices>
CLI::Option* add_choice(CLI::App& app, const std::string& names, Value& value,
                        const std::string& what, const Choices& choices) {
  return app
      .add_option_function<std::string>(
          names,
          [&value, &choices, name = names.substr(names.find("--"))](const std::string& text) {
            std::string allowed;
            for (const auto& [choice, meaning] : choices) {
              if (choice == text) {
                value = meaning;
                return;
              }
              if (!allowed.empty()) allowed += ", ";
              allowed += choice;
            }
            throw CLI::ValidationError(name, text::quoted(text) + " is not one of " + allowed);
          },
          what)
      ->option_text("NAME");
}

/// Of services that answer lines.
inline constexpr std::array<std::pair<std::string_view, LineProtocol>, 2> line_protocols{
    {{"line", LineProtocol::line}, {"echo", LineProtocol::echo}}};

}  // namespace client::command_line
