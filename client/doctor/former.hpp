// Former runs on one page: `echoline doctor --report FILE... --html FILE`. Nothing is examined. One
// thread.
#pragma once

#include <string>
#include <vector>

namespace client::doctor {

/// Reads what --json wrote, and writes the page of all of them; a column has the name of its file,
/// without folder and ending. The exit code; what went wrong is told on standard error.
int write_page_of_former(const std::vector<std::string>& files, const std::string& page);

}  // namespace client::doctor
