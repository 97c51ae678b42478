#include "client/doctor/doctor.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <asio/signal_set.hpp>

#include "client/doctor/admin.hpp"
#include "client/doctor/bench.hpp"
#include "client/doctor/record.hpp"
#include "client/exit_code.hpp"
#include "streams/await_asio.hpp"
#include "streams/exception_group.hpp"
#include "streams/open_connection.hpp"
#include "streams/proxy_header/parser.hpp"
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
  } catch (const std::exception& error) {
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
  while (Clock::now() < deadline && !outcomes_.interrupted) {
    const auto ahead = co_await settle();
    if (!ahead) continue;
    check_header(*ahead, options_);
    co_return;
  }
  throw std::runtime_error(options_.target_name + " makes no connection to " +
                           options_.origin_name + " for what connects to it; does it forward to " +
                           options_.origin_name + "?");
}

streams::Task<std::optional<std::string>> Doctor::settle() {
  Account account;
  Bench bench(loop_, options_, target_, false, origin_.get(), account);
  co_return co_await bench.settle();
}

streams::Task<void> Doctor::examine(const Case* one) {
  const auto start = Clock::now();
  const unsigned tries = options_.quick && one->tries > quick_tries ? quick_tries : one->tries;
  Trials trials(one->level, tries, has_proxy(options_.way));
  CaseResult result;
  result.what = one;
  bool has_broken = false;
  bool is_asked = true;
  while (!trials.is_over() && !outcomes_.interrupted) {
    Try done = co_await attempt(one, trials.next() == Trials::Next::direct);
    if (outcomes_.interrupted) break;
    trials.add(done.outcome);
    is_asked = done.is_asked;
    if (std::exchange(has_broken, has_broken || done.outcome == Outcome::broken)) continue;
    result.finding = std::move(done.finding);
    result.account = std::move(done.account);
  }
  result.verdict = trials.verdict();
  result.tries = trials.tries();
  result.broken = trials.broken();
  const std::string reason = trials.reason();
  if (!reason.empty() && is_asked) {
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
