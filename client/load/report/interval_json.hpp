// An interval of a run as a JSON object; SCHEMA.md says what each member is. A pure function, any
// thread.
#pragma once

#include <string>

#include "client/load/results.hpp"

namespace client::load::report {

/// Schema echoline.load.interval/1, in one line with its line feed.
std::string interval_json(const Figures& figures, bool open_loop);

}  // namespace client::load::report
