// What is said of a command line that was not understood: in one line, what is wrong and where, in
// our words rather than CLI11's.
#pragma once

#include <span>
#include <string>

#include <CLI/CLI.hpp>

namespace client::command_line {

/// Two lines: what is wrong, and where to read more. Whatever was typed, it is short and steers no
/// terminal. `app` is the program's.
std::string usage_error(const CLI::App* app, const CLI::Error& error);

/// Before the parsing: throws CLI::ValidationError when one of `words` is an option with an empty
/// value, `--json=`, which CLI11 takes for one without, whose value is the next word.
void refuse_empty_values(const CLI::App& app, std::span<const char* const> words);
/// After it: the same of `--json ""`. An empty value comes from a variable that is not set.
void refuse_empty_values(const CLI::App& app);

}  // namespace client::command_line
