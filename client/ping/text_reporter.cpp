#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "client/ping/reporter.hpp"

namespace client::ping {
namespace {

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.append(width - out.size(), ' ');
  return out;
}

unsigned long long number(std::uint64_t value) { return value; }

class TextReporter final : public Reporter {
 public:
  explicit TextReporter(const Options& options)
      : what_(options.protocol == Protocol::connect ? "connected"
                                                    : "bytes=" + std::to_string(options.size)),
        timestamps_(options.timestamps) {
    for (const Target& target : options.targets) width_ = std::max(width_, target.name.size());
  }

  void answered(const Reply& reply) override {
    std::string from(reply.target);
    if (!reply.address.empty() && reply.address != reply.target) {
      from.append(" (").append(reply.address).append(")");
    }
    line(from, reply.sequence, what_ + " time=" + in_milliseconds(reply.time) + " ms");
  }
  void lost(std::string_view target, std::uint64_t sequence, std::string_view why) override {
    line(target, sequence, "lost: " + std::string(why));
  }
  void summary(const std::vector<Result>& results) override {
    if (results.size() == 1) {
      statistics(results.front());
    } else {
      table(results);
    }
    flush();
  }

 private:
  void line(std::string_view from, std::uint64_t sequence, const std::string& what) {
    if (timestamps_) print_time();
    std::printf("%s seq=%llu %s\n", padded(std::string(from) + ':', width_ + 1).c_str(),
                number(sequence), what.c_str());
    flush();
  }
  /// As the -D of iputils' ping(8).
  static void print_time() {
    using std::chrono::microseconds;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto count = std::chrono::duration_cast<microseconds>(now).count();
    std::printf("[%lld.%06lld] ", static_cast<long long>(count / 1'000'000),
                static_cast<long long>(count % 1'000'000));
  }
  static void statistics(const Result& result) {
    const Statistics& all = *result.statistics;
    std::printf("\n--- %s ping statistics ---\n%s\n", std::string(result.target).c_str(),
                all.counts().c_str());
    if (all.answered() != 0) std::printf("%s\n", all.summary().c_str());
  }
  void table(const std::vector<Result>& results) const {
    const std::size_t width = std::max(width_, sizeof "target" - 1);
    std::printf("\n%s %8s %8s %8s %9s", padded("target", width).c_str(), "sent", "answered", "lost",
                "loss");
    for (const char* const head : {"min", "avg", "p50", "p99", "max", "mdev"}) {
      std::printf(" %9s", head);
    }
    std::printf("\n");
    for (const Result& result : results) {
      const Statistics& all = *result.statistics;
      std::printf("%s %8llu %8llu %8llu %9s", padded(result.target, width).c_str(),
                  number(all.sent()), number(all.answered()), number(all.lost()),
                  all.sent() != 0 ? in_percent(all.loss_percent()).c_str() : "-");
      const auto [min, avg, p50, p99, max, mdev] = all.times();
      for (const double time : {min, avg, p50, p99, max, mdev}) {
        std::printf(" %9s", all.answered() != 0 ? in_thousandths(time).c_str() : "-");
      }
      std::printf("\n");
    }
    std::printf("times in milliseconds\n");
  }

  std::string what_;
  bool timestamps_;
  std::size_t width_ = 0;  // of the longest target
};

}  // namespace

std::unique_ptr<Reporter> report_in_text(const Options& options) {
  return std::make_unique<TextReporter>(options);
}

}  // namespace client::ping
