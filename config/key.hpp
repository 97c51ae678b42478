// A Key: one row of the configuration's table. It says how a key is called, what it takes, where it
// may stand, which member it fills, and what it is for; reading, printing and messages come from
// it. Constant; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "config/config.hpp"

namespace config {

/// What a key takes.
enum class Unit {
  integer,
  size,      ///< "64KiB", in bytes
  duration,  ///< "250ms", in microseconds
  dscp,      ///< 46, or "ef"
  choice,    ///< one of its words; true and false are the booleans
  networks,  ///< an array of CIDR strings
  texts,     ///< an array of strings, which are checked where they are read
  text       ///< any string; what else holds for it is said where it is read
};

/// The table of the file in which a key stands.
enum class Table {
  top,
  limits,  ///< [limits], and each [[listener]] for itself
  budget,  ///< [limits] alone
  access,  ///< [access], likewise
  tcp,     ///< [tcp], and likewise
  log,
  admin,
  metrics,
  listener,
  option  ///< a protocol's own: where those of `limits` stand
};

template <typename Owner>
inline constexpr Table table_of = Table::option;
template <>
inline constexpr Table table_of<Config> = Table::top;
template <>
inline constexpr Table table_of<Limits> = Table::limits;
template <>
inline constexpr Table table_of<Budget> = Table::budget;
template <>
inline constexpr Table table_of<Access> = Table::access;
template <>
inline constexpr Table table_of<streams::SocketOptions> = Table::tcp;
template <>
inline constexpr Table table_of<Log> = Table::log;
template <>
inline constexpr Table table_of<Admin> = Table::admin;
template <>
inline constexpr Table table_of<Metrics> = Table::metrics;
template <>
inline constexpr Table table_of<Listener> = Table::listener;

/// In the unit's smallest parts.
struct Range {
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::int64_t step = 1;
};

struct Key {
  std::string_view name;
  std::string_view text;  ///< what it is for, as in the sample; one line
  Unit unit;
  Range range;                              ///< of a number
  std::span<const std::string_view> words;  ///< of a choice, in the order of the enumerators
  Table table;
  /// Whether it is printed for each listener, usual or not.
  bool is_always_printed = false;

  /// The member's value in an `Owner` left at its defaults.
  Setting (*preset)();

  /// The member's value. Throws std::logic_error if it is no member of Owner.
  template <typename Owner>
  Setting get(const Owner& owner) const {
    require<Owner>();
    return get_member(&owner);
  }
  /// Gives the member a value that is in range. Throws std::logic_error as get() does.
  template <typename Owner>
  void set(Owner& owner, const Setting& value) const {
    require<Owner>();
    set_member(&owner, value);
  }

  // Of the owner's type there is no trace but these, so that rows of all owners are of one type and
  // stand in one table.
  const void* owner_tag;
  Setting (*get_member)(const void* owner);
  void (*set_member)(void* owner, const Setting& value);

  template <typename Owner>
  static constexpr char tag_of = 0;

 private:
  template <typename Owner>
  void require() const {
    if (owner_tag != &tag_of<Owner>) {
      throw std::logic_error("the key " + std::string{name} + " is of another struct");
    }
  }
};

/// `value` as it stands in a file: `4`, `"64KiB"`. Many networks are a line each.
std::string to_toml(const Key& key, const Setting& value);

/// What is allowed: `0 to 256`, `"64B" to "1MiB"`, `"wait", "refuse"`. Empty for texts and for
/// networks.
std::string range_of(const Key& key);

namespace detail {

template <auto Member>
struct MemberOf;

template <typename Owner, typename T, T Owner::*Member>
struct MemberOf<Member> {
  using OwnerType = Owner;
  using Type = T;
  static constexpr bool is_whole = std::is_same_v<T, std::string> ||
                                   std::is_same_v<T, text::NetworkSet> ||
                                   std::is_same_v<T, std::vector<std::string>>;

  static Setting get(const void* owner) {
    const T& value = static_cast<const Owner*>(owner)->*Member;
    if constexpr (is_whole) {
      return value;
    } else if constexpr (requires { typename T::period; }) {
      return std::int64_t{std::chrono::microseconds{value}.count()};
    } else {
      return static_cast<std::int64_t>(value);
    }
  }
  static void set(void* owner, const Setting& setting) {
    T& value = static_cast<Owner*>(owner)->*Member;
    if constexpr (is_whole) {
      value = std::get<T>(setting);
    } else if constexpr (requires { typename T::period; }) {
      value =
          std::chrono::duration_cast<T>(std::chrono::microseconds{std::get<std::int64_t>(setting)});
    } else {
      value = static_cast<T>(std::get<std::int64_t>(setting));
    }
  }
  static Setting preset() {
    const Owner owner{};
    return get(&owner);
  }
};

template <auto Member>
constexpr Key make_key(std::string_view name, Unit unit, Range range,
                       std::span<const std::string_view> words, std::string_view text) {
  using M = MemberOf<Member>;
  using Owner = typename M::OwnerType;
  return {.name = name,
          .text = text,
          .unit = unit,
          .range = range,
          .words = words,
          .table = table_of<Owner>,
          .preset = &M::preset,
          .owner_tag = &Key::tag_of<Owner>,
          .get_member = &M::get,
          .set_member = &M::set};
}

}  // namespace detail

// How rows are written: the member, its key, what it takes, what it is for.

template <auto Member>
constexpr Key integer(std::string_view name, std::int64_t min, std::int64_t max,
                      std::string_view text) {
  return detail::make_key<Member>(name, Unit::integer, {.min = min, .max = max}, {}, text);
}

template <auto Member>
constexpr Key size(std::string_view name, std::int64_t min, std::int64_t max,
                   std::string_view text) {
  return detail::make_key<Member>(name, Unit::size, {.min = min, .max = max}, {}, text);
}

template <auto Member>
constexpr Key dscp(std::string_view name, std::string_view text) {
  return detail::make_key<Member>(name, Unit::dscp, {.min = 0, .max = 63}, {}, text);
}

/// Takes multiples of the member's own unit.
template <auto Member>
constexpr Key duration(std::string_view name, std::chrono::microseconds min,
                       std::chrono::microseconds max, std::string_view text) {
  const std::chrono::microseconds step = typename detail::MemberOf<Member>::Type{1};
  return detail::make_key<Member>(name, Unit::duration,
                                  {.min = min.count(), .max = max.count(), .step = step.count()},
                                  {}, text);
}

template <auto Member>
constexpr Key choice(std::string_view name, std::span<const std::string_view> words,
                     std::string_view text) {
  return detail::make_key<Member>(name, Unit::choice, {}, words, text);
}

template <auto Member>
constexpr Key networks(std::string_view name, std::string_view text) {
  return detail::make_key<Member>(name, Unit::networks, {}, {}, text);
}

template <auto Member>
constexpr Key texts(std::string_view name, std::string_view text) {
  return detail::make_key<Member>(name, Unit::texts, {}, {}, text);
}

/// One that is printed for each listener.
constexpr Key printed_always(Key key) {
  key.is_always_printed = true;
  return key;
}

template <auto Member>
constexpr Key string(std::string_view name, std::string_view text) {
  return detail::make_key<Member>(name, Unit::text, {}, {}, text);
}

}  // namespace config
