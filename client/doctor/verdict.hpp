// Verdict: what is said of a case, from how its tries went. Trials is the state machine that says
// which try comes next and what they come to in the end: it knows no socket and no clock.
//
// What goes through a proxy is first tried without it: what is broken then is the machine's doing,
// and nothing can be said of the proxy. What was broken once is tried again, with and without the
// proxy by turns, so that nothing is called broken on one try, nor for a machine that has become
// slow meanwhile. What depends on timing has several tries from the start.
#pragma once

#include <cstdint>
#include <string>

#include "client/doctor/case.hpp"

namespace client::doctor {

/// How one try went.
enum class Outcome : std::uint8_t { held, broken, unable };

enum class Verdict : std::uint8_t {
  pass,
  fail,           ///< a MUST was broken
  not_strict,     ///< a SHOULD was broken: a failure with --strict
  informational,  ///< there is no right and wrong
  skipped,        ///< it could not be told, for a reason that is given
};
/// `pass`, `fail`, `not strict`, `informational`, `skipped`.
const char* to_string(Verdict verdict) noexcept;
/// `MUST`, `SHOULD`, `INFO`.
const char* to_string(Level level) noexcept;

/// Whether it makes the whole fail.
constexpr bool is_failure(Verdict verdict, bool strict) noexcept {
  return verdict == Verdict::fail || (strict && verdict == Verdict::not_strict);
}

class Trials {
 public:
  enum class Next : std::uint8_t { direct, examined, none };

  /// `tries` is at least 1; `direct_first` where there is a proxy.
  Trials(Level level, unsigned tries, bool direct_first) noexcept
      : level_(level), wanted_(tries), direct_(direct_first) {}

  /// Of what kind the next try is.
  Next next() const noexcept;
  /// How that one went.
  void add(Outcome outcome) noexcept;

  /// Before next() is none: skipped, for it was interrupted.
  Verdict verdict() const noexcept;
  /// Where it is skipped, why; empty where the tries themselves say it.
  std::string reason() const;
  unsigned tries() const noexcept { return held_ + broken_; }
  unsigned broken() const noexcept { return broken_; }
  bool is_over() const noexcept { return next() == Next::none; }

  /// So many tries are made of what was broken once.
  static constexpr unsigned to_be_sure = 3;

 private:
  bool machine_is_to_blame() const noexcept { return direct_broken_ != 0; }
  bool is_unsure() const noexcept { return unable_ && broken_ == 1; }

  Level level_;
  unsigned wanted_;
  bool direct_;
  unsigned direct_tries_ = 0;
  unsigned direct_broken_ = 0;
  unsigned held_ = 0;
  unsigned broken_ = 0;
  bool unable_ = false;
  bool direct_unable_ = false;
};

}  // namespace client::doctor
