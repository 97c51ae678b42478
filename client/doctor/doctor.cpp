#include "client/doctor/doctor.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "client/doctor/admin.hpp"
#include "client/doctor/expect.hpp"
#include "client/doctor/record.hpp"
#include "client/exit_code.hpp"
#include "client/interrupt.hpp"
#include "streams/await_asio.hpp"
#include "streams/exception_group.hpp"
#include "streams/open_connection.hpp"
#include "streams/proxy_header/parser.hpp"
#include "streams/resolve.hpp"
#include "streams/sleep.hpp"
#include "streams/text/escape.hpp"
#include "streams/timeout.hpp"

namespace client::doctor {
namespace {

using Clock = streams::EventLoop::Clock;

constexpr std::chrono::milliseconds pulse{20};
/// Who stood still for longer has seen things too late.
constexpr std::chrono::milliseconds standstill{100};

/// How long a proxy may take to find that its origin has come up.
constexpr std::chrono::seconds set_up_patience{10};

bool takes_standard_output(const Options& options) {
  return options.json == "-" || options.junit == "-" || options.tap == "-" || options.html == "-";
}

/// Whether what a proxy sends ahead of a client's octets is what it is said to send.
void check_header(const std::string& ahead, const Options& options) {
  if (options.expects_proxy) {
    if (!ahead.empty()) return;
    throw std::runtime_error(options.target_name + " sends no PROXY header to " +
                             options.origin_name + "; leave out --expect-proxy");
  }
  proxy_header::Parser parser;
  parser.take(ahead);
  if (parser.state() != proxy_header::Parser::State::complete) return;
  throw std::runtime_error(
      "connections from " + options.target_name + " to " + options.origin_name +
      " begin with a PROXY header; " +
      (options.proxy
           ? "give --expect-proxy where it makes one, or leave out --proxy where it takes none"
           : "give --expect-proxy"));
}

}  // namespace

void Doctor::explain(const std::exception_ptr& failure, Try& done) {
  try {
    std::rethrow_exception(failure);
  } catch (const streams::ExceptionGroup& group) {
    // The first of several tasks to fail is the cause: the others were cancelled.
    explain(group.exceptions().front(), done);
  } catch (const Broken& broken) {
    done.outcome = Outcome::broken;
    done.finding = broken.what();
  } catch (const NotAsked& reason) {
    done.outcome = Outcome::unable;
    done.finding = reason.what();
    done.is_asked = false;
  } catch (const NoConnection& none) {
    done.outcome = Outcome::broken;
    done.finding = none.what();
  } catch (const std::runtime_error& error) {
    // Of a peer or the machine. Anything else is a bug of doctor's, which is no finding.
    done.outcome = Outcome::unable;
    done.finding = error.what();
  }
}

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
  tasks_.spawn(watch_standstills());
  tasks_.spawn(examine_all());
  co_await tasks_.join();
  co_return finish();
}

streams::Task<void> Doctor::watch_interrupts() {
  const std::error_code ec = co_await interrupted(loop_);
  if (ec) co_return;
  outcomes_.interrupted = true;
  tasks_.cancel();
}

streams::Task<void> Doctor::watch_standstills() {
  for (;;) {
    beat_ = Clock::now();
    const std::error_code ec = co_await streams::sleep_for(loop_, pulse);
    if (ec) co_return;
    stood_still_ = std::max(stood_still_, Clock::now() - beat_ - pulse);
  }
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
      // Nobody reads on, and nothing else is written.
      if (text_.has_failed() && !has_reports(options_)) break;
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
  target_ = co_await find(options_.target, options_.target_name);
  if (options_.way == Way::through) {
    origin_->owe();
    behind_ = origin_->endpoint();
    co_await find_origin_behind();
  }
  if (options_.way == Way::behind) {
    behind_ = co_await find(options_.behind, options_.behind_name);
    static_cast<void>(co_await ask_ended(loop_, options_.admin, options_.admin_name));
  }
}

/// Where somebody answers.
streams::Task<streams::Endpoint> Doctor::find(streams::Address address, std::string name) {
  const auto timed = co_await streams::with_timeout(
      loop_, set_up_patience, streams::open_connection(loop_, std::move(address)));
  const std::error_code ec = timed.ec ? timed.ec : timed.value.ec;
  if (ec) throw std::runtime_error(name + ": " + ec.message());
  const streams::Endpoint found = timed.value.connection->writer().peername();
  timed.value.connection->writer().abort();
  co_return found;
}

