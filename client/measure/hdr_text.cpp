#include "client/measure/hdr_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "client/measure/v2_encoding.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/timestamp.hpp"

namespace client::measure {
namespace {

std::string comment(std::string_view text) { return "#[" + text::printable(text, ' ') + "]\n"; }

constexpr int ticks_per_half_distance = 5;

template <typename... Arguments>
void append(std::string& out, const char* format, Arguments... arguments) {
  std::array<char, 160> text{};
  const int size = std::snprintf(text.data(), text.size(), format, arguments...);
  out.append(text.data(), static_cast<std::size_t>(size));
}

double in_milliseconds(Histogram::Duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

// In percent. Equal steps up to half of the way to 100, half of them up to half of the rest, ...
double next_level(double level) {
  const double halvings = std::floor(std::log2(100 / (100 - level)));
  return level + 100 / (ticks_per_half_distance * std::exp2(halvings + 1));
}

// Six decimals, where HdrHistogram has three: microseconds would be too coarse for a loopback.
void append_row(std::string& out, Histogram::Duration time, double level, std::uint64_t seen) {
  append(out, "%12.6f %2.12f %10llu", in_milliseconds(time), level / 100,
         static_cast<unsigned long long>(seen));
  if (level < 100) append(out, " %14.2f", 1 / (1 - level / 100));
  out += '\n';
}

void append_rows(std::string& out, const Histogram& histogram) {
  double level = 0;
  std::uint64_t seen = 0;
  const auto counts = histogram.counts();
  for (std::size_t slot = Histogram::slot_of(histogram.min()); seen < histogram.count(); ++slot) {
    if (counts[slot] == 0) continue;
    seen += counts[slot];
    const double reached = 100 * static_cast<double>(seen) / static_cast<double>(histogram.count());
    const auto time = std::min(Histogram::highest_in(slot), histogram.max());
    for (; level <= reached && level < 100; level = next_level(level)) {
      append_row(out, time, level, seen);
      if (seen == histogram.count()) break;
    }
  }
  if (!histogram.empty()) append_row(out, histogram.max(), 100, seen);
}

std::string three_decimals(double number) {
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.3f", number);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::string in_seconds(std::chrono::nanoseconds time) {
  return three_decimals(std::chrono::duration<double>(time).count());
}

}  // namespace

std::string hgrm(const Histogram& histogram, std::string_view heading) {
  std::string out = comment(std::string{heading} + ", in milliseconds");
  append(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  append_rows(out, histogram);
  append(out, "#[Mean    = %12.6f, StdDeviation   = %12.6f]\n", in_milliseconds(histogram.mean()),
         in_milliseconds(histogram.standard_deviation()));
  append(out, "#[Max     = %12.6f, Total count    = %12llu]\n", in_milliseconds(histogram.max()),
         static_cast<unsigned long long>(histogram.count()));
  append(out, "#[Buckets = %12zu, SubBuckets     = %12lld]\n",
         Histogram::slots / (Histogram::sub_buckets / 2) - 1,
         static_cast<long long>(Histogram::sub_buckets));
  return out;
}

std::string hlog_header(std::chrono::system_clock::time_point start, std::string_view what) {
  const std::string seconds = in_seconds(start.time_since_epoch());
  std::string out = comment(what) + comment("Histogram log format version 1.2");
  out += comment("StartTime: " + seconds + " (seconds since epoch), " +
                 text::timestamp(start, text::Fraction::none));
  out += comment("BaseTime: " + seconds + " (seconds since epoch)");
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
