// echoline load: its options, made into a plan, and what becomes of the results.
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "client/command_line/load_values.hpp"
#include "client/command_line/options.hpp"
#include "client/command_line/subcommand.hpp"
#include "client/exit_code.hpp"
#include "client/load/messages.hpp"
#include "client/load/plan.hpp"
#include "client/load/preflight.hpp"
#include "client/load/run.hpp"

namespace client::command_line {
namespace {

using load::Plan;
using load::Protocol;

constexpr std::array<std::pair<std::string_view, Protocol>, 4> protocols{
    {{"echo", Protocol::echo},
     {"line", Protocol::line},
     {"discard", Protocol::discard},
     {"chargen", Protocol::chargen}}};
constexpr std::array<std::pair<std::string_view, load::Arrival>, 2> arrivals{
    {{"constant", load::Arrival::constant}, {"poisson", load::Arrival::poisson}}};

constexpr std::uint64_t max_connections = 1'000'000;
constexpr std::uint64_t max_pipeline = 65536;
constexpr std::uint64_t max_in_flight = std::uint64_t{1} << 30U;  // bytes on a connection

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) throw CLI::ValidationError("--payload", name + ": cannot be read");
  if (content.empty()) throw CLI::ValidationError("--payload", name + ": is empty");
  return content;
}

/// An option whose text `parse` reads and `take` puts where it belongs.
template <class Parse, class Take>
CLI::Option* add_parsed(CLI::App& app, const std::string& names, const std::string& what,
                        const std::string& form, Parse parse, Take take) {
  const std::string name = names.substr(names.find("--"));
  return app
      .add_option_function<std::vector<std::string>>(
          names,
          [name, parse, take](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              auto parsed = parse(text);
              if (!parsed) throw CLI::ValidationError(name, parsed.error);
              take(std::move(parsed.value));
            }
          },
          what)
      ->option_text(form)
      ->allow_extra_args(false);
}

[[noreturn]] void refuse(const std::string& why) { throw CLI::ValidationError(why); }

class LoadCommand final : public Subcommand {
 public:
  explicit LoadCommand(CLI::App& app) {
    add_target(app, target_);
    add_load(app);
    add_connections(app);
    add_messages(app);
    app.final_callback([this] { complete(); });
  }

  int run() override;

 private:
  void add_load(CLI::App& app);
  void add_connections(CLI::App& app);
  void add_messages(CLI::App& app);
  void complete();
  void complete_rate();
  void check_protocol() const;

  Target target_;
  Plan plan_;
  std::uint64_t requests_ = 0;
  std::uint64_t connections_ = plan_.connections;
  std::uint64_t pipeline_ = plan_.pipeline;
  std::uint64_t threads_ = plan_.threads;
  double rate_ = 0;
  std::vector<load::RateStage> ramps_;
  std::vector<load::RateStage> steps_;
  Duration busy_poll_{0};
  bool no_verify_ = false;
  CLI::Option* duration_ = nullptr;
  CLI::Option* size_ = nullptr;
  CLI::Option* protocol_ = nullptr;
  CLI::Option* arrival_ = nullptr;
};

void LoadCommand::add_load(CLI::App& app) {
  const auto take_rate = [](double& rate) { return [&rate](double value) { rate = value; }; };
  const auto append = [](std::vector<load::RateStage>& stages) {
    return [&stages](load::RateStage stage) { stages.push_back(stage); };
  };
  duration_ = add_duration(app, "-d,--duration", plan_.duration, "How long to measure (10s)",
                           std::chrono::milliseconds{1});
  add_count(app, "-n,--requests", requests_, "Stop after so many requests instead", 1);
  add_duration(app, "--warmup", plan_.warmup, "Load before the measurement (0s)");
  add_parsed(app, "-r,--rate", "Requests a second of all connections together, sent when due",
             "RATE", parse_rate, take_rate(rate_));
  add_parsed(app, "--ramp", "A rate that goes evenly from one to another", "FROM:TO:TIME",
             parse_ramp, append(ramps_));
  add_parsed(app, "--step", "A rate for a time; again for the next one", "RATE:TIME", parse_step,
             append(steps_));
  arrival_ = add_choice(app, "--arrival", plan_.arrival,
                        "How a rate's requests follow each other: constant (default) or poisson",
                        arrivals);
  add_count(app, "-t,--threads", threads_, "Threads that generate the load (1)", 1, 1024);
  add_count(app, "--seed", plan_.seed, "Of all that is drawn (1)", 0);
}

