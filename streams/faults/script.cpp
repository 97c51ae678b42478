#include "streams/faults/script.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "streams/faults/draw.hpp"
#include "streams/faults/grammar.hpp"
#include "streams/text/escape.hpp"

namespace faults {
namespace {

bool happens_at_accept(const Fault& fault, std::uint64_t index, const Identity& who) {
  return fault.place.kind == Place::Kind::accept && is_in_scope(fault, index, who) &&
         Draw(who, index, 0).happens(fault.chance);
}

/// The first of the plan that happens at accept.
std::optional<std::size_t> first_at_accept(const Plan& plan, const Identity& who) {
  for (std::size_t i = 0; i < plan.faults.size(); ++i) {
    if (happens_at_accept(plan.faults[i], i, who)) return i;
  }
  return std::nullopt;
}

bool is_done_with(const Rule& rule) noexcept { return rule.is_over() && !rule.lasts(); }

void append_hex(std::string& out, std::uint64_t number) {
  for (unsigned shift = 64; shift != 0; shift -= 8) {
    text::append_hex(out, static_cast<unsigned char>(number >> (shift - 8) & 0xFFU));
  }
}

}  // namespace

AtAccept at_accept(const Plan& plan, const Identity& who) {
  using What = AtAccept::What;
  const auto first = first_at_accept(plan, who);
  if (!first) return {};
  const Fault& fault = plan.faults[*first];
  switch (fault.action) {
    case Action::close: return {What::close, {}};
    case Action::refuse: return {What::refuse, fault.time};
    case Action::backlog_full: return {What::backlog_full, fault.time};
    default: return {};
  }
}

Script::Script(const Plan& plan, const Identity& who, Time now, const Bounds& bounds)
    : at_accept_(faults::at_accept(plan, who)),
      next_index_(plan.faults.size()),
      input_(Direction::input, shared_),
      output_(Direction::output, shared_) {
  shared_.who = who;
  shared_.bounds = bounds;
  if (const auto first = first_at_accept(plan, who)) {
    met_at_accept_ = plan.faults[*first];
    ++shared_.counts[static_cast<std::size_t>(met_at_accept_->action)];
    if (met_at_accept_->action == Action::silent) output_.mute();
  }
  for (std::size_t i = 0; i < plan.faults.size(); ++i) {
    const Fault& fault = plan.faults[i];
    if (fault.place.kind == Place::Kind::accept || !is_in_scope(fault, i, who)) continue;
    Rule rule{.fault = fault, .index = i};
    rule.begin({}, 0, now);
    flow_of(fault).add(std::move(rule));
  }
}

void Script::reply_ends(std::uint64_t offset) {
  output_.mark(offset);
  input_.log_.forget_before(output_.first_line_asked_for());
}

void Script::hurry() noexcept {
  shared_.is_hurried = true;
  input_.supply_.stop_generating();
  output_.supply_.stop_generating();
}

Here Script::here() const noexcept {
  return {input_.position(), output_.position(), input_.lines(), output_.lines()};
}

bool Script::add(const Fault& fault, const Here& from, Time now, By by) {
  if (fault.place.kind == Place::Kind::accept) return false;
  std::size_t in_force = 0;
  for (Flow* flow : {&input_, &output_}) {
    std::erase_if(flow->rules_, is_done_with);
    in_force += static_cast<std::size_t>(std::ranges::count_if(
        flow->rules_, [&](const Rule& rule) { return !rule.is_behind(from); }));
  }
  if (in_force >= Plan::max_faults) return false;
  Flow& flow = flow_of(fault);
  Rule rule{.fault = fault, .index = by == By::client ? next_index_++ : next_index_of_admin_++};
  rule.begin(from, flow.position(), now);
  flow.add(std::move(rule));
  return true;
}

bool Script::is_crowded() const noexcept {
  const auto left = [](const Flow& flow) {
    return flow.rules_.size() -
           static_cast<std::size_t>(std::ranges::count_if(flow.rules_, is_done_with));
  };
  return left(input_) + left(output_) > Plan::max_faults;
}

void Script::clear() {
  input_.clear();
  output_.clear();
}

std::vector<std::string> Script::show(const Here& at) const {
  std::vector<const Rule*> rules;
  for (const Flow* flow : {&input_, &output_}) {
    for (const Rule& rule : flow->rules_) {
      if (!rule.is_behind(at)) rules.push_back(&rule);
    }
  }
  std::ranges::sort(rules, {}, &Rule::index);
  std::vector<std::string> texts;
  if (output_.is_silent_) texts.push_back(to_text(*met_at_accept_));
  for (const Rule* rule : rules) texts.push_back(to_text(rule->fault));
  return texts;
}

std::string Script::met() const {
  std::string out;
  std::size_t shown = 0;
  std::uint64_t digest = 0;
  if (met_at_accept_) {
    append(out, {met_at_accept_->action, Encounter::Where::accept, 0});
    digest = static_cast<std::uint64_t>(met_at_accept_->action) + 1;
    ++shown;
  }
  std::uint64_t count = shown + shared_.timed_count;
  const auto add_up = [&](const Log& log, std::uint64_t line) {
    const Log::Sum sum = log.sum_up_to(line);
    count += sum.count;
    digest = mix(mix(digest) + sum.digest);
    log.append_up_to(line, out, shown);
  };
  add_up(input_.log_, shared_.input_counts);
  add_up(output_.log_, shared_.output_counts);
  for (const Encounter& one : shared_.timed) {
    if (shown == Log::max_shown) break;
    append(out, one);
    ++shown;
  }
  if (count == shown) return out;
  out += " +" + std::to_string(count - shown) + " more #";
  append_hex(out, digest);
  return out;
}

}  // namespace faults
