// A line of the log, read back: as format_line() wrote it, or as a journal or another program shows
// it, with something of theirs before it. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace server::insight {

struct LogLine {
  struct Field {
    std::string name;
    std::string value;   ///< a text as it was before it was escaped, a number as it is written
    std::size_t column;  ///< of its name in the line, from 1
  };

  std::string event;  ///< empty where it is no line of the log
  std::vector<Field> fields;
  /// Where it was cut short, within a field or behind one; 0 where that cannot be seen.
  std::size_t cut = 0;

  /// nullptr where there is none.
  const Field* find(std::string_view name) const noexcept;
};

LogLine read_log_line(std::string_view line);

}  // namespace server::insight