void LoadCommand::add_connections(CLI::App& app) {
  add_count(app, "-c,--connections", connections_, "Connections (50)", 1, max_connections);
  add_count(app, "-p,--pipeline", pipeline_, "Requests in flight on each (1)", 1, max_pipeline);
  app.add_flag("--churn", plan_.churn, "Connect, one exchange, close; and again");
  add_parsed(app, "--connect-rate", "Connections made a second, at most", "RATE", parse_rate,
             [this](double rate) { plan_.connect_rate = rate; });
  add_duration(app, "--connect-timeout", plan_.connect_timeout,
               "To make a connection, with all attempts (5s)", std::chrono::milliseconds{1});
  add_duration(app, "-W,--timeout", plan_.reply_timeout, "To wait for a reply (10s)",
               std::chrono::milliseconds{1});
  add_parsed(app, "--bind", "Source addresses, taken in turn; each has its own local ports",
             "ADDR[,ADDR]", parse_list, [this](std::vector<std::string> addresses) {
               for (std::string& address : addresses) plan_.bind.push_back(std::move(address));
             });
  app.add_flag("--nodelay,!--no-nodelay", plan_.nodelay, "TCP_NODELAY (on)");
  add_duration(app, "--busy-poll", busy_poll_, "Spin so long before sleeping (0s)", Duration{0},
               std::chrono::seconds{1});
}

void LoadCommand::add_messages(CLI::App& app) {
  protocol_ =
      add_choice(app, "--protocol", plan_.protocol,
                 "What the target speaks: echo (default), line, discard, chargen", protocols);
  size_ =
      add_parsed(app, "-s,--size", "Of a message, or of the text of a line (64)", "SIZE[..SIZE]",
                 parse_sizes, [this](std::pair<std::size_t, std::size_t> sizes) {
                   plan_.payload.min_size = sizes.first;
                   plan_.payload.max_size = sizes.second;
                 });
  app.add_option_function<std::string>(
         "--payload", [this](const std::string& name) { plan_.payload.content = read_file(name); },
         "Send the bytes of a file")
      ->option_text("FILE");
  app.add_option("--line", plan_.payload.line,
                 "Send this line; {seq}, {connection} and {random:N} differ each time")
      ->option_text("TEMPLATE");
  app.add_flag("--no-verify", no_verify_, "Count the bytes of replies and do not compare them");
}

void LoadCommand::complete() {
  plan_.target = target_.address;
  plan_.target_name = target_.name;
  plan_.connections = connections_;
  plan_.pipeline = pipeline_;
  plan_.threads = threads_;
  plan_.verify = !no_verify_;
  plan_.busy_poll = std::chrono::duration_cast<std::chrono::microseconds>(busy_poll_);
  if (requests_ != 0) {
    if (duration_->count() != 0) refuse("--duration and --requests: give one of them");
    plan_.requests = requests_;
  }
  if (!plan_.payload.line.empty()) {
    if (protocol_->count() == 0) plan_.protocol = Protocol::line;
    if (plan_.protocol != Protocol::line) refuse("--line is for --protocol line");
    if (size_->count() != 0) refuse("--line has a size of its own; leave --size out");
  }
  if (plan_.threads > plan_.connections) {
    refuse("--threads: " + std::to_string(threads_) + " are more than the " +
           std::to_string(connections_) + " --connections; take as many at most");
  }
  complete_rate();
  check_protocol();
}

void LoadCommand::complete_rate() {
  const int kinds = (rate_ > 0 ? 1 : 0) + (ramps_.empty() ? 0 : 1) + (steps_.empty() ? 0 : 1);
  if (kinds > 1) refuse("--rate, --ramp and --step: give one of them");
  if (rate_ > 0) plan_.stages = {{rate_, rate_, Duration{0}}};
  if (!ramps_.empty()) plan_.stages = ramps_;
  if (!steps_.empty()) plan_.stages = steps_;
  if (arrival_->count() != 0 && kinds == 0) refuse("--arrival needs a --rate");
  if (duration_->count() != 0 || plan_.requests || ramps_.size() + steps_.size() == 0) return;
  plan_.duration = Duration{0};
  for (const load::RateStage& stage : plan_.stages) plan_.duration += stage.time;
}

