#include "client/command_line/usage_error.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "client/command_line/surplus.hpp"
#include "client/command_line/target.hpp"
#include "streams/text/escape.hpp"

namespace client::command_line {
namespace {

/// `app`, then its subcommands.
std::vector<const CLI::App*> with_subcommands(const CLI::App& app) {
  std::vector<const CLI::App*> all = app.get_subcommands([](const CLI::App*) { return true; });
  all.insert(all.begin(), &app);
  return all;
}

[[noreturn]] void refuse_empty(const std::string& option) {
  throw CLI::ValidationError(option, "the value is empty");
}

/// Where an error of CLI11's begins with the option, that.
std::string option_of(const CLI::Error& error) {
  const std::string_view what = error.what();
  return std::string(what.substr(0, what.find_first_of(": ")));
}

/// In our words where they say more: those of echolined, too (server/main.cpp).
std::string explain(const CLI::App& chosen, const CLI::Error& error) {
  if (const auto unknown = unknown_option(chosen)) return *unknown;
  const std::string_view what = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::vector<std::string> words = surplus_words(chosen);
    if (words.empty()) return std::string(what);
    if (chosen.get_parent() == nullptr) return unknown_subcommand(chosen, words.front());
    return "unexpected argument " + text::quoted(words.front());
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && what.starts_with("TARGET ")) {
    return "TARGET is missing; write " + std::string(target_forms);
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const bool missing = what.find(" missing") != std::string_view::npos;
    return option_of(error) + (missing ? ": the value is missing" : ": give it only once");
  }
  return std::string(what);
}

/// Of a long text both ends: the last one says what to do.
std::string shown(std::string what) {
  constexpr std::size_t most = 600;
  constexpr std::size_t end = 250;
  if (what.size() > most) what.replace(most - end, what.size() - most, " [...] ");
  return text::printable(what);
}

}  // namespace

std::string usage_error(const CLI::App* app, const CLI::Error& error) {
  const CLI::App* chosen = app;
  if (!unknown_option(*app)) {
    for (const CLI::App* const sub : app->get_subcommands()) chosen = sub;
  }
  const std::string command = chosen == app ? "echoline" : "echoline " + chosen->get_name();
  return command + ": " + shown(explain(*chosen, error)) + "\nRun " + command +
         " --help for more information.\n";
}

void refuse_empty_values(const CLI::App& app, std::span<const char* const> words) {
  for (const std::string_view word : words) {
    if (word == "--") return;
    if (!word.starts_with("--") || !word.ends_with('=')) continue;
    const std::string name(word.substr(2, word.size() - 3));
    for (const CLI::App* const one : with_subcommands(app)) {
      const CLI::Option* const option = one->get_option_no_throw("--" + name);
      if (option != nullptr) refuse_empty("--" + name);
    }
  }
}

void refuse_empty_values(const CLI::App& app) {
  for (const CLI::App* const sub : app.get_subcommands()) {
    for (const CLI::Option* const option : sub->get_options()) {
      const std::vector<std::string>& values = option->results();
      const bool is_empty = std::find(values.begin(), values.end(), "") != values.end();
      if (is_empty && !option->get_positional()) refuse_empty(option->get_name());
    }
  }
}

}  // namespace client::command_line
