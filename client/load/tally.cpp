#include "client/load/tally.hpp"

#include <algorithm>
#include <utility>

#include "streams/text/escape.hpp"

namespace client::load {

Tally::Tally(const Plan& plan)
    : with_stamps(plan.payload.stamped ? std::make_unique<Stamped>() : nullptr),
      breakdown(Breakdown::is_wanted(plan) ? std::make_unique<Breakdown>(plan) : nullptr),
      has_replies_(plan.protocol->has_replies),
      open_loop_(plan.open_loop()) {}

void Tally::failed(ErrorKind kind, Time due, Time sent, Time now, std::size_t target,
                   const std::string& words) {
  if (error_kinds[static_cast<std::size_t>(kind)].is_outage) {
    failing(sent == Time{} ? due : sent, now, target);
  }
  if (due < measured_from) return failed_beside(kind, words);
  exemplify(kind, words);
  ++figures->errors[kind];
  if (breakdown != nullptr) breakdown->failed(kind, due, sent, now, target);
  if (!has_replies_) return;
  if (sent != Time{}) figures->service.record(now - sent);
  if (open_loop_) figures->response.record(now - due);
}

void Tally::received(std::uint64_t lines, Time now, std::size_t target) {
  availability.served(now, now);
  if (breakdown != nullptr) breakdown->served(now, now, target);
  if (lines == 0 || now < measured_from) return;
  last_reply = now;
  figures->offered += lines;
  figures->answered += lines;
  if (breakdown != nullptr) breakdown->answered(now, now, now, target, lines);
}

void Tally::connect_failed(std::size_t target) noexcept {
  ++figures->connects_failed;
  if (breakdown != nullptr) breakdown->connect_failed(target);
}

void Tally::failing(Time since, Time now, std::size_t target) {
  availability.failing(since, now);
  if (breakdown != nullptr) breakdown->failing(since, now, target);
}

void Tally::answered_in_pieces(Time due, Time sent, Time first, Time now) {
  if (due < measured_from || !has_replies_) return;
  if (pieced == nullptr) pieced = std::make_unique<Pieced>();
  pieced->first_byte.record(first - sent);
  pieced->service.record(now - sent);
}

void Tally::failed_beside(ErrorKind kind, const std::string& words) {
  exemplify(kind, words);
  ++other_errors[kind];
}

void Tally::note(Mismatch mismatch) {
  ++wrong_replies;
  if (mismatches.size() < max_mismatches) mismatches.push_back(std::move(mismatch));
}

void Tally::fail_unsent(Time now) {
  for (const Time due : unsent) failed(ErrorKind::unsent, due, Time{}, now, no_target);
  unsent.clear();
  for (const auto& [due, size] : unsent_groups) {
    failing(due, now, no_target);
    figures->errors[ErrorKind::unsent] += size;
    if (breakdown != nullptr) {
      breakdown->failed(ErrorKind::unsent, due, Time{}, now, no_target, size);
    }
    if (has_replies_) figures->response.record(now - due, size);
  }
  unsent_groups.clear();
}

void Tally::exemplify(ErrorKind kind, const std::string& words) {
  std::string& example = error_examples[static_cast<std::size_t>(kind)];
  // Some of them are a service's own, and go to a terminal.
  if (example.empty()) example = text::printable(words);
}

}  // namespace client::load
