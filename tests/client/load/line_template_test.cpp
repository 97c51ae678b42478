#include "client/load/line_template.hpp"

#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>

#include "tests/catch.hpp"

using client::load::LineTemplate;

namespace {

std::string line_of(const char* text, std::uint64_t connection = 1, std::uint64_t sequence = 2) {
  const LineTemplate line(text);
  std::string written(line.max_size(), '\0');
  written.resize(static_cast<std::size_t>(line.write(written.data(), connection, sequence, 1) -
                                          written.data()));
  return written;
}

std::string error_of(const char* text) {
  try {
    LineTemplate{text};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a template's places are filled in") {
  CHECK(line_of("PING") == "PING");
  CHECK(line_of("GET {connection}/{seq}!", 7, 18446744073709551615U) ==
        "GET 7/18446744073709551615!");
}

TEST_CASE("random text has its size, is letters and digits, and differs each time") {
  const std::string line = line_of("ECHO {random:32}");
  CHECK(line.size() == 5 + 32);
  CHECK(line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
                               5) == std::string::npos);
  CHECK(line_of("ECHO {random:32}", 1, 3) != line);
  CHECK(line_of("ECHO {random:32}", 2, 2) != line);
  CHECK(line_of("ECHO {random:32}") == line);
}

TEST_CASE("eleven random letters do not repeat on a connection, and shorter text has its size") {
  std::set<std::string> lines;
  for (std::uint64_t sequence = 0; sequence < 10'000; ++sequence) {
    lines.insert(line_of("{random:11}", 1, sequence));
  }
  CHECK(lines.size() == 10'000);
  CHECK(line_of("{random:1}").size() == 1);
  CHECK(line_of("{random:5000}").size() == 5000);
  CHECK(line_of("{random:16}{random:16}").substr(16) != line_of("{random:16}"));
}

TEST_CASE("a brace written twice is a brace") { CHECK(line_of("{{seq}} {seq}") == "{seq} 2"); }

TEST_CASE("no line is longer than the template says") {
  const LineTemplate line("ab{seq}{connection}{random:7}");
  CHECK(line.max_size() == 2 + 20 + 20 + 7);
}

TEST_CASE("a template that cannot be read says what is wrong with it") {
  CHECK(error_of("ECHO {name}") ==
        "\"ECHO {name}\": {name} is not {seq}, {connection} or {random:N}");
  CHECK(error_of("ECHO {random:}").find("{random:} is not") != std::string::npos);
  CHECK(error_of("ECHO {random:0}").find("{random:0} is not") != std::string::npos);
  CHECK(error_of("ECHO {random:1x}").find("{random:1x} is not") != std::string::npos);
  CHECK(error_of("ECHO {seq").find("unmatched brace") != std::string::npos);
  CHECK(error_of("ECHO }").find("unmatched brace") != std::string::npos);
  CHECK(error_of("one\ntwo").find("the line end is added") != std::string::npos);
  CHECK(error_of("").find("empty line") != std::string::npos);
}
