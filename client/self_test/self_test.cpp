#include "client/self_test/self_test.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <asio/signal_set.hpp>

#include "client/exit_code.hpp"
#include "client/load/preflight.hpp"
#include "client/self_test/findings.hpp"
#include "client/self_test/trial.hpp"
#include "streams/await_asio.hpp"
#include "streams/task_group.hpp"

namespace client::self_test {
namespace {

using namespace std::chrono_literals;

// So many that none of them has to wait for another's reply, at the longest delay.
constexpr std::size_t connections = 400;
constexpr double rate = 1000;
constexpr Duration duration = 2s;
// What other programs do comes in bursts of seconds: an attempt takes two, and one of five is
// nearly always let be.
constexpr int attempts = 5;
// The same of a rate, which takes half a second and is often simply too high.
constexpr int attempts_at_rate = 3;

constexpr std::array<double, 6> rates{1000, 5000, 20'000, 50'000, 100'000, 200'000};

/// The parts in their order, each printed when it is known.
class SelfTest {
 public:
  SelfTest(streams::EventLoop& loop, Print print)
      : loop_(loop), print_(std::move(print)), tasks_(loop) {}

  streams::Task<int> run();

 private:
  streams::Task<void> compare_with(Delays delays);
  streams::Task<void> starve();
  streams::Task<void> try_rates();
  streams::Task<void> watch_signals();
  streams::Task<void> try_all();
  bool is_interrupted(const Trial& trial);
  int exit_status() const;

  streams::EventLoop& loop_;
  Print print_;
  streams::TaskGroup tasks_;
  Findings findings_;
  bool interrupted_ = false;
};

streams::Task<void> SelfTest::compare_with(Delays delays) {
  Finding finding;
  // What is wrong once is wrong.
  for (int tried = 1; tried <= attempts && finding.verdict == Verdict::disturbed; ++tried) {
    auto trying = try_load(loop_, delays, rate, connections, duration);
    const Trial trial = co_await std::move(trying);
    if (is_interrupted(trial)) co_return;
    finding = find(delays, trial);
    finding.attempts = tried;
  }
  print_(text_of(finding));
  findings_.distributions.push_back(std::move(finding));
}

streams::Task<void> SelfTest::starve() {
  auto trying = try_starved(loop_);
  const std::optional<Trial> trial = co_await std::move(trying);
  if (trial) {
    if (is_interrupted(*trial)) co_return;
    findings_.starvation_noticed = !trial->results.valid();
  }
  print_(starvation_text(trial));
}

streams::Task<void> SelfTest::try_rates() {
  print_(rates_header());
  for (const double wanted : rates) {
    RateFinding finding;
    for (int tried = 1; tried <= attempts_at_rate && !finding.on_time(); ++tried) {
      auto trying = try_load(loop_, none, wanted, 50, 500ms);
      const Trial trial = co_await std::move(trying);
      if (is_interrupted(trial)) co_return;
      finding = find_rate(trial.results);
      finding.attempts = tried;
    }
    print_(text_of(finding));
    findings_.rates.push_back(finding);
    if (!finding.valid) co_return;
  }
}

bool SelfTest::is_interrupted(const Trial& trial) {
  interrupted_ |= trial.results.interrupted;
  return interrupted_;
}

// Each run ends by itself at a signal; this is for one that comes between two.
streams::Task<void> SelfTest::watch_signals() {
  asio::signal_set signals(loop_.context(), SIGINT, SIGTERM);
  const auto [ec, number] = co_await signals.async_wait(streams::use_task);
  if (!ec) interrupted_ = true;
}

streams::Task<void> SelfTest::try_all() {
  print_("A service of known times, measured as any other; its own log is the truth.\n");
  for (const Delays& delays : known) {
    if (!interrupted_) co_await compare_with(delays);
  }
  if (!interrupted_) co_await starve();
  if (!interrupted_) co_await try_rates();
  tasks_.cancel();
}

int SelfTest::exit_status() const {
  switch (verdict_of(findings_)) {
    case Verdict::right: break;
    case Verdict::wrong: return exit_code::failure;
    case Verdict::disturbed: return exit_code::invalid;
  }
  return exit_code::success;
}

streams::Task<int> SelfTest::run() {
  tasks_.spawn(watch_signals());
  tasks_.spawn(try_all());
  co_await tasks_.join();
  if (interrupted_) co_return exit_code::interrupted;
  print_(conclusion(findings_));
  co_return exit_status();
}

}  // namespace

streams::Task<int> self_test(streams::EventLoop& loop, Print print) {
  // Both ends of each connection are ours.
  const std::string error = load::check_open_files(2 * connections, 1);
  if (!error.empty()) throw std::runtime_error(error);
  SelfTest test(loop, std::move(print));
  co_return co_await test.run();
}

}  // namespace client::self_test
