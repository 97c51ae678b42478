#include "client/measure/v2_encoding.hpp"

#include <string_view>

#include "streams/text/escape.hpp"
#include "tests/catch.hpp"

using client::measure::base64;
using client::measure::encode_v2;
using client::measure::Histogram;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

// The counts as they are encoded, behind the header.
std::string counts_of(const Histogram& histogram) {
  return text::escaped(std::string_view{encode_v2(histogram)}.substr(40));
}

}  // namespace

TEST_CASE("the header of an encoding states the layout") {
  CHECK(text::escaped(encode_v2(Histogram{})) ==
        text::escaped("\x1c\x84\x93\x13\0\0\0\x01\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\x01"
                      "\0\0\x4e\x94\x91\x4f\0\0\x3f\xf0\0\0\0\0\0\0\0"sv));
}

TEST_CASE("counts are encoded up to the maximum's slot, empty slots in a run as one number") {
  Histogram histogram;
  histogram.record(0ns);
  CHECK(counts_of(histogram) == "\\x02");
  histogram.record(2ns, 3);
  CHECK(counts_of(histogram) == "\\x02\\x00\\x06");
  histogram.record(5ns);
  CHECK(counts_of(histogram) == "\\x02\\x00\\x06\\x03\\x02");
}

TEST_CASE("the largest counts take nine bytes, the last of them whole") {
  Histogram histogram;
  histogram.record(0ns, std::uint64_t{1} << 62);
  histogram.record(1ns, (std::uint64_t{1} << 55) - 1);
  histogram.record(2ns, 64);
  CHECK(counts_of(histogram) ==
        "\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x80\\x80"
        "\\xfe\\xff\\xff\\xff\\xff\\xff\\xff\\x7f"
        "\\x80\\x01");
}

TEST_CASE("base64 of RFC 4648's examples") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("base64 of bytes beyond ASCII") { CHECK(base64("\xff\xfe\xfb\xff") == "//77/w=="); }
