#include "client/load/report/output_file.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include "tests/catch.hpp"

using client::load::report::OutputFile;

TEST_CASE("what is written is in the file at once") {
  std::string name = "/tmp/output_file_test.XXXXXX";
  const int descriptor = ::mkstemp(name.data());
  REQUIRE(descriptor >= 0);
  ::close(descriptor);
  std::ofstream(name) << "an older report";
  OutputFile file(name);
  CHECK(file.is_open());
  file.write("one\n");
  file.write("two\n");
  std::ifstream in(name);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "one\ntwo\n");
  CHECK(file.close().empty());
  ::unlink(name.c_str());
}

TEST_CASE("a file that cannot be created is named with the reason") {
  CHECK_THROWS_WITH(OutputFile("/nowhere/at/all.json"),
                    "cannot write /nowhere/at/all.json: No such file or directory");
}

TEST_CASE("a disk that is full ends nothing, and is told at the end") {
  OutputFile file("/dev/full");
  file.write("one\n");
  file.write("two\n");
  CHECK(file.close() == "cannot write /dev/full: No space left on device");
  CHECK(file.close().empty());
}

TEST_CASE("no name is no file") {
  OutputFile file("");
  CHECK_FALSE(file.is_open());
  file.write("nothing");
  CHECK(file.close().empty());
  CHECK_FALSE(file.is_standard_output());
}
