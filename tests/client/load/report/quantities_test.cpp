#include "client/load/report/quantities.hpp"

#include "tests/catch.hpp"

using namespace client::load::report;
using namespace std::chrono_literals;

TEST_CASE("a latency has three digits and the unit that suits it") {
  CHECK(readable_time(0ns) == "0 s");
  CHECK(readable_time(640ns) == "640 ns");
  CHECK(readable_time(1us) == "1.00 µs");
  CHECK(readable_time(41'234ns) == "41.2 µs");
  CHECK(readable_time(4'123'456ns) == "4.12 ms");
  CHECK(readable_time(412'345'678ns) == "412 ms");
  CHECK(readable_time(12'345ms) == "12.3 s");
  CHECK(readable_time(60s) == "60.0 s");
}

TEST_CASE("what rounds up to the next unit or digit is written in it") {
  CHECK(readable_time(9'996ns) == "10.0 µs");
  CHECK(readable_time(999'400ns) == "999 µs");
  CHECK(readable_time(999'600ns) == "1.00 ms");
  CHECK(readable_time(999'999'999ns) == "1.00 s");
  CHECK(readable_rate(999.96) == "1.000 k/s");
}

TEST_CASE("a span is written without zeros that say nothing") {
  CHECK(readable_span(500us) == "500 µs");
  CHECK(readable_span(1500us) == "1.5 ms");
  CHECK(readable_span(20us) == "20 µs");
  CHECK(readable_span(10s) == "10 s");
  CHECK(readable_span(1500ms) == "1.5 s");
  CHECK(readable_span(3200ms) == "3.2 s");
  CHECK(readable_span(60s) == "1 min");
  CHECK(readable_span(150s) == "2 min 30 s");
  CHECK(readable_span(1h + 5min) == "1 h 5 min");
  CHECK(readable_span(25h) == "25 h");
}

TEST_CASE("a rate has four digits, and a whole one below a thousand no decimals") {
  CHECK(readable_rate(0) == "0/s");
  CHECK(readable_rate(12) == "12/s");
  CHECK(readable_rate(812.5) == "812.5/s");
  CHECK(readable_rate(0.5) == "0.500/s");
  CHECK(readable_rate(49'994) == "49.99 k/s");
  CHECK(readable_rate(1'204'000) == "1.204 M/s");
  CHECK(readable_rate(5e12) == "5000 G/s");
}

TEST_CASE("bytes are counted in powers of 1024") {
  CHECK(readable_size(0) == "0 B");
  CHECK(readable_size(64) == "64 B");
  CHECK(readable_size(1023) == "1023 B");
  CHECK(readable_size(1024) == "1.00 KiB");
  CHECK(readable_size(32'000'000) == "30.5 MiB");
  CHECK(readable_size(0x1p50) == "1024 TiB");
}

TEST_CASE("a count keeps all its digits, in groups") {
  CHECK(readable_count(0) == "0");
  CHECK(readable_count(999) == "999");
  CHECK(readable_count(1000) == "1,000");
  CHECK(readable_count(1'234'567) == "1,234,567");
}

TEST_CASE("a share is never rounded to nothing or to all") {
  CHECK(readable_share(0) == "0 %");
  CHECK(readable_share(0.000001) == "<0.001 %");
  CHECK(readable_share(0.00012) == "0.012 %");
  CHECK(readable_share(0.782) == "78.2 %");
  CHECK(readable_share(0.9998) == "99.98 %");
  CHECK(readable_share(0.99999) == ">99.99 %");
  CHECK(readable_share(1) == "100 %");
  CHECK(readable_share(3.12) == "312 %");
}
