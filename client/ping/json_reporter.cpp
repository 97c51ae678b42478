#include <chrono>
#include <cstdio>

#include "client/ping/reporter.hpp"
#include "streams/text/json.hpp"

namespace client::ping {
namespace {

unsigned long long number(std::uint64_t value) { return value; }

class JsonReporter final : public Reporter {
 public:
  explicit JsonReporter(const Options& options)
      : size_(options.protocol == Protocol::connect ? 0 : options.size) {}

  void answered(const Reply& reply) override {
    begin("reply", reply.target);
    if (!reply.address.empty()) {
      std::printf(",\"address\":%s", text::json_string(reply.address).c_str());
    }
    std::printf(",\"seq\":%llu,\"unix_time\":%.6f,\"bytes\":%zu,\"time_ms\":%.6f}\n",
                number(reply.sequence), now(), size_,
                std::chrono::duration<double, std::milli>(reply.time).count());
    flush();
  }
  void lost(std::string_view target, std::uint64_t sequence, std::string_view why) override {
    begin("lost", target);
    std::printf(",\"seq\":%llu,\"unix_time\":%.6f,\"reason\":%s}\n", number(sequence), now(),
                text::json_string(why).c_str());
    flush();
  }
  void summary(const std::vector<Result>& results) override {
    for (const auto& [target, all] : results) {
      begin("summary", target);
      std::printf(",\"sent\":%llu,\"answered\":%llu,\"lost\":%llu", number(all->sent()),
                  number(all->answered()), number(all->lost()));
      if (all->sent() != 0) std::printf(",\"loss_percent\":%.6g", all->loss_percent());
      const auto [min, avg, p50, p99, max, mdev] = all->times();
      if (all->answered() != 0) {
        std::printf(
            ",\"min_ms\":%.6f,\"avg_ms\":%.6f,\"p50_ms\":%.6f,\"p99_ms\":%.6f,\"max_ms\":%.6f,"
            "\"mdev_ms\":%.6f",
            min, avg, p50, p99, max, mdev);
      }
      std::printf("}\n");
    }
    flush();
  }

 private:
  static void begin(const char* type, std::string_view target) {
    std::printf("{\"schema\":\"echoline.ping/1\",\"type\":\"%s\",\"target\":%s", type,
                text::json_string(target).c_str());
  }
  static double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  std::size_t size_;
};

}  // namespace

std::unique_ptr<Reporter> report_in_json(const Options& options) {
  return std::make_unique<JsonReporter>(options);
}

}  // namespace client::ping
