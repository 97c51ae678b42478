#include "client/command_line/options.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "client/command_line/quantity.hpp"
#include "client/command_line/surplus.hpp"
#include "streams/text/escape.hpp"

namespace client::command_line {
namespace {

using Words = std::span<const std::string>;

constexpr const char* one_target = "HOST:PORT, HOST PORT, :PORT, [IPV6]:PORT\nor unix:/PATH";

/// Calls `take` with all words that are no options: TARGET's, that of the positional `second`, and
/// what is left.
template <class Take>
CLI::Option* add_words(CLI::App& app, const std::string& what, const std::string& form, Take take,
                       const char* second = nullptr) {
  // A port of its own, or another target, is a word too many for CLI11.
  app.allow_extras();
  return app
      .add_option_function<std::string>(
          "TARGET",
          [&app, second, take](const std::string& first) {
            std::vector<std::string> words{first};
            const auto add = [&words](const std::vector<std::string>& more) {
              words.insert(words.end(), more.begin(), more.end());
            };
            if (second != nullptr) add(app.get_option(second)->results());
            add(surplus_words(app));
            if (const auto unknown = unknown_option(app)) throw CLI::ValidationError(*unknown);
            take(Words(words));
          },
          what)
      ->required()
      ->option_text(form);
}

/// One target from the front of `words`.
void take(Words& words, Target& target) {
  auto parsed = take_target(words);
  if (!parsed) throw CLI::ValidationError("TARGET", parsed.error);
  target = std::move(parsed.value);
}

void require_end(Words words, const CLI::App& app) {
  if (words.empty()) return;
  throw CLI::ValidationError("unexpected argument " + text::quoted(words.front()) + "; " +
                             app.get_name() + " takes one target");
}

/// Reads the option's text with `parse` and checks that it is between the bounds, which `format`
/// writes.
template <class Value, class Number, class Parse, class Format>
CLI::Option* add(CLI::App& app, const std::string& names, Value& value, const std::string& what,
                 std::pair<Number, Number> bounds, Parse parse, Format format) {
  const std::string name = names.substr(names.find("--"));
  return app.add_option_function<std::string>(
      names,
      [&value, name, bounds, parse, format](const std::string& text) {
        const auto parsed = parse(text);
        if (!parsed) throw CLI::ValidationError(name, parsed.error);
        if (parsed.value < bounds.first || parsed.value > bounds.second) {
          const bool bounded = bounds.second != std::numeric_limits<Number>::max();
          throw CLI::ValidationError(
              name, text::quoted(text) + " is out of range; write " + format(bounds.first) +
                        (bounded ? " to " + format(bounds.second) : " or more"));
        }
        value = static_cast<Value>(parsed.value);
      },
      what);
}

}  // namespace

CLI::Option* add_target(CLI::App& app, Target& target) {
  return add_words(app, one_target, " ", [&app, &target](Words words) {
    take(words, target);
    require_end(words, app);
  });
}

CLI::Option* add_target(CLI::App& app, Target& target, const Operand& operand,
                        std::optional<std::string>& word) {
  const std::string name = operand.name;
  CLI::Option* const added = add_words(
      app, one_target, " ",
      [&app, &target, &word, name, required = operand.required](Words words) {
        take(words, target);
        if (words.empty() && required) throw CLI::RequiredError(name);
        if (!words.empty()) word = words.front();
        require_end(words.empty() ? words : words.subspan(1), app);
      },
      operand.name);
  app.add_option_function<std::string>(
         name, [](const std::string&) { /* may be the target's port: TARGET reads it */ },
         operand.what)
      ->required(operand.required)
      ->option_text(" ");
  return added;
}

CLI::Option* add_targets(CLI::App& app, std::vector<Target>& targets) {
  return add_words(app, std::string(one_target) + "; one or more", "...", [&targets](Words words) {
    auto parsed = parse_targets(words);
    if (!parsed) throw CLI::ValidationError("TARGET", parsed.error);
    targets = std::move(parsed.value);
  });
}

CLI::Option* add_target_words(CLI::App& app, const std::string& what,
                              const std::function<void(std::span<const std::string>)>& take) {
  return add_words(app, what, "...", take)->required(false);
}

CLI::Option* add_duration(CLI::App& app, const std::string& names, Duration& value,
                          const std::string& what, Duration least, Duration most) {
  return add(app, names, value, what, std::pair{least, most}, parse_duration,
             format_duration<Duration::rep, Duration::period>)
      ->option_text("TIME");
}

CLI::Option* add_size(CLI::App& app, const std::string& names, std::size_t& value,
                      const std::string& what, std::size_t least, std::size_t most) {
  return add(app, names, value, what, std::pair{least, most}, parse_size, format_size)
      ->option_text("SIZE");
}

CLI::Option* add_count(CLI::App& app, const std::string& names, std::uint64_t& value,
                       const std::string& what, std::uint64_t least, std::uint64_t most) {
  return add(app, names, value, what, std::pair{least, most}, parse_count,
             [](std::uint64_t count) { return std::to_string(count); })
      ->option_text("N");
}

}  // namespace client::command_line
