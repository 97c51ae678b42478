// The text of a configuration file, whatever kind of file it is, and that of the files that it
// names, which are regular ones. Waits for a pipe's writer, and for nothing else; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/abandonment.hpp"

namespace config {

struct FileText {
  std::optional<std::string> text;
  std::string problem;  ///< why there is none: what the path is to blame for, and what to do
};

/// At most 1 MiB. A pipe is read until its writers have closed it; one that was closed before
/// anything was written is no configuration. Who may be given up, by `abandonment`, takes nothing
/// from a pipe after that, and is not given up with a part of what is written: it has to be written
/// without a break of 10 s then. Throws std::system_error where the system is to blame.
FileText read_file(const std::string& path, Abandonment* abandonment);

/// The same of a file that the configuration names: one that a reload can read again, and whose
/// reading nobody has to give up. Waits for nothing but the file system. `instead` is what to do
/// without it, as in "leave the key out".
FileText read_regular_file(const std::string& path, const std::string& instead);

}  // namespace config
