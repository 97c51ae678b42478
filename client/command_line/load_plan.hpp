// LoadPlan: the options of `echoline load` that say what is to be done, and the plan that they
// make. Refers to the parser's options and is pinned.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/command_line/load_lines.hpp"
#include "client/command_line/options.hpp"
#include "client/command_line/tcp_options.hpp"
#include "client/load/plan.hpp"

namespace client::command_line {

class LoadPlan {
 public:
  /// Adds the options to `app`.
  explicit LoadPlan(CLI::App& app);
  LoadPlan(const LoadPlan&) = delete;
  LoadPlan& operator=(const LoadPlan&) = delete;

  /// After all options were read. Throws CLI::ValidationError for those that do not go together.
  void complete();
  /// Of a LoadPlan that is complete.
  const load::Plan& plan() const noexcept { return plan_; }

 private:
  void add_load(CLI::App& app);
  void add_connections(CLI::App& app);
  void add_messages(CLI::App& app);
  void add_stage(load::RateStage stage) { plan_.stages.push_back(stage); }
  void add_hold(Duration time);
  void complete_rate();
  void check_profile() const;
  void complete_spinning();
  void check_protocol() const;
  void check_stamped() const;

  load::Plan plan_;
  TcpOptions tcp_;
  LoadLines lines_;
  std::vector<Target> targets_;
  std::uint64_t requests_ = 0;
  std::uint64_t connections_ = plan_.connections;
  std::uint64_t pipeline_ = plan_.pipeline;
  std::uint64_t threads_ = plan_.threads;
  std::optional<double> rate_;
  Duration busy_poll_{0};
  bool no_verify_ = false;
  CLI::Option* duration_ = nullptr;
  CLI::Option* size_ = nullptr;
  CLI::Option* protocol_ = nullptr;
  CLI::Option* arrival_ = nullptr;
  CLI::Option* dispatch_ = nullptr;
  CLI::Option* busy_poll_option_ = nullptr;
};

}  // namespace client::command_line
