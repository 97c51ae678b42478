// Writes both of HdrHistogram's formats from times on standard input, for test_histogram_logs.py:
// write_histogram_logs HGRM HLOG
// A line for each interval of a second, its times in nanoseconds.
#include <cstdint>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "client/measure/hdr_text.hpp"

int main(int, char** argv) {
  using namespace std::chrono_literals;
  using client::measure::Histogram;
  std::ofstream log(argv[2]);
  log << client::measure::hlog_header(std::chrono::system_clock::time_point{1700000000123ms},
                                      "service time\nof a test");
  Histogram all;
  Histogram::Duration start{0};
  for (std::string line; std::getline(std::cin, line); start += 1s) {
    Histogram interval;
    std::istringstream times(line);
    for (std::int64_t time = 0; times >> time;) interval.record(Histogram::Duration{time});
    log << client::measure::hlog_line(start, 1s, interval)
        << client::measure::hlog_line(start, 1s, interval, "again");
    all.add(interval);
  }
  std::ofstream(argv[1]) << client::measure::hgrm(all, "service time of a test");
}
