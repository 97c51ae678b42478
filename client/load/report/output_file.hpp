// OutputFile: a file that a report is written to while a run goes on. What fails later than opening
// is remembered until close(), because a full disk must not end a run. One thread.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace client::load::report {

class OutputFile {
 public:
  /// Not open: takes what is written and drops it.
  OutputFile() = default;
  /// Creates or empties the file; `-` is standard output, an empty name none. Throws
  /// std::system_error if it cannot, with the name.
  explicit OutputFile(std::string name);

  bool is_open() const noexcept { return file_ != nullptr; }
  bool is_standard_output() const noexcept { return name_ == "-"; }
  /// Whether something could not be written: close() says what.
  bool has_failed() const noexcept { return static_cast<bool>(ec_); }
  /// Writes `text` through to the file.
  void write(std::string_view text);
  /// Empty if everything has been written; else what has failed, with the name.
  std::string close();

 private:
  struct Closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };

  std::string name_;
  std::unique_ptr<std::FILE, Closer> file_;
  std::error_code ec_;
};

}  // namespace client::load::report
