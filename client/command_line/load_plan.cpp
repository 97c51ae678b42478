#include "client/command_line/load_plan.hpp"

#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "client/command_line/load_faults.hpp"
#include "client/command_line/load_values.hpp"
#include "client/command_line/proxy.hpp"
#include "client/load/messages.hpp"
#include "client/load/processors.hpp"
#include "client/measure/histogram.hpp"

namespace client::command_line {
namespace {

using load::Protocol;

/// The names of the protocols that fit, as in "echo or line".
std::string names_of(bool (*fits)(const Protocol&)) {
  std::string names;
  for (const Protocol* const protocol : load::protocols) {
    if (!fits(*protocol)) continue;
    if (!names.empty()) names += " or ";
    names += protocol->name;
  }
  return names;
}

const auto& protocol_choices() {
  static const auto choices = [] {
    std::array<std::pair<std::string_view, const Protocol*>, load::protocols.size()> all;
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = {load::protocols[i]->name, load::protocols[i]};
    }
    return all;
  }();
  return choices;
}

constexpr std::array<std::pair<std::string_view, load::Arrival>, 2> arrivals{
    {{"constant", load::Arrival::constant}, {"poisson", load::Arrival::poisson}}};

constexpr std::array<std::pair<std::string_view, load::Dispatch>, 2> dispatches{
    {{"free", load::Dispatch::free}, {"fixed", load::Dispatch::fixed}}};

constexpr std::array<std::pair<std::string_view, load::Close>, 2> closes{
    {{"fin", load::Close::fin}, {"reset", load::Close::reset}}};

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

}  // namespace

LoadPlan::LoadPlan(CLI::App& app) : tcp_(app) {
  add_targets(app, targets_);
  add_load(app);
  add_connections(app);
  add_messages(app);
}

void LoadPlan::add_load(CLI::App& app) {
  // A profile is in the order of the command line, which is that of the callbacks only then.
  const auto add_stage_option = [&app](const std::string& name, const std::string& what,
                                       const std::string& form, auto parse, auto take) {
    add_parsed(app, name, what, form, parse, take)->trigger_on_parse();
  };
  duration_ = add_duration(app, "-d,--duration", plan_.duration, "How long to measure (10s)",
                           std::chrono::milliseconds{1});
  add_count(app, "-n,--requests", requests_, "Stop after this many requests instead", 1);
  add_parsed(app, "--max-errors", "Fail and end the run after more errors", "N|N%",
             parse_error_limit, [this](const ErrorLimit& limit) {
               plan_.max_errors = limit.count;
               plan_.max_error_share = limit.share;
             });
  add_duration(app, "--warmup", plan_.warmup, "Load this long before measuring (0s)");
  add_parsed(app, "-r,--rate", "Requests per second, on all connections together", "RATE",
             parse_rate, [this](double rate) { rate_ = rate; });
  add_stage_option("--ramp", "A rate that changes steadily", "FROM:TO:TIME", parse_ramp,
                   [this](load::RateStage stage) { add_stage(stage); });
  add_stage_option("--step", "A constant rate for a time", "RATE:TIME", parse_step,
                   [this](load::RateStage stage) { add_stage(stage); });
  add_stage_option("--hold", "The rate reached so far, for a time", "TIME", parse_hold,
                   [this](Duration time) { add_hold(time); });
  arrival_ = add_choice(app, "--arrival", plan_.arrival,
                        "When requests are due: constant (default), poisson", arrivals);
  dispatch_ = add_choice(app, "--dispatch", plan_.dispatch,
                         "Which connection sends: a free one (default), or fixed", dispatches);
  add_count(app, "-t,--threads", threads_, "Threads that generate the load (1)", 1, 1024);
  add_count(app, "--seed", plan_.seed, "Of everything that is random (1)", 0);
}

