// A folder for the files of a test, which goes with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/catch.hpp"

namespace tests {

class Folder {
 public:
  Folder() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream{path_ + "/" + name} << text;
    return path_ + "/" + name;
  }

 private:
  std::string path_ = std::filesystem::temp_directory_path() / "echoline-load-XXXXXX";
};

}  // namespace tests
