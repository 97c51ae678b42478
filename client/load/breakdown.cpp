#include "client/load/breakdown.hpp"

namespace client::load {
namespace {

std::size_t if_several(std::size_t count) { return count > 1 ? count : 0; }

}  // namespace

Breakdown::Breakdown(const Plan& plan)
    : plan_(plan),
      stages_(if_several(plan.stages.size())),
      targets_(if_several(plan.targets.size())),
      ends_(stages_.size(), Time::max()) {}

void Breakdown::begin(Time measured_from) noexcept {
  Time end = measured_from;
  // The last one goes on to the end of the run.
  for (std::size_t i = 0; i + 1 < ends_.size(); ++i) ends_[i] = end += plan_.stages[i].time;
  for (Target& target : targets_) target.availability.begin(measured_from);
}

void Breakdown::answered(Time due, Time sent, Time now, std::size_t target,
                         std::uint64_t requests) noexcept {
  for (Part* const part : {stage_at(due), static_cast<Part*>(target_at(target))}) {
    if (part == nullptr) continue;
    part->offered += requests;
    part->answered += requests;
    record(*part, due, sent, now, requests);
  }
}

void Breakdown::failed(ErrorKind kind, Time due, Time sent, Time now, std::size_t target,
                       std::uint64_t requests) noexcept {
  for (Part* const part : {stage_at(due), static_cast<Part*>(target_at(target))}) {
    if (part == nullptr) continue;
    part->offered += requests;
    part->errors[kind] += requests;
    record(*part, due, sent, now, requests);
  }
}

void Breakdown::connect_failed(std::size_t target) noexcept {
  if (Target* const one = target_at(target)) ++one->connects_failed;
}

void Breakdown::served(Time sent, Time now, std::size_t target) {
  if (Target* const one = target_at(target)) one->availability.served(sent, now);
}

void Breakdown::failing(Time since, Time now, std::size_t target) {
  if (Target* const one = target_at(target)) one->availability.failing(since, now);
}

Part* Breakdown::stage_at(Time due) noexcept {
  if (stages_.empty()) return nullptr;
  while (due >= ends_[stage_]) ++stage_;
  while (stage_ > 0 && due < ends_[stage_ - 1]) --stage_;
  return &stages_[stage_];
}

Breakdown::Target* Breakdown::target_at(std::size_t target) noexcept {
  return target < targets_.size() ? &targets_[target] : nullptr;
}

void Breakdown::record(Part& part, Time due, Time sent, Time now,
                       std::uint64_t requests) const noexcept {
  if (!plan_.protocol->has_replies) return;
  if (plan_.open_loop()) return part.times.record(now - due, requests);
  if (sent != Time{}) part.times.record(now - sent, requests);
}

}  // namespace client::load
