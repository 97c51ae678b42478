// What CLI11 has found no place for on a command line: an option that there is not, a word too
// many. During and after the parsing of `app`; what follows a -- is no option.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace client::command_line {

/// The words that are no options, in their order.
std::vector<std::string> surplus_words(const CLI::App& app);

/// Of the first option that there is not: that, and which one may have been meant.
std::optional<std::string> unknown_option(const CLI::App& app);

/// What is said of a word that stands where a subcommand of `app` should: that there is no such
/// one, and which may have been meant.
std::string unknown_subcommand(const CLI::App& app, std::string_view word);

}  // namespace client::command_line
