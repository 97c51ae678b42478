// A folder of the test's own.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace tests {

class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "echoline-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const { return path_ / name; }
  const std::string& path() const noexcept { return path_.native(); }

 private:
  std::filesystem::path path_;
};

}  // namespace tests