void LoadCommand::check_protocol() const {
  const bool one_way = plan_.protocol == Protocol::discard || plan_.protocol == Protocol::chargen;
  const load::Payload& payload = plan_.payload;
  if (one_way && plan_.churn) refuse("--churn needs replies; take --protocol echo or line");
  if (plan_.protocol == Protocol::chargen && (plan_.open_loop() || plan_.requests)) {
    refuse("--protocol chargen sends by itself; leave the rate and --requests out");
  }
  if (plan_.protocol == Protocol::line && !payload.content.empty()) {
    refuse("--payload is for echo and discard; take --line");
  }
  if (plan_.protocol == Protocol::line && payload.min_size != payload.max_size) {
    refuse("--size: lines have one size; take --line for others");
  }
  if (plan_.churn && plan_.pipeline > 1) refuse("--churn has one request on each connection");
  const std::size_t size = payload.content.empty() ? payload.max_size : payload.content.size();
  if (size * plan_.pipeline > max_in_flight) refuse("--size times --pipeline is over 1GiB");
  try {
    if (!payload.line.empty()) static_cast<void>(load::make_messages(plan_));
  } catch (const std::invalid_argument& error) {
    throw CLI::ValidationError("--line", error.what());
  }
}

double in_milliseconds(Duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

void print_latency(const char* name, const measure::Histogram& times) {
  if (times.empty()) return;
  std::printf("%s ms: p50 %.3f  p90 %.3f  p99 %.3f  p99.9 %.3f  max %.3f\n", name,
              in_milliseconds(times.percentile(50)), in_milliseconds(times.percentile(90)),
              in_milliseconds(times.percentile(99)), in_milliseconds(times.percentile(99.9)),
              in_milliseconds(times.max()));
}

/// Hands the results to those who report them.
void report(const load::Results& results) {
  const load::Figures& total = results.total;
  std::printf("%llu requests in %.3f s, %.1f a second; %llu bytes sent, %llu received\n",
              static_cast<unsigned long long>(total.requests),
              std::chrono::duration<double>(total.length).count(), total.rate(),
              static_cast<unsigned long long>(total.bytes_sent),
              static_cast<unsigned long long>(total.bytes_received));
  if (results.plan.open_loop()) std::printf("asked: %.1f a second\n", results.asked_rate);
  print_latency("response", total.response);
  print_latency("service ", total.service);
  print_latency("connect ", results.connect);
  print_latency("lag     ", results.health.lag);
  for (std::size_t kind = 0; kind < load::error_kind_names.size(); ++kind) {
    if (total.errors.of[kind] == 0) continue;
    std::printf("errors: %llu %s %s\n", static_cast<unsigned long long>(total.errors.of[kind]),
                std::string(load::error_kind_names[kind]).c_str(),
                results.error_examples[kind].c_str());
  }
  for (const load::Mismatch& mismatch : results.mismatches) {
    std::printf("mismatch: connection %llu, request %llu, offset %llu\n",
                static_cast<unsigned long long>(mismatch.connection),
                static_cast<unsigned long long>(mismatch.sequence),
                static_cast<unsigned long long>(mismatch.offset));
  }
  if (results.unsent != 0) {
    std::printf("unsent: %llu\n", static_cast<unsigned long long>(results.unsent));
  }
  for (const double busy : results.health.thread_busy) std::printf("thread busy: %.5f\n", busy);
  for (const std::string& note : results.notes) std::printf("note: %s\n", note.c_str());
  for (const std::string& why : results.health.invalid) std::printf("INVALID: %s\n", why.c_str());
}

int exit_code_of(const load::Results& results) {
  // Of a generator of unknown text only the bytes are counted.
  const bool answered =
      results.total.requests != 0 ||
      (results.plan.protocol == Protocol::chargen && results.total.bytes_received != 0);
  if (results.interrupted) return exit_code::interrupted;
  if (!answered || results.total.errors[load::ErrorKind::mismatch] != 0) return exit_code::failure;
  return results.valid() ? exit_code::success : exit_code::invalid;
}

int LoadCommand::run() {
  streams::EventLoop loop;
  const load::Preflight preflight = loop.run(load::preflight(loop, plan_));
  if (!preflight.error.empty()) {
    std::fprintf(stderr, "echoline load: %s\n", preflight.error.c_str());
    return exit_code::failure;
  }
  load::NoObserver observer;
  const load::Results results = loop.run(load::run(loop, plan_, preflight.reached, observer));
  report(results);
  return exit_code_of(results);
}

}  // namespace

const SubcommandEntry load_command{
    "load", "Put load on a service, verify every reply and measure",
    "  echoline load 127.0.0.1:7007                        50 connections as fast as they go, 10s\n"
    "  echoline load -c 1000 -r 50k -d 30s 127.0.0.1:7007  50,000 requests a second, sent when "
    "due\n"
    "  echoline load --ramp 1k:50k:30s 127.0.0.1:7007      more and more of them\n"
    "  echoline load --line 'ECHO {seq} {random:32}' 127.0.0.1:7008  lines\n",
    [](CLI::App& app) -> std::unique_ptr<Subcommand> {
      return std::make_unique<LoadCommand>(app);
    }};

}  // namespace client::command_line
