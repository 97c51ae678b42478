// Registers what is told of the process as a whole: its build, and what it uses. At the start; read
// on any thread.
#pragma once

#include <string_view>

#include "server/insight/registry.hpp"

namespace server {

/// `version` is of this program.
void add_process_figures(insight::Registry& registry, std::string_view version);

}  // namespace server
