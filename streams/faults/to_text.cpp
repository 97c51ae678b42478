#include <string>

#include "streams/faults/actions.hpp"
#include "streams/faults/grammar.hpp"
#include "streams/faults/notations.hpp"
#include "streams/text/escape.hpp"

namespace faults {
namespace {

std::string share(std::uint64_t parts) {
  std::string out;
  text::append_decimal(out, parts, share_decimals);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  return out + '%';
}

std::string time(Microseconds value) {
  return value == forever ? "forever" : text::format_duration(value);
}

std::string ordinal(std::uint64_t n) {
  const std::uint64_t last = n % 100 / 10 == 1 ? 0 : n % 10;
  const std::string_view endings[] = {"th", "st", "nd", "rd"};
  return std::to_string(n).append(endings[last < 4 ? last : 0]);
}

std::string delay(const Fault& fault) {
  if (fault.times.empty()) return " normal " + time(fault.time) + ' ' + time(fault.deviation);
  std::string out;
  for (const Weighted& row : fault.times) {
    out += ' ' + time(row.time);
    if (row.share != whole) out += ' ' + share(row.share);
  }
  return out;
}

std::string arguments(const Fault& fault) {
  const std::string size = ' ' + text::format_size(fault.size);
  switch (fault.action) {
    case Action::delay: return delay(fault);
    case Action::rate: return size + "/s";
    case Action::slice:
    case Action::insert:
      return fault.time == Microseconds{} ? size : size + " every " + time(fault.time);
    case Action::coalesce:
      return fault.time == forever ? size : size + " within " + time(fault.time);
    case Action::stop_reading: return fault.time == forever ? "" : " for " + time(fault.time);
    case Action::stall:
    case Action::refuse:
    case Action::backlog_full:
    case Action::slow_close: return ' ' + time(fault.time);
    case Action::corrupt: return fault.size == 255 ? "" : " xor " + std::to_string(fault.size);
    case Action::drop:
    case Action::duplicate: return size;
    case Action::answer: return " \"" + text::escaped(fault.text, {.named = true}) + '"';
    case Action::urgent: return fault.size == '!' ? "" : ' ' + std::to_string(fault.size);
    default: return {};
  }
}

std::string place_of(const Fault& fault) {
  const Place& place = fault.place;
  std::string out;
  switch (place.kind) {
    case Place::Kind::accept: return " at accept";
    case Place::Kind::end: return {};
    case Place::Kind::byte: out = " at byte " + std::to_string(place.n); break;
    case Place::Kind::every_size: out = " every " + text::format_size(place.n); break;
    case Place::Kind::line: out = " after line " + std::to_string(place.n); break;
    case Place::Kind::every_line: out = " every line"; break;
    case Place::Kind::time:
      out = " after " + time(Microseconds(static_cast<Microseconds::rep>(place.n)));
      break;
  }
  if (place.of == default_direction(fault.action, place.kind)) return out;
  return out + (place.of == Direction::input ? " of input" : " of output");
}

std::string scope_of(const Scope& scope) {
  switch (scope.kind) {
    case Scope::Kind::all: return {};
    case Scope::Kind::first: return " for first " + std::to_string(scope.n) + " of each source";
    case Scope::Kind::every: return " for every " + ordinal(scope.n) + " connection";
    case Scope::Kind::share: return " for " + share(scope.n) + " of connections";
  }
  return {};
}

}  // namespace

std::string to_text(const Fault& fault) {
  std::string out(word(fault.action));
  out += arguments(fault) + place_of(fault);
  if (fault.chance != whole) out += " with " + share(fault.chance);
  return out + scope_of(fault.scope);
}

}  // namespace faults
