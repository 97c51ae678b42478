// The option --faults of `echoline load`: what is to go wrong with what is sent. Pure but for the
// file that it may name, and for the parser of the command line.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "streams/faults/plan.hpp"
#include "streams/text/units.hpp"

namespace client::command_line {

/// Reads a fault, or behind an @ the name of a file of them, as those of requests: a request is a
/// line, and so a delay of lines is one of requests. What concerns the replies, or accept(2), is
/// refused, and so is urgent data.
text::Parsed<faults::Plan> parse_faults(const std::string& text);

/// May be given several times.
void add_faults(CLI::App& app, faults::Plan& plan);

}  // namespace client::command_line