void LoadPlan::add_connections(CLI::App& app) {
  add_count(app, "-c,--connections", connections_, "Connections (50)", 1, max_connections);
  add_count(app, "-p,--pipeline", pipeline_, "Requests in flight on each (1)", 1, max_pipeline);
  add_count(app, "--churn", plan_.churn, "A new connection for every N requests (1)", 1)
      ->option_text("[N]");
  add_choice(app, "--close", plan_.close, "Close connections with fin (default) or reset", closes);
  add_parsed(app, "--connect-rate", "Connections to open per second, at most", "RATE", parse_rate,
             [this](double rate) { plan_.connect_rate = rate; });
  add_duration(app, "--connect-timeout", plan_.connect_timeout, "How long to try to connect (5s)",
               std::chrono::milliseconds{1}, measure::Histogram::highest);
  add_duration(app, "-W,--timeout", plan_.reply_timeout, "How long to wait for a reply (10s)",
               std::chrono::milliseconds{1}, measure::Histogram::highest);
  add_parsed(app, "--bind", "Source addresses, used in turn", "ADDR[,ADDR]", parse_list,
             [this](std::vector<std::string> addresses) {
               for (std::string& address : addresses) plan_.bind.push_back(std::move(address));
             });
  add_proxy(app, plan_.proxy);
  add_faults(app, plan_.faults);
  busy_poll_option_ = add_duration(
      app, "--busy-poll", busy_poll_,
      "Spin this long before sleeping, 0s never (with a rate 100us before each request)",
      Duration{0}, std::chrono::seconds{1});
}

void LoadPlan::add_messages(CLI::App& app) {
  protocol_ = add_choice(app, "--protocol", plan_.protocol,
                         "echo (default), line, discard or chargen", protocol_choices());
  size_ =
      add_parsed(app, "-s,--size", "Size of a message, or of the text in a line (64)",
                 "SIZE[..SIZE]", parse_sizes, [this](std::pair<std::size_t, std::size_t> sizes) {
                   plan_.payload.min_size = sizes.first;
                   plan_.payload.max_size = sizes.second;
                 });
  app.add_option_function<std::string>(
         "--payload", [this](const std::string& name) { plan_.payload.content = read_file(name); },
         "Send the contents of a file")
      ->option_text("FILE");
  lines_.add_to(app);
  app.add_flag("--no-verify", no_verify_, "Count the bytes of replies, do not compare them");
}

void LoadPlan::complete() {
  for (const Target& target : targets_) plan_.targets.push_back({target.address, target.name});
  plan_.connections = connections_;
  if (plan_.targets.size() > plan_.connections) {
    refuse("--connections: " + std::to_string(connections_) + " are fewer than the " +
           std::to_string(plan_.targets.size()) + " targets; give at least as many");
  }
  plan_.pipeline = pipeline_;
  plan_.threads = threads_;
  plan_.own_descriptors = true;
  plan_.verify = !no_verify_;
  if (requests_ != 0) {
    if (duration_->count() != 0) refuse("--duration and --requests: give only one of them");
    plan_.requests = requests_;
  }
  lines_.complete(plan_.payload);
  const bool is_of_lines = plan_.payload.stamped || !plan_.payload.lines.empty();
  if (is_of_lines && protocol_->count() == 0) plan_.protocol = &load::line_protocol;
  if (!plan_.payload.lines.empty()) {
    if (!plan_.protocol->has_lines) refuse("--line is for --protocol line");
    if (size_->count() != 0) refuse("--line determines the size; leave out --size");
  }
  if (plan_.threads > plan_.connections) {
    refuse("--threads: " + std::to_string(threads_) + " are more than the " +
           std::to_string(connections_) + " --connections; give at most as many");
  }
  complete_rate();
  complete_spinning();
  check_protocol();
  plan_.socket = tcp_.complete(targets_);
}

void LoadPlan::complete_spinning() {
  plan_.busy_poll = std::chrono::duration_cast<std::chrono::microseconds>(busy_poll_);
  if (!plan_.open_loop()) return;
  if (busy_poll_option_->count() != 0) {
    plan_.awake_before_due = busy_poll_;
  } else if (load::Processors::of_this_process().let_spin(plan_.threads)) {
    plan_.awake_before_due = std::chrono::microseconds{100};
  }
}

