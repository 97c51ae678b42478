#include "client/load/collect.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "client/load/schedule.hpp"

namespace client::load {
namespace {

/// When the first and the last request were sent and answered, of all threads.
struct Span {
  Time first_reply = Time::max();
  Time last_reply;
  Time last_sent;
};

void take(Results& results, const Breakdown& breakdown) {
  const std::vector<Part>& stages = breakdown.stages();
  results.stages.resize(stages.size());
  for (std::size_t i = 0; i < stages.size(); ++i) results.stages[i].add(stages[i]);
  const std::vector<Breakdown::Target>& targets = breakdown.targets();
  results.targets.resize(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    results.targets[i].add(targets[i]);
    results.targets[i].connects_failed += targets[i].connects_failed;
  }
}

void take(Results& results, Tally& tally, Pieced& pieced) {
  if (tally.pieced != nullptr) {
    pieced.first_byte.add(tally.pieced->first_byte);
    pieced.service.add(tally.pieced->service);
  }
  if (tally.with_stamps != nullptr) results.stamped.add(*tally.with_stamps);
  results.connect.add(tally.connect);
  results.network.add(tally.network);
  results.health.lag.add(tally.lag);
  results.health.own_lag.add(tally.own_lag);
  results.health.out_of_ports += tally.out_of_ports;
  results.other_errors.add(tally.other_errors);
  if (tally.breakdown != nullptr) take(results, *tally.breakdown);
  for (Mismatch& mismatch : tally.mismatches) {
    if (results.mismatches.size() == Tally::max_mismatches) break;
    results.mismatches.push_back(std::move(mismatch));
  }
  for (std::string& note : tally.notes) {
    const auto known = std::find(results.notes.begin(), results.notes.end(), note);
    if (known == results.notes.end()) results.notes.push_back(std::move(note));
  }
  for (std::size_t kind = 0; kind < tally.error_examples.size(); ++kind) {
    std::string& example = results.error_examples[kind];
    if (example.empty()) example = std::move(tally.error_examples[kind]);
  }
}

// Leaves out the stages that had not begun after `offering`.
void conclude_stages(Results& results, Duration offering) {
  const std::vector<RateStage>& stages = results.plan.stages;
  Duration start{0};
  for (std::size_t i = 0; i < results.stages.size(); ++i) {
    StagePart& part = results.stages[i];
    part.start = start;
    part.length = std::max(offering - start, Duration::zero());
    start += stages[i].time;
    // The last one goes on to the end.
    if (i + 1 < stages.size()) part.length = std::min(part.length, stages[i].time);
  }
  std::erase_if(results.stages, [](const StagePart& part) {
    return part.offered == 0 && part.length == Duration::zero();
  });
}

// Each over its own time. An answer comes later than its request, and the last one after the end;
// that alone makes nobody slower than what was offered.
void conclude_rates(Results& results, const Span& span, Time measured_from) {
  const Figures& total = results.total;
  const Plan& plan = results.plan;
  Duration offering = total.length;
  if (plan.open_loop()) {
    const Schedule schedule(plan.stages, Duration::zero());
    offering = std::min(offering, plan.requests ? schedule.due(static_cast<double>(*plan.requests))
                                                : plan.duration);
    results.asked_rate = per_second(schedule.position(offering), offering);
    conclude_stages(results, offering);
  }
  Duration answering = total.length;
  if (plan.open_loop() && total.answered != 0) {
    answering = std::max(offering, span.last_reply - span.first_reply);
  }
  results.rates.offered = per_second(static_cast<double>(total.offered), offering);
  results.rates.sent = per_second(static_cast<double>(total.sent()),
                                  std::max(offering, span.last_sent - measured_from));
  results.rates.answered = per_second(static_cast<double>(total.answered), answering);
}

void find_outages_of_targets(Results& results,
                             std::span<const std::unique_ptr<Generator>> generators) {
  for (std::size_t i = 0; i < results.targets.size(); ++i) {
    std::vector<const Availability*> threads;
    for (const auto& generator : generators) {
      threads.push_back(&generator->tally().breakdown->targets()[i].availability);
    }
    results.targets[i].outages = Availability::outages(threads, results.total.length);
  }
}

}  // namespace

void collect(Results& results, std::span<const std::unique_ptr<Generator>> generators,
             Time measured_from) {
  Span span;
  Pieced pieced;
  std::vector<const Availability*> availabilities;
  for (const auto& generator : generators) {
    Tally& tally = generator->tally();
    take(results, tally, pieced);
    results.health.threads.push_back(generator->load());
    // What stops one of them usually stops all.
    if (generator->standstills().total > results.health.standstills.total) {
      results.health.standstills = generator->standstills();
    }
    if (tally.first_reply != Time{})
      span.first_reply = std::min(span.first_reply, tally.first_reply);
    span.last_reply = std::max(span.last_reply, tally.last_reply);
    span.last_sent = std::max(span.last_sent, tally.last_sent);
    availabilities.push_back(&tally.availability);
  }
  if (!pieced.service.empty()) {
    results.first_byte.add(results.total.service);
    results.first_byte.exchange(pieced.service, pieced.first_byte);
  }
  if (measured_from == Time::max()) return results.stages.clear();
  results.outages = Availability::outages(availabilities, results.total.length);
  find_outages_of_targets(results, generators);
  conclude_rates(results, span, measured_from);
}

}  // namespace client::load
