#include "config/table_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "streams/text/socket_option.hpp"
#include "streams/text/suggest.hpp"

namespace config {
namespace {

std::string in_quotes(std::string_view key) { return std::string{"'"}.append(key).append("'"); }

// A number where a size is expected: the string to write instead.
std::string size_advice(const Value& value) {
  if (value.kind != Kind::integer || value.number < 0) return "write it as in \"64KiB\"";
  const std::string bytes = std::to_string(value.number) + 'B';
  const std::string shortest = format_size(static_cast<std::uint64_t>(value.number));
  return "write " + quoted(bytes) + (shortest != bytes ? " or " + quoted(shortest) : "");
}

// A size beyond what is signed is beyond every range, too.
Parsed<std::int64_t> amount(Parsed<std::uint64_t> size) {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  return {.value = static_cast<std::int64_t>(std::min(size.value, most)),
          .error = std::move(size.error)};
}

Parsed<std::int64_t> amount(Parsed<unsigned> number) {
  return {.value = number.value, .error = std::move(number.error)};
}

Parsed<std::int64_t> amount(Parsed<std::chrono::microseconds> duration) {
  return {.value = duration.value.count(), .error = std::move(duration.error)};
}

bool takes_booleans(const Key& key) {
  return std::find(key.words.begin(), key.words.end(), "true") != key.words.end();
}

std::int64_t index_of(const Key& key, std::string_view word) {
  return std::find(key.words.begin(), key.words.end(), word) - key.words.begin();
}

std::string_view where(Table table) {
  switch (table) {
    case Table::top: return "at the top level";
    case Table::limits:
    case Table::budget:
    case Table::option: return "in [limits]";
    case Table::access: return "in [access]";
    case Table::tcp: return "in [tcp]";
    case Table::log: return "in [log]";
    case Table::admin: return "in [admin]";
    case Table::metrics: return "in [metrics]";
    case Table::listener: return "in [[listener]]";
  }
  return {};
}

}  // namespace

void TableReader::read_options(OptionValues& options) {
  for (const Key* key : schema_.of(Table::option)) {
    if (const std::optional<Setting> value = take(*key))
      options.insert_or_assign(key->name, *value);
  }
}

Read TableReader::how_read(std::string_view key) const noexcept {
  if (!find(key)) return Read::absent;
  return std::find(bad_.begin(), bad_.end(), key) == bad_.end() ? Read::good : Read::bad;
}

const Value* TableReader::find(std::string_view key) const noexcept {
  const auto found = std::find_if(table_.items.begin(), table_.items.end(),
                                  [key](const Value& value) { return value.key == key; });
  return found == table_.items.end() ? nullptr : &*found;
}

Position TableReader::at(std::string_view key) const noexcept {
  const Value* value = find(key);
  return value ? value->at : table_.at;
}

const Value* TableReader::table(std::string_view key) {
  const Value* value = find(key);
  if (!value || value->kind == Kind::table) return value;
  refuse_type(*value, "a table", std::string{"write ["}.append(key).append("]"));
  return nullptr;
}

std::optional<Setting> TableReader::take(const Key& key) {
  const Value* value = find(key.name);
  if (!value) return std::nullopt;
  std::optional<Setting> taken = check(key, *value);
  if (!taken) bad_.push_back(key.name);
  return taken;
}

std::optional<Setting> TableReader::check(const Key& key, const Value& value) {
  const bool is_text = value.kind == Kind::string;
  switch (key.unit) {
    case Unit::integer:
      if (value.kind == Kind::integer) return in_range(key, value, value.number);
      refuse_type(value, "an integer");
      return std::nullopt;
    case Unit::size:
      if (is_text) return check_amount(key, value, amount(parse_size(value.text)));
      refuse_type(value, "a size", size_advice(value));
      return std::nullopt;
    case Unit::duration:
      if (is_text) return check_amount(key, value, amount(parse_duration(value.text)));
      refuse_type(value, "a duration", "write it with a unit, as in \"250ms\" or \"10s\"");
      return std::nullopt;
    case Unit::networks: return check_networks(key, value);
    case Unit::texts: return check_texts(key, value);
    case Unit::dscp:
      if (value.kind == Kind::integer) return in_range(key, value, value.number);
      if (is_text) return check_amount(key, value, amount(text::parse_dscp(value.text)));
      refuse_type(value, "a code point", "write 0 to 63 or a name, as in \"ef\"");
      return std::nullopt;
    case Unit::choice:
    case Unit::text: break;
  }
  if (key.unit == Unit::choice && takes_booleans(key)) {
    // Its own type, so that true is never confused with a name.
    if (value.kind == Kind::boolean) return index_of(key, value.number != 0 ? "true" : "false");
    if (!is_text || value.text == "true" || value.text == "false") {
      refuse_type(value, "a boolean", "allowed are " + range_of(key));
      return std::nullopt;
    }
  }
  if (!is_text) {
    refuse_type(value, "a string");
    return std::nullopt;
  }
  if (key.unit == Unit::text) return value.text;
  const auto word = std::find(key.words.begin(), key.words.end(), value.text);
  if (word != key.words.end()) return std::int64_t{word - key.words.begin()};
  refuse(value, "allowed are " + range_of(key));
  return std::nullopt;
}

std::optional<Setting> TableReader::check_networks(const Key& key, const Value& value) {
  if (value.kind != Kind::array) {
    const bool is_text = value.kind == Kind::string;
    refuse_type(
        value, "an array of networks",
        is_text ? "write [" + quoted(value.text) + "]" : "write it as in [\"192.0.2.0/24\"]");
    return std::nullopt;
  }
  std::vector<text::Network> networks;
  bool good = true;
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    const Value& item = value.items[i];
    const std::string which = "entry " + std::to_string(i + 1) + " of " + in_quotes(key.name);
    if (item.kind != Kind::string) {
      errors_.add(item.at, which + " is to be a string, found " + std::string{name_of(item.kind)});
      good = false;
      continue;
    }
    const text::Parsed<text::Network> parsed = text::parse_network(item.text);
    if (!parsed) errors_.add(item.at, which + ": " + parsed.error);
    good = good && parsed;
    networks.push_back(parsed.value);
  }
  if (!good) return std::nullopt;
  return text::NetworkSet(std::move(networks));
}