void LoadPlan::add_hold(Duration time) {
  if (plan_.stages.empty()) {
    throw CLI::ValidationError("--hold",
                               "there is no rate to hold; put a --step or --ramp before it");
  }
  const double rate = plan_.stages.back().to;
  add_stage({rate, rate, time});
}

void LoadPlan::complete_rate() {
  if (rate_ && !plan_.stages.empty()) {
    refuse("--rate is for the whole run; with --ramp, --step and --hold use --step RATE:TIME");
  }
  if (rate_) {
    if (*rate_ <= 0) refuse("--rate: a rate of 0 sends nothing");
    plan_.stages = {{*rate_, *rate_, Duration{0}}};
  } else if (!plan_.stages.empty()) {
    if (duration_->count() == 0 && !plan_.requests) plan_.duration = plan_.profile_time();
    check_profile();
  }
  if (arrival_->count() != 0 && !plan_.open_loop()) refuse("--arrival needs a --rate");
  if (dispatch_->count() != 0 && !plan_.open_loop()) refuse("--dispatch needs a --rate");
}

void LoadPlan::check_profile() const {
  constexpr std::size_t max_stages = 100;
  const std::vector<load::RateStage>& stages = plan_.stages;
  if (stages.size() > max_stages) {
    refuse("--ramp, --step and --hold: " + std::to_string(stages.size()) + " stages are over " +
           std::to_string(max_stages));
  }
  double requests = 0;
  for (const load::RateStage& stage : stages) requests += stage.requests();
  if (requests <= 0) refuse("--ramp, --step and --hold: rates of 0 send nothing");
  // What comes after the last stage goes on at its rate.
  if (plan_.requests && stages.back().to <= 0 && requests < static_cast<double>(*plan_.requests)) {
    refuse("--requests: the profile has " + std::to_string(static_cast<std::uint64_t>(requests)) +
           " and ends at a rate of 0; end it with a --step for the others");
  }
}

void LoadPlan::check_stamped() const {
  constexpr std::size_t max_tag = 32 * 1024;  // bytes
  if (!plan_.protocol->has_lines) refuse("--stamped is for --protocol line");
  if (!plan_.verify) refuse("--stamped reads every reply; leave out --no-verify");
  if (plan_.churn != 0) refuse("--stamped needs connections that last; leave out --churn");
  if (plan_.payload.max_size > max_tag) refuse("--size: --stamped takes up to 32KiB");
}

void LoadPlan::check_protocol() const {
  const Protocol& protocol = *plan_.protocol;
  const load::Payload& payload = plan_.payload;
  if (!protocol.has_replies && plan_.churn != 0) {
    refuse("--churn needs replies; use --protocol " +
           names_of([](const Protocol& one) { return one.has_replies; }));
  }
  if (!protocol.has_requests && (plan_.open_loop() || plan_.requests)) {
    refuse("--protocol " + std::string(protocol.name) +
           " sends on its own; leave out the rate and --requests");
  }
  if (protocol.has_lines && !payload.content.empty()) {
    refuse("--payload is for echo and discard; use --line");
  }
  if (payload.stamped) check_stamped();
  if (!plan_.faults.empty() && !(protocol.has_requests && protocol.has_replies)) {
    refuse("--faults needs requests with replies; use --protocol " +
           names_of([](const Protocol& one) { return one.has_requests && one.has_replies; }));
  }
  if (protocol.has_lines && payload.min_size != payload.max_size) {
    refuse("--size: lines have one size; use --line for several");
  }
  if (plan_.churn != 0 && plan_.pipeline > plan_.churn) {
    refuse("--pipeline: --churn allows only " + std::to_string(plan_.churn) +
           " requests per connection");
  }
  const std::size_t size = payload.content.empty() ? payload.max_size : payload.content.size();
  if (size * plan_.pipeline > max_in_flight) refuse("--size times --pipeline is over 1GiB");
  if (!protocol.has_lines && !(payload.reply_last.empty() && payload.greeting.empty())) {
    refuse("--greeting and --reply-last are for --protocol line");
  }
}

}  // namespace client::command_line
