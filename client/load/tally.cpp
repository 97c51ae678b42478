#include "client/load/tally.hpp"

#include <algorithm>
#include <utility>

namespace client::load {

void Tally::failed(ErrorKind kind, Time due, Time sent, Time now, const std::string& words) {
  if (error_kinds[static_cast<std::size_t>(kind)].is_outage) {
    availability.failing(sent == Time{} ? due : sent, now);
  }
  if (due < measured_from) return failed_beside(kind, words);
  exemplify(kind, words);
  ++figures->errors[kind];
  if (!has_replies_) return;
  if (sent != Time{}) figures->service.record(now - sent);
  if (open_loop_) figures->response.record(now - due);
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
  for (const Time due : unsent) failed(ErrorKind::unsent, due, Time{}, now);
  unsent.clear();
  for (const auto& [due, size] : unsent_groups) {
    availability.failing(due, now);
    figures->errors[ErrorKind::unsent] += size;
    if (has_replies_) figures->response.record(now - due, size);
  }
  unsent_groups.clear();
}

void Tally::exemplify(ErrorKind kind, const std::string& words) {
  std::string& example = error_examples[static_cast<std::size_t>(kind)];
  if (example.empty()) example = words;
}

}  // namespace client::load
