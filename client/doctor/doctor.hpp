// Doctor: a run of cases against one service or one proxy, one after another, and its report. The
// loop's thread. An interrupt ends the case that runs; what there was until then is reported.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/doctor/bench.hpp"
#include "client/doctor/options.hpp"
#include "client/doctor/origin.hpp"
#include "client/doctor/report.hpp"
#include "client/doctor/result.hpp"
#include "client/load/report/output_file.hpp"
#include "streams/address.hpp"
#include "streams/endpoint.hpp"
#include "streams/event_loop.hpp"
#include "streams/task.hpp"
#include "streams/task_group.hpp"

namespace client::doctor {

class Doctor {
 public:
  /// Opens the files that are to be written. Throws std::system_error where one cannot be.
  Doctor(streams::EventLoop& loop, Options options);
  Doctor(const Doctor&) = delete;
  Doctor& operator=(const Doctor&) = delete;

  /// The exit code. Where the set-up fails, an origin that cannot be listened on, a target that
  /// nobody answers at, a proxy that does not forward to the origin, the reports say so.
  streams::Task<int> run();

 private:
  struct Try {
    Try() = default;
    Outcome outcome = Outcome::unable;
    std::string finding;
    bool is_asked = true;
    bool stood_still = false;  // we did: what is broken may be so for that
    Account account;
  };

  static void explain(const std::exception_ptr& failure, Try& done);
  streams::Task<void> watch_interrupts();
  streams::Task<void> watch_standstills();
  streams::Task<void> examine_all();
  streams::Task<void> set_up();
  streams::Task<streams::Endpoint> find(streams::Address address, std::string name);
  streams::Task<void> find_origin_behind();
  streams::Task<Bench::Settled> settle();
  streams::Task<void> examine(const Case* one);
  streams::Task<Try> attempt(const Case* one, bool direct);
  void print(const std::string& text);
  int finish();

  streams::EventLoop& loop_;
  Options options_;
  load::report::OutputFile text_;
  load::report::OutputFile json_;
  load::report::OutputFile junit_;
  load::report::OutputFile tap_;
  load::report::OutputFile html_;
  std::unique_ptr<Origin> origin_;
  streams::Endpoint target_;
  streams::Endpoint behind_;  // past the proxy
  Outcomes outcomes_;
  std::string failure_;  // of the set-up, or of doctor itself
  streams::EventLoop::Clock::time_point beat_;
  streams::EventLoop::Clock::duration stood_still_{};  // the longest time, in this try
  streams::TaskGroup tasks_;
};

}  // namespace client::doctor