// Some connect to their origin only when there is something to send, others look for it only now
// and then.
streams::Task<void> Doctor::find_origin_behind() {
  const auto deadline = Clock::now() + set_up_patience;
  std::string instead;
  while (Clock::now() < deadline && !outcomes_.interrupted) {
    const Bench::Settled settled = co_await settle();
    if (settled.ahead) {
      check_header(*settled.ahead, options_);
      co_return;
    }
    if (!settled.instead.empty()) instead = settled.instead;
  }
  if (!instead.empty()) {
    throw std::runtime_error("what comes from " + options_.target_name + " to " +
                             options_.origin_name +
                             " is not what was sent to it, but begins with " + shown(instead));
  }
  throw std::runtime_error(options_.target_name + " makes no connection to " +
                           options_.origin_name + " for what connects to it; does it forward to " +
                           options_.origin_name + "?");
}

streams::Task<Bench::Settled> Doctor::settle() {
  Account account;
  Bench bench(loop_, options_, target_, false, origin_.get(), account);
  Bench::Settled settled;
  try {
    auto timed = co_await streams::with_timeout(loop_, set_up_patience, bench.settle());
    settled = std::move(timed.value);
  } catch (const std::runtime_error&) {
    // It is what a case will find.
  }
  origin_->forgive();
  co_return std::move(settled);
}

streams::Task<void> Doctor::examine(const Case* one) {
  const auto start = Clock::now();
  const unsigned tries = options_.quick && one->tries > quick_tries ? quick_tries : one->tries;
  Trials trials(one->level, tries, has_proxy(options_.way));
  CaseResult result;
  result.what = one;
  bool has_broken = false;
  unsigned excused = 0;
  while (!trials.is_over() && !outcomes_.interrupted) {
    Try done = co_await attempt(one, trials.next() == Trials::Next::direct);
    if (outcomes_.interrupted) break;
    const bool is_excused = done.outcome == Outcome::broken && done.stood_still;
    if (is_excused && ++excused <= Trials::to_be_sure) continue;
    trials.add(done.outcome);
    result.is_asked = done.is_asked;
    if (std::exchange(has_broken, has_broken || done.outcome == Outcome::broken)) continue;
    // Some of it is a peer's own words.
    result.finding = text::printable(done.finding);
    result.account = std::move(done.account);
  }
  result.verdict = trials.verdict();
  result.tries = trials.tries();
  result.broken = trials.broken();
  const std::string reason = trials.reason();
  if (!reason.empty() && result.is_asked) {
    result.finding =
        result.finding.empty() || !trials.is_over() ? reason : reason + " (" + result.finding + ')';
  }
  result.time = Clock::now() - start;
  outcomes_.results.push_back(std::move(result));
}

streams::Task<Doctor::Try> Doctor::attempt(const Case* one, bool direct) {
  if (origin_ != nullptr && origin_->owed() != 0) co_await settle();
  stood_still_ = {};
  Try done;
  Bench bench(loop_, options_, direct ? behind_ : target_, direct, origin_.get(), done.account);
  bool is_late = false;
  try {
    auto timed = co_await streams::with_timeout(loop_, one->bound, one->run(bench));
    is_late = static_cast<bool>(timed.ec);
    done.outcome = Outcome::held;
    done.finding = std::move(timed.value);
  } catch (...) {
    explain(std::current_exception(), done);
  }
  // What it was in the middle of is then no finding.
  if (is_late || Account::Clock::now() - done.account.start() >= one->bound) {
    done.outcome = Outcome::broken;
    done.finding = "not over within " + std::to_string(one->bound.count()) + " s";
  }
  done.stood_still = std::max(stood_still_, Clock::now() - beat_ - pulse) > standstill;
  if (origin_ != nullptr) origin_->reopen();
  co_return std::move(done);
}

void Doctor::print(const std::string& text) { text_.write(text); }

int Doctor::finish() {
  const bool has_begun = failure_.empty() || !outcomes_.results.empty();
  for (std::size_t i = outcomes_.results.size(); i < options_.cases.size(); ++i) {
    CaseResult result;
    result.what = options_.cases[i];
    result.finding = failure_.empty() ? "interrupted" : failure_;
    outcomes_.results.push_back(std::move(result));
  }
  if (has_begun) print(summary(outcomes_));
  if (json_.is_open()) json_.write(to_json(outcomes_));
  if (junit_.is_open()) junit_.write(to_junit(outcomes_));
  if (tap_.is_open()) tap_.write(to_tap(outcomes_));
  if (html_.is_open()) html_.write(to_html({record_of(outcomes_)}));
  int code = exit_code_of(outcomes_.results, options_.strict, outcomes_.interrupted);
  if (!failure_.empty()) {
    std::fprintf(stderr, "echoline doctor: %s\n", text::printable(failure_).c_str());
    code = exit_code::failure;
  }
  for (load::report::OutputFile* const file : {&text_, &json_, &junit_, &tap_, &html_}) {
    const std::string failed = file->close();
    if (failed.empty()) continue;
    std::fprintf(stderr, "echoline doctor: %s\n", text::printable(failed).c_str());
    if (code != exit_code::interrupted) code = exit_code::failure;
  }
  return code;
}

}  // namespace client::doctor
