#include "streams/text/running_hash.hpp"

#include "tests/catch.hpp"

using text::RunningHash;

namespace {

std::string hash_of(std::string_view bytes) {
  RunningHash hash;
  hash.add(bytes);
  return hash.hex();
}

}  // namespace

// The values that draft-eastlake-fnv has for them.
TEST_CASE("a hash is FNV-1a's of 64 bits") {
  CHECK(hash_of("") == "cbf29ce484222325");
  CHECK(hash_of("a") == "af63dc4c8601ec8c");
  CHECK(hash_of("foobar") == "85944171f73967e8");
  CHECK(hash_of(std::string_view("\xff\0", 2)) != hash_of("\xff"));
}

TEST_CASE("bytes have the same hash however they are cut up, and are counted") {
  RunningHash whole;
  whole.add("foobar");
  RunningHash cut;
  for (const char* const piece : {"f", "", "oob", "ar"}) cut.add(piece);
  CHECK(cut == whole);
  CHECK(cut.bytes() == 6);
  cut.add("x");
  CHECK_FALSE(cut == whole);
}
