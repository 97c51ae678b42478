#include "client/doctor/verdict.hpp"

namespace client::doctor {

const char* to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::fail: return "fail";
    case Verdict::not_strict: return "not strict";
    case Verdict::informational: return "informational";
    case Verdict::skipped: break;
  }
  return "skipped";
}

const char* to_string(Level level) noexcept {
  switch (level) {
    case Level::must: return "MUST";
    case Level::should: return "SHOULD";
    case Level::info: break;
  }
  return "INFO";
}

Trials::Next Trials::next() const noexcept {
  if (unable_ || direct_unable_) return Next::none;
  if (direct_ && direct_tries_ == 0) return Next::direct;
  if (machine_is_to_blame()) {
    return direct_tries_ < to_be_sure ? Next::direct : Next::none;
  }
  if (level_ == Level::info) return tries() < wanted_ ? Next::examined : Next::none;
  if (direct_ && direct_tries_ <= broken_) return Next::direct;
  if (broken_ >= to_be_sure) return Next::none;
  if (tries() < wanted_) return Next::examined;
  return broken_ != 0 && tries() < to_be_sure ? Next::examined : Next::none;
}

void Trials::add(Outcome outcome) noexcept {
  if (next() == Next::direct) {
    ++direct_tries_;
    direct_broken_ += outcome == Outcome::broken ? 1U : 0U;
    direct_unable_ = outcome == Outcome::unable;
    return;
  }
  held_ += outcome == Outcome::held ? 1U : 0U;
  broken_ += outcome == Outcome::broken ? 1U : 0U;
  unable_ = outcome == Outcome::unable;
}

Verdict Trials::verdict() const noexcept {
  if (!is_over() || machine_is_to_blame() || direct_unable_) return Verdict::skipped;
  if (level_ == Level::info) return unable_ ? Verdict::skipped : Verdict::informational;
  if (is_unsure()) return Verdict::skipped;
  if (broken_ != 0) return level_ == Level::must ? Verdict::fail : Verdict::not_strict;
  return unable_ ? Verdict::skipped : Verdict::pass;
}

std::string Trials::reason() const {
  if (!is_over()) return "interrupted";
  if (machine_is_to_blame()) {
    return "without the proxy it is so, too, in " + std::to_string(direct_broken_) + " of " +
           std::to_string(direct_tries_) + " tries: this machine's doing";
  }
  if (direct_unable_) return "without the proxy it cannot be told, either";
  return is_unsure() ? "broken once, and then it could not be tried again" : "";
}

}  // namespace client::doctor
