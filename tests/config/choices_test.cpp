#include "config/choices.hpp"

#include "tests/catch.hpp"

TEST_CASE("each enumerator has its word", "[choices]") {
  using namespace config;
  CHECK(word_for(AtLimit::wait, at_limit_choices) == "wait");
  CHECK(word_for(AtLimit::refuse, at_limit_choices) == "refuse");
  CHECK(word_for(LogLevel::debug, log_level_choices) == "debug");
  CHECK(word_for(LogLevel::info, log_level_choices) == "info");
  CHECK(word_for(LogLevel::warning, log_level_choices) == "warning");
  CHECK(word_for(LogLevel::error, log_level_choices) == "error");
  CHECK(word_for(LogFormat::text, log_format_choices) == "text");
  CHECK(word_for(LogFormat::json, log_format_choices) == "json");
}
