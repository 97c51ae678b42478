#include "client/command_line/surplus.hpp"

#include <algorithm>
#include <cstddef>

#include "streams/text/escape.hpp"
#include "streams/text/suggest.hpp"

namespace client::command_line {
namespace {

bool is_option(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

/// Those of all `app` had no place for that may be options, and those that are words.
struct Surplus {
  std::vector<std::string> options;
  std::vector<std::string> words;
};

Surplus surplus(const CLI::App& app) {
  Surplus found;
  bool only_words = false;
  for (std::string& word : app.remaining()) {
    if (!only_words && word == "--") {
      only_words = true;
    } else {
      (is_option(word) && !only_words ? found.options : found.words).push_back(std::move(word));
    }
  }
  return found;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* const option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::vector<std::string_view> views(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

}  // namespace

std::vector<std::string> surplus_words(const CLI::App& app) { return surplus(app).words; }

std::optional<std::string> unknown_option(const CLI::App& app) {
  const std::vector<std::string> unknown = surplus(app).options;
  if (unknown.empty()) return std::nullopt;
  const std::string_view whole = unknown.front();
  const std::string_view before = whole.substr(0, whole.find('='));
  const std::string_view name = before == "-" ? whole : before;  // what is left of -D=x
  std::string what = "unknown option " + std::string(name);
  const std::vector<std::string> known = option_names(app);
  if (const auto near = text::nearest(name, views(known))) {
    what.append("; did you mean ").append(*near).append("?");
  } else if (!app.get_subcommands().empty()) {
    what += " before a subcommand";
  }
  return what;
}

std::string unknown_subcommand(const CLI::App& app, std::string_view word) {
  std::vector<std::string> known;
  for (const CLI::App* const sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(sub->get_name());
  }
  return text::quoted(word) + " is not a subcommand" + text::suggestion(word, views(known), '"');
}

}  // namespace client::command_line
