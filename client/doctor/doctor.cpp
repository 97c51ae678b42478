#include "client/doctor/doctor.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <asio/signal_set.hpp>

#include "client/doctor/bench.hpp"
#include "client/doctor/record.hpp"
#include "client/exit_code.hpp"
#include "streams/await_asio.hpp"
#include "streams/exception_group.hpp"
#include "streams/open_connection.hpp"
#include "streams/resolve.hpp"
#include "streams/timeout.hpp"

namespace client::doctor {
namespace {

using Clock = streams::EventLoop::Clock;

/// How long a proxy may take to find that its origin has come up.
constexpr std::chrono::seconds set_up_patience{10};

bool takes_standard_output(const Options& options) {
  return options.json == "-" || options.junit == "-" || options.tap == "-" || options.html == "-";
}

void explain(const std::exception_ptr& failure, Outcome& outcome, std::string& finding) {
  try {
    std::rethrow_exception(failure);
  } catch (const streams::ExceptionGroup& group) {
    // The first of several tasks to fail is the cause: the others were cancelled.
    explain(group.exceptions().front(), outcome, finding);
  } catch (const Broken& broken) {
    outcome = Outcome::broken;
    finding = broken.what();
  } catch (const std::exception& error) {
    outcome = Outcome::unable;
    finding = error.what();
  }
}

}  // namespace

Doctor::Doctor(streams::EventLoop& loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      text_(takes_standard_output(options_) ? "" : "-"),
      json_(options_.json),
      junit_(options_.junit),
      tap_(options_.tap),
      html_(options_.html),
      tasks_(loop) {
  outcomes_.options = &options_;
}

streams::Task<int> Doctor::run() {
  tasks_.spawn(watch_interrupts());
  tasks_.spawn(examine_all());
  co_await tasks_.join();
  if (!failure_.empty()) {
    std::fprintf(stderr, "echoline doctor: %s\n", failure_.c_str());
    co_return exit_code::failure;
  }
  co_return finish();
}

streams::Task<void> Doctor::watch_interrupts() {
  asio::signal_set signals(loop_.context(), SIGINT, SIGTERM);
  const auto [ec, number] = co_await signals.async_wait(streams::use_task);
  if (ec) co_return;
  outcomes_.interrupted = true;
  tasks_.cancel();
}

streams::Task<void> Doctor::examine_all() {
  const auto start = Clock::now();
  try {
    co_await set_up();
    print(headline(options_));
    unsigned group = 0;
    for (const Case* const one : options_.cases) {
      if (std::exchange(group, one->number.group) != one->number.group) print(group_line(group));
      co_await examine(one);
      if (outcomes_.interrupted) break;
      print(case_line(outcomes_.results.back()));
    }
  } catch (const std::exception& error) {
    if (!outcomes_.interrupted) failure_ = error.what();
  }
  outcomes_.time = Clock::now() - start;
  tasks_.cancel();
}

streams::Task<void> Doctor::set_up() {
  if (options_.way == Way::through) {
    const auto* const where = std::get_if<streams::HostPort>(&options_.origin);
    streams::Resolved resolved = co_await streams::resolve(loop_, *where);
    if (resolved.ec) throw std::runtime_error(options_.origin_name + ": " + resolved.ec.message());
    try {
      origin_ = std::make_unique<Origin>(loop_, std::move(resolved.endpoints));
    } catch (const std::system_error& error) {
      throw std::runtime_error(std::string("cannot be the origin: ") + error.what());
    }
  }
  co_await find_target();
  if (options_.way == Way::through) co_await find_origin_behind();
}

streams::Task<void> Doctor::find_target() {
  const auto timed = co_await streams::with_timeout(
      loop_, set_up_patience, streams::open_connection(loop_, options_.target));
  const std::error_code ec = timed.ec ? timed.ec : timed.value.ec;
  if (ec) throw std::runtime_error(options_.target_name + ": " + ec.message());
  target_ = timed.value.connection->writer().peername();
  timed.value.connection->writer().abort();
  if (origin_ != nullptr) origin_->owe();
}

// Some connect to their origin only when there is something to send, others look for it only now
// and then.
streams::Task<void> Doctor::find_origin_behind() {
  const auto deadline = Clock::now() + set_up_patience;
  while (Clock::now() < deadline && !outcomes_.interrupted) {
    const bool met = co_await settle();
    if (met) co_return;
  }
  throw std::runtime_error(options_.target_name + " makes no connection to " +
                           options_.origin_name + " for what connects to it; does it forward to " +
                           options_.origin_name + "?");
}

streams::Task<bool> Doctor::settle() {
  Account account;
  Bench bench(loop_, target_, origin_.get(), account);
  co_return co_await bench.settle();
}

streams::Task<void> Doctor::examine(const Case* one) {
  const auto start = Clock::now();
  const unsigned tries = options_.quick && one->tries > quick_tries ? quick_tries : one->tries;
  Trials trials(one->level, tries, options_.way == Way::through);
  CaseResult result;
  result.what = one;
  bool has_broken = false;
  while (!trials.is_over() && !outcomes_.interrupted) {
    Try done = co_await attempt(one, trials.next() == Trials::Next::direct);
    if (outcomes_.interrupted) break;
    trials.add(done.outcome);
    if (std::exchange(has_broken, has_broken || done.outcome == Outcome::broken)) continue;
    result.finding = std::move(done.finding);
    result.account = std::move(done.account);
  }
  result.verdict = trials.verdict();
  result.tries = trials.tries();
  result.broken = trials.broken();
  const std::string reason = trials.reason();
  if (!reason.empty()) {
    result.finding =
        result.finding.empty() || !trials.is_over() ? reason : reason + " (" + result.finding + ')';
  }
  result.time = Clock::now() - start;
  outcomes_.results.push_back(std::move(result));
}

streams::Task<Doctor::Try> Doctor::attempt(const Case* one, bool direct) {
  Try done;
  try {
    if (origin_ != nullptr && origin_->owed() != 0) co_await settle();
  } catch (const Unable&) {
    // It is what the case will find.
  }
  Bench bench(loop_, direct ? origin_->endpoint() : target_, origin_.get(), done.account);
  bench.quick = options_.quick;
  bench.way = options_.way;
  bool is_late = false;
  try {
    auto timed = co_await streams::with_timeout(loop_, one->bound, one->run(bench));
    is_late = static_cast<bool>(timed.ec);
    done.outcome = Outcome::held;
    done.finding = std::move(timed.value);
  } catch (...) {
    explain(std::current_exception(), done.outcome, done.finding);
  }
  // What it was in the middle of is then no finding.
  if (is_late || Account::Clock::now() - done.account.start() >= one->bound) {
    done.outcome = Outcome::unable;
    done.finding = "not over within " + std::to_string(one->bound.count()) + " s";
  }
  if (origin_ != nullptr) origin_->reopen();
  co_return std::move(done);
}

void Doctor::print(const std::string& text) { text_.write(text); }

int Doctor::finish() {
  for (std::size_t i = outcomes_.results.size(); i < options_.cases.size(); ++i) {
    CaseResult result;
    result.what = options_.cases[i];
    result.finding = "interrupted";
    outcomes_.results.push_back(std::move(result));
  }
  print(summary(outcomes_));
  if (json_.is_open()) json_.write(to_json(outcomes_));
  if (junit_.is_open()) junit_.write(to_junit(outcomes_));
  if (tap_.is_open()) tap_.write(to_tap(outcomes_));
  if (html_.is_open()) html_.write(to_html({record_of(outcomes_)}));
  int code = exit_code_of(outcomes_.results, options_.strict, outcomes_.interrupted);
  for (load::report::OutputFile* const file : {&text_, &json_, &junit_, &tap_, &html_}) {
    const std::string failed = file->close();
    if (failed.empty()) continue;
    std::fprintf(stderr, "echoline doctor: %s\n", failed.c_str());
    if (code != exit_code::interrupted) code = exit_code::failure;
  }
  return code;
}

}  // namespace client::doctor
