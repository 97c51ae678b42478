#include "config/table_reader.hpp"

#include <algorithm>
#include <optional>

#include "config/keys.hpp"
#include "config/units.hpp"

namespace config {
namespace {

std::string in_quotes(std::string_view key) { return std::string{"'"}.append(key).append("'"); }

// Where a key that is unknown in one table would be right; empty if nowhere.
std::string_view home_of(std::string_view key) {
  const auto in = [key](std::span<const std::string_view> keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  if (in(top_keys)) return "at the top level, before the first table";
  if (in(table_keys)) return "at the top level";
  if (in(limits_keys)) return "in [limits]";
  if (in(log_keys)) return "in [log]";
  if (in(listener_keys)) return "in a [[listener]]";
  return {};
}

}  // namespace

const Value* TableReader::find(std::string_view key) const noexcept {
  const auto found = std::find_if(table_.items.begin(), table_.items.end(),
                                  [key](const Value& value) { return value.key == key; });
  return found == table_.items.end() ? nullptr : &*found;
}

Position TableReader::at(std::string_view key) const noexcept {
  const Value* value = find(key);
  return value ? value->at : table_.at;
}

void TableReader::refuse(std::string_view key, std::string_view value, std::string_view rule) {
  errors_.add(at(key), in_quotes(key).append(" is ").append(value).append("; ").append(rule));
}

void TableReader::refuse_type(const Value& value, std::string_view expected,
                              std::string_view advice) {
  std::string what = in_quotes(value.key);
  what.append(" expects ").append(expected).append(", found ").append(name_of(value.kind));
  if (!advice.empty()) what.append("; ").append(advice);
  errors_.add(value.at, what);
}

Read TableReader::read_integer(std::string_view key, std::int64_t min, std::int64_t max,
                               std::int64_t& out) {
  const Value* value = find(key);
  if (!value) return Read::absent;
  if (value->kind != Kind::integer) {
    refuse_type(*value, "an integer");
    return Read::bad;
  }
  if (value->number < min || value->number > max) {
    refuse(key, std::to_string(value->number),
           "allowed is " + std::to_string(min) + " to " + std::to_string(max));
    return Read::bad;
  }
  out = value->number;
  return Read::good;
}

Read TableReader::size(std::string_view key, std::uint64_t min, std::uint64_t max,
                       std::size_t& out) {
  const Value* value = find(key);
  if (!value) return Read::absent;
  if (value->kind != Kind::string) {
    std::string advice = "write it as in \"64KiB\"";
    if (value->kind == Kind::integer && value->number >= 0) {
      const std::string bytes = std::to_string(value->number) + 'B';
      const std::string shortest = format_size(static_cast<std::uint64_t>(value->number));
      advice = "write " + quoted(bytes);
      if (shortest != bytes) advice += " or " + quoted(shortest);
    }
    refuse_type(*value, "a size", advice);
    return Read::bad;
  }
  const Parsed<std::uint64_t> parsed = parse_size(value->text);
  if (!parsed) {
    errors_.add(value->at, in_quotes(key) + ": " + parsed.error);
    return Read::bad;
  }
  if (parsed.value < min || parsed.value > max) {
    refuse(key, quoted(value->text),
           "allowed is " + quoted(format_size(min)) + " to " + quoted(format_size(max)));
    return Read::bad;
  }
  out = static_cast<std::size_t>(parsed.value);
  return Read::good;
}

Read TableReader::read_duration(std::string_view key, std::chrono::microseconds max,
                                std::chrono::microseconds unit, std::chrono::microseconds& out) {
  const Value* value = find(key);
  if (!value) return Read::absent;
  if (value->kind != Kind::string) {
    refuse_type(*value, "a duration", "write it with a unit, as in \"250ms\" or \"10s\"");
    return Read::bad;
  }
  const Parsed<std::chrono::microseconds> parsed = parse_duration(value->text);
  if (!parsed) {
    errors_.add(value->at, in_quotes(key) + ": " + parsed.error);
    return Read::bad;
  }
  if (parsed.value > max) {
    refuse(key, quoted(value->text), "allowed is \"0s\" to " + quoted(format_duration(max)));
    return Read::bad;
  }
  if (parsed.value % unit != std::chrono::microseconds::zero()) {
    refuse(key, quoted(value->text), "allowed are multiples of " + quoted(format_duration(unit)));
    return Read::bad;
  }
  out = parsed.value;
  return Read::good;
}

Read TableReader::string(std::string_view key, std::string& out) {
  const Value* value = find(key);
  if (!value) return Read::absent;
  if (value->kind != Kind::string) {
    refuse_type(*value, "a string");
    return Read::bad;
  }
  out = value->text;
  return Read::good;
}

const Value* TableReader::table(std::string_view key) {
  const Value* value = find(key);
  if (!value || value->kind == Kind::table) return value;
  refuse_type(*value, "a table", std::string{"write ["}.append(key).append("]"));
  return nullptr;
}

void TableReader::refuse_unknown(std::span<const std::string_view> allowed) {
  for (const Value& value : table_.items) {
    if (std::find(allowed.begin(), allowed.end(), value.key) != allowed.end()) continue;
    std::string what = "unknown key " + in_quotes(value.key);
    what.append(" ").append(where_);
    const std::string_view home = home_of(value.key);
    if (home.empty()) {
      what += suggestion(value.key, allowed, '\'');
    } else {
      what.append("; it belongs ").append(home);
    }
    errors_.add(value.key_at, what);
  }
}

}  // namespace config
