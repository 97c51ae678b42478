#include "client/measure/hlog.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "client/measure/base64.hpp"
#include "client/measure/log_comment.hpp"
#include "client/measure/v2_encoding.hpp"

namespace client::measure {
namespace {

std::string three_decimals(double number) {
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.3f", number);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string in_seconds(std::chrono::nanoseconds time) {
  return three_decimals(std::chrono::duration<double>(time).count());
}

std::string date(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

std::string hlog_header(std::chrono::system_clock::time_point start, std::string_view comment) {
  const std::string seconds = in_seconds(start.time_since_epoch());
  std::string out = log_comment(comment) + log_comment("Histogram log format version 1.2");
  out += log_comment("StartTime: " + seconds + " (seconds since epoch), " + date(start));
  out += log_comment("BaseTime: " + seconds + " (seconds since epoch)");
  return out +
         "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
         "\"Interval_Compressed_Histogram\"\n";
}

std::string hlog_line(Histogram::Duration start, Histogram::Duration length,
                      const Histogram& histogram, std::string_view tag) {
  const std::chrono::duration<double, std::milli> max = histogram.max();
  std::string out = tag.empty() ? "" : "Tag=" + std::string{tag} + ',';
  out += in_seconds(start) + ',' + in_seconds(length) + ',' + three_decimals(max.count()) + ',';
  return out + base64(encode_v2_compressed(histogram)) + '\n';
}

}  // namespace client::measure
