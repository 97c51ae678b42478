// Reporter: how pings are told on standard output: in lines for people or in JSON for programs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "client/ping/options.hpp"
#include "client/ping/statistics.hpp"

namespace client::ping {

/// A target's name and how its pings went.
struct Result {
  std::string_view target;
  const Statistics* statistics = nullptr;
};

/// What came back for a ping.
struct Reply {
  std::string_view target;
  std::string_view address;  ///< of the target's which one answered; empty for a Unix socket
  std::uint64_t sequence = 0;
  Duration time{0};
};

class Reporter {
 public:
  Reporter() = default;
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;
  virtual ~Reporter() = default;

  virtual void answered(const Reply& reply) = 0;
  virtual void lost(std::string_view target, std::uint64_t sequence, std::string_view why) = 0;
  virtual void summary(const std::vector<Result>& results) = 0;

  /// What kept standard output from taking what was told, if anything did.
  std::error_code error() const noexcept { return error_; }
  /// To be called once, where that happens.
  void on_error(std::function<void()> call) { on_error_ = std::move(call); }

 protected:
  /// What was printed leaves.
  void flush();

 private:
  std::error_code error_;
  std::function<void()> on_error_;
};

/// A line a ping, with the address that answered where the target is a name, and statistics in the
/// end: of one target as ping(8) has them, of several a table.
std::unique_ptr<Reporter> report_in_text(const Options& options);

/// An object a line: for each ping, and at the end a summary for each target.
std::unique_ptr<Reporter> report_in_json(const Options& options);

}  // namespace client::ping
