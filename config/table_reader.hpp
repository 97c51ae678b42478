// Takes the values out of one table of a file, each with its type and range checked as its Key
// says. What does not fit is added to the errors and leaves the target as it was. A view: table,
// schema and errors outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.hpp"
#include "config/key.hpp"
#include "config/schema.hpp"
#include "config/units.hpp"

namespace config {

/// What came of looking for a key.
enum class Read { absent, bad, good };

class TableReader {
 public:
  /// `place` is that of the table itself.
  TableReader(const Value& table, Table where, const Schema& schema, ErrorList& errors)
      : table_(table), where_(where), schema_(schema), errors_(errors) {}

  /// Takes the keys that are of Owner's table of the file; those that are absent stay as they are.
  template <typename Owner>
  void read(Owner& owner) {
    for (const Key* key : schema_.of(table_of<Owner>)) {
      if (const std::optional<Setting> value = take(*key)) key->set(owner, *value);
    }
  }
  /// The same for the protocols' own keys.
  void read_options(OptionValues& options);

  /// How a key was read.
  Read how_read(std::string_view key) const noexcept;
  /// Whether no key that was read was bad.
  bool good() const noexcept { return bad_.empty(); }

  Position at() const noexcept { return table_.at; }
  /// The value's place, or the table's if it is absent.
  Position at(std::string_view key) const noexcept;
  /// Null if the key is absent.
  const Value* find(std::string_view key) const noexcept;
  /// The table at `key`; null if there is none or something else.
  const Value* table(std::string_view key);
  void error(Position at, std::string_view what) { errors_.add(at, what); }

  /// An error for each key that may not stand in this table, with what was probably meant.
  void refuse_unknown();

 private:
  std::optional<Setting> take(const Key& key);
  std::optional<Setting> check(const Key& key, const Value& value);
  std::optional<Setting> check_networks(const Key& key, const Value& value);
  std::optional<Setting> check_texts(const Key& key, const Value& value);
  std::optional<Setting> check_amount(const Key& key, const Value& value,
                                      const Parsed<std::int64_t>& parsed);
  std::optional<Setting> in_range(const Key& key, const Value& value, std::int64_t number);
  void refuse(const Value& value, std::string_view rule);
  void refuse_type(const Value& value, std::string_view expected, std::string_view advice = {});

  const Value& table_;
  const Table where_;
  const Schema& schema_;
  ErrorList& errors_;
  std::vector<std::string_view> bad_;
};

}  // namespace config
