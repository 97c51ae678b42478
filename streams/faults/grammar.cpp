#include "streams/faults/grammar.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "streams/faults/actions.hpp"
#include "streams/faults/notations.hpp"
#include "streams/faults/words.hpp"
#include "streams/text/suggest.hpp"

namespace faults {
namespace {

using Kind = Place::Kind;

constexpr std::string_view direction_words[] = {"input", "output"};

/// Whether the word behind "every" is a time, not a size: its unit says so.
bool is_time(std::string_view word) noexcept {
  return !word.empty() && word[0] >= '0' && word[0] <= '9' &&
         std::string_view("sSmMhH").find(word.back()) != std::string_view::npos;
}

void read_delay(Words& words, Fault& fault) {
  if (words.take("normal")) {
    fault.time = words.take_time();
    fault.deviation = words.take_time();
    if (fault.deviation == Microseconds{}) fault.times = {{std::exchange(fault.time, {}), whole}};
    return;
  }
  std::uint64_t sum = 0;
  const bool has_shares = words.following().ends_with('%');
  do {
    Weighted row;
    row.time = words.take_time();
    if (has_shares) row.share = words.take_rounded(a_share, 1);
    sum += row.share;
    fault.times.push_back(row);
  } while (has_shares && words.begins_with_digit());
  if (sum != whole) words.fail("the shares of a delay must add up to 100%");
}

/// What stands between the action's name and its place.
void read_arguments(Words& words, Fault& fault) {
  switch (fault.action) {
    case Action::delay: return read_delay(words, fault);
    case Action::rate: fault.size = words.take_rate(); return;
    case Action::slice:
      fault.size = words.take_whole(a_size, 1);
      if (words.take("every")) fault.time = words.take_time();
      return;
    case Action::coalesce:
      fault.size = words.take_whole(a_size, 1);
      fault.time = words.take("within") ? words.take_time() : forever;
      return;
    case Action::stall: fault.time = words.take("forever") ? forever : words.take_time(); return;
    case Action::stop_reading: {
      const std::string_view next = words.following();
      const bool is_scope = next.ends_with('%') || next.empty() || next[0] < '0' || next[0] > '9';
      fault.time = forever;
      if (!is_scope && words.take("for")) fault.time = words.take_time();
      return;
    }
    case Action::refuse:
    case Action::backlog_full:
    case Action::slow_close: fault.time = words.take_time(); return;
    case Action::corrupt:
      fault.size = words.take("xor") ? words.take_number("mask", 1, 255) : 255;
      return;
    case Action::drop:
    case Action::duplicate: fault.size = words.take_whole(a_size, 1); return;
    case Action::insert:
      fault.size = words.take_whole(a_size, 1);
      if (is_time(words.following()) && words.take("every")) fault.time = words.take_time();
      return;
    case Action::answer: fault.text = words.take_quoted(); return;
    case Action::urgent:
      fault.size = words.begins_with_digit() ? words.take_number("byte", 0, 255) : '!';
      return;
    case Action::half_close:
    case Action::fin:
    case Action::reset:
    case Action::silent:
    case Action::close:
    case Action::swallow_reply:
    case Action::duplicate_reply:
    case Action::reorder_reply:
    case Action::ignore_fin: return;
  }
}

void check_bounds(Words& words, const Fault& fault) {
  const std::uint64_t most = fault.action == Action::coalesce    ? max_coalesced
                             : fault.action == Action::duplicate ? max_duplicated
                                                                 : most_bytes;
  if (fault.size > most) {
    words.fail(std::string(word(fault.action)) + " takes at most " + text::format_size(most));
  }
}

bool read_direction(Words& words, std::optional<Direction>& direction) {
  if (direction || !words.take("of")) return false;
  direction = words.take_one_of(direction_words, "stream") == 0 ? Direction::input  //
                                                                : Direction::output;
  return true;
}

/// The words of the kinds that `row` takes, for a message.
std::string places_of(const ActionRow& row) {
  constexpr std::pair<Kind, std::string_view> written[] = {
      {Kind::accept, "at accept"},      {Kind::byte, "at byte N"},
      {Kind::every_size, "every SIZE"}, {Kind::line, "after line N"},
      {Kind::every_line, "every line"}, {Kind::time, "after TIME"}};
  std::array<std::string_view, std::size(written)> taken;
  std::size_t count = 0;
  for (const auto& [kind, name] : written) {
    if (row.takes(kind)) taken[count++] = name;
  }
  if (count == 0) return "it takes no place";
  return (count == 1 ? "allowed is " : "allowed are ") +
         text::listed(std::span(taken).first(count), '"');
}

/// One of the three words that begin a place, if there is one: the place, save its stream.
std::optional<Place> read_place(Words& words) {
  Place place;
  if (words.take("at")) {
    constexpr std::string_view known[] = {"accept", "byte"};
    place.kind = words.take_one_of(known, "place") == 0 ? Kind::accept : Kind::byte;
    if (place.kind == Kind::byte) place.n = words.take_whole(a_size);
  } else if (words.take("every")) {
    place.kind = words.begins_with_digit() ? Kind::every_size : Kind::every_line;
    if (place.kind == Kind::every_size) {
      place.n = words.take_whole(a_size, 1);
    } else if (!words.take("line")) {
      constexpr std::string_view known[] = {"line", "64KiB"};
      words.refuse(known, "place");
    }
  } else if (words.take("after")) {
    place.kind = words.begins_with_digit() ? Kind::time : Kind::line;
    if (place.kind == Kind::time) {
      place.n = static_cast<std::uint64_t>(words.take_time().count());
    } else {
      words.demand("line");
      place.n = words.take_number("line", 1, most_bytes);
    }
  } else {
    return std::nullopt;
  }
  return place;
}

void read_where(Words& words, Fault& fault) {
  const ActionRow& row = row_of(fault.action);
  std::optional<Direction> direction;
  Words at_direction = words;
  read_direction(words, direction);
  const Words before = words;
  const std::optional<Place> place = read_place(words);
  if (words.has_failed()) return;
  fault.place.kind = row.kind;
  if (place) fault.place = *place;
  if (!row.takes(fault.place.kind)) {
    words = before;
    return words.fail("no place for \"" + std::string(row.name) + "\"; " + places_of(row));
  }
  if (!direction) at_direction = words;
  read_direction(words, direction);
  fault.place.of = direction.value_or(default_direction(fault.action, fault.place.kind));
  const bool is_taken = fault.place.of == Direction::input ? row.of_input : row.of_output;
  const bool has_stream = fault.place.kind != Kind::accept && fault.place.kind != Kind::end;
  if (words.has_failed() || (is_taken && (has_stream || !direction))) return;
  words = at_direction;
  words.fail("\"" + std::string(row.name) + "\" is " +
             (!has_stream    ? "of the whole connection"
              : row.of_input ? "of the input alone"
                             : "of the output alone"));
}

Scope read_scope(Words& words) {
  Scope scope;
  if (words.take("first")) {
    scope.kind = Scope::Kind::first;
    scope.n = words.take_number("number", 1, most_bytes);
    for (const std::string_view expected : {"of", "each", "source"}) words.demand(expected);
  } else if (words.take("every")) {
    scope.kind = Scope::Kind::every;
    scope.n = words.take_ordinal();
    words.demand("connection");
  } else if (words.begins_with_digit()) {
    scope.kind = Scope::Kind::share;
    scope.n = words.take_rounded(a_share, 1);
    for (const std::string_view expected : {"of", "connections"}) words.demand(expected);
  } else {
    constexpr std::string_view known[] = {"first", "every", "5%"};
    words.refuse(known, "scope");
  }
  return scope;
}

void check_rest(Words& words) {
  constexpr std::string_view known[] = {"at", "every", "after", "of", "with", "for"};
  if (words.at_end()) return;
  for (const std::string_view one : known) {
    if (!equal_in_any_case(words.word(), one)) continue;
    return words.fail("\"" + std::string(one) +
                      "\" is once too often or too late: the order is action, place, with, for");
  }
  words.refuse(known, "part of a fault");
}

}  // namespace

std::string_view word(Action action) noexcept { return row_of(action).name; }

ParsedFault parse(std::string_view text) {
  if (text.size() > max_text) {
    return {{}, {max_text + 1, "a fault has at most " + std::to_string(max_text) + " bytes"}};
  }
  std::array<std::string_view, action_count> names;
  std::ranges::transform(actions, names.begin(), &ActionRow::name);
  Words words(text);
  Fault fault;
  fault.action = static_cast<Action>(words.take_one_of(names, "action"));
  if (!words.has_failed()) read_arguments(words, fault);
  if (!words.has_failed()) check_bounds(words, fault);
  if (!words.has_failed()) read_where(words, fault);
  if (words.take("with")) fault.chance = words.take_rounded(a_share, 1);
  if (words.take("for")) fault.scope = read_scope(words);
  if (!words.has_failed()) check_rest(words);
  return {words.has_failed() ? Fault{} : fault, words.wrong()};
}

}  // namespace faults