std::optional<Setting> TableReader::check_texts(const Key& key, const Value& value) {
  if (value.kind != Kind::array) {
    const bool is_text = value.kind == Kind::string;
    refuse_type(value, "an array of strings", is_text ? "write [" + quoted(value.text) + "]" : "");
    return std::nullopt;
  }
  std::vector<std::string> texts;
  for (const Value& item : value.items) {
    if (item.kind != Kind::string) {
      errors_.add(item.at, "entry " + std::to_string(texts.size() + 1) + " of " +
                               in_quotes(key.name) + " is to be a string, found " +
                               std::string{name_of(item.kind)});
      return std::nullopt;
    }
    texts.push_back(item.text);
  }
  return texts;
}

std::optional<Setting> TableReader::check_amount(const Key& key, const Value& value,
                                                 const Parsed<std::int64_t>& parsed) {
  if (parsed) return in_range(key, value, parsed.value);
  errors_.add(value.at, in_quotes(key.name) + ": " + parsed.error);
  return std::nullopt;
}

std::optional<Setting> TableReader::in_range(const Key& key, const Value& value,
                                             std::int64_t number) {
  if (number < key.range.min || number > key.range.max) {
    refuse(value, "allowed is " + range_of(key));
    return std::nullopt;
  }
  if (number % key.range.step != 0) {
    refuse(value, "allowed are multiples of " + to_toml(key, key.range.step));
    return std::nullopt;
  }
  return number;
}

void TableReader::refuse(const Value& value, std::string_view rule) {
  const std::string shown =
      value.kind == Kind::integer ? std::to_string(value.number) : quoted(value.text);
  errors_.add(value.at, in_quotes(value.key) + " is " + shown + "; " + std::string{rule});
}

void TableReader::refuse_type(const Value& value, std::string_view expected,
                              std::string_view advice) {
  std::string what = in_quotes(value.key);
  what.append(" expects ").append(expected).append(", found ").append(name_of(value.kind));
  if (!advice.empty()) what.append("; ").append(advice);
  errors_.add(value.at, what);
}

void TableReader::refuse_unknown() {
  std::vector<std::string_view> allowed;
  for (const Key* key : schema_.allowed(where_)) allowed.push_back(key->name);
  if (where_ == Table::top) {
    allowed.insert(allowed.end(), Schema::tables.begin(), Schema::tables.end());
  }
  for (const Value& value : table_.items) {
    if (std::find(allowed.begin(), allowed.end(), value.key) != allowed.end()) continue;
    std::string what = "unknown key " + in_quotes(value.key);
    what.append(" ").append(where(where_));
    const std::string_view home = schema_.home_of(value.key);
    if (home.empty()) {
      what += text::suggestion(value.key, allowed, '\'');
    } else {
      what.append("; it belongs ").append(home);
    }
    errors_.add(value.key_at, what);
  }
}

}  // namespace config
