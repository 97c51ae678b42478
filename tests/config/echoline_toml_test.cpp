// What is written about the keys: the sample that is installed, config/echoline.toml, and the
// manual page echoline.toml(5), held against the table.
#include <filesystem>
#include <fstream>
#include <utility>

#include "config/schema.hpp"
#include "server/protocols/protocol.hpp"
#include "tests/config/loading.hpp"

using namespace config;

namespace {

const std::filesystem::path sample = ECHOLINE_SAMPLE;
const std::filesystem::path manual = ECHOLINE_MANUAL;
constexpr auto& served = server::protocols::for_config;

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream in{path};
  REQUIRE(in);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct Section {
  std::string title;
  std::vector<const Key*> keys;
};

// In the order in which both are written.
std::vector<Section> sections(const Schema& schema) {
  return {{"TOP LEVEL", schema.of(Table::top)},     {"[limits]", schema.allowed(Table::limits)},
          {"[access]", schema.of(Table::access)},   {"[tcp]", schema.of(Table::tcp)},
          {"[log]", schema.of(Table::log)},         {"[admin]", schema.of(Table::admin)},
          {"[metrics]", schema.of(Table::metrics)}, {"[[listener]]", schema.of(Table::listener)}};
}

// A listener's texts have no default; the sample's first listener stands for them.
std::string shown_default(const Key& key) {
  const Listener first = defaults(served).listeners.at(0);
  const bool is_listeners = key.table == Table::listener && key.unit == Unit::text;
  return to_toml(key, is_listeners ? key.get(first) : key.preset());
}

// The entries of the manual's section: `*key* = default` and the indented text below it.
std::vector<std::pair<std::string, std::string>> entries_of(const std::string& section) {
  std::vector<std::pair<std::string, std::string>> entries;
  bool inside = false;
  for (const std::string& line : lines_of(manual)) {
    if (line.starts_with("# ")) inside = line == "# " + section;
    if (!inside) continue;
    if (line.starts_with('*') && line.find("* = ") != std::string::npos) {
      entries.emplace_back(line, "");
    } else if (line.starts_with('\t') && !entries.empty()) {
      entries.back().second += line.substr(1) + ' ';
    }
  }
  return entries;
}

// A number as prose has it, without the quotes of a file.
std::string bare(std::string text) {
  std::erase(text, '"');
  return text;
}

bool has_word(const std::string& text, const std::string& word) {
  const auto part_of_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !part_of_word(text[at - 1])) &&
        (end == text.size() || !part_of_word(text[end]))) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("the sample states the defaults", "[sample]") {
  const Loaded loaded = load_file(sample, served);
  for (const Error& error : loaded.errors) UNSCOPED_INFO(to_string(error));
  REQUIRE(loaded);
  CHECK(*loaded.config == defaults(served));
}

TEST_CASE("the sample has a line for each key, in order: default, text and range", "[sample]") {
  std::vector<std::string> found;
  std::string table = "TOP LEVEL";
  for (std::string line : lines_of(sample)) {
    INFO(line);
    CHECK(line.size() <= 100);
    // Its default is another key's value, which it would override.
    if (line.starts_with("# log_sessions")) line.erase(0, 2);
    if (line.starts_with('[')) table = line;
    const std::size_t comment = line.find("  # ");
    if (line.find(" = ") == std::string::npos || line.starts_with('#') ||
        comment == std::string::npos) {
      continue;
    }
    const std::string setting = line.substr(0, line.find_last_not_of(' ', comment) + 1);
    found.push_back(table + ' ' + setting + line.substr(comment + 1));
  }

  std::vector<std::string> expected;
  const Schema schema{served};
  for (const auto& [title, keys] : sections(schema)) {
    for (const Key* key : keys) {
      std::string line = title + ' ' + std::string{key->name} + " = " + shown_default(*key) + " # ";
      line += key->text;
      const bool is_number = !range_of(*key).empty() && key->unit != Unit::choice;
      if (is_number) line += " (" + range_of(*key) + ")";
      expected.push_back(std::move(line));
    }
  }
  CHECK(found == expected);
}

TEST_CASE("the manual has an entry for each key, in order, with its default", "[manual]") {
  const Schema schema{served};
  for (const auto& [title, keys] : sections(schema)) {
    std::vector<std::string> found;
    for (const auto& [head, text] : entries_of(title)) found.push_back(head);
    std::vector<std::string> expected;
    for (const Key* key : keys) {
      expected.push_back('*' + std::string{key->name} + "* = " + shown_default(*key));
    }
    CHECK(found == expected);
  }
}

TEST_CASE("the manual states each range", "[manual]") {
  const Schema schema{served};
  for (const auto& [title, keys] : sections(schema)) {
    const auto entries = entries_of(title);
    REQUIRE(entries.size() == keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const Key& key = *keys[i];
      const std::string& text = entries[i].second;
      INFO(key.name << ": " << text);
      if (key.unit == Unit::choice) {
        for (std::size_t word = 0; word < key.words.size(); ++word) {
          CHECK(has_word(text, to_toml(key, static_cast<std::int64_t>(word))));
        }
      } else if (!range_of(key).empty()) {
        CHECK(has_word(text, bare(to_toml(key, key.range.max))));
        // A least value of 0 goes without saying.
        if (key.range.min != 0) CHECK(has_word(text, bare(to_toml(key, key.range.min))));
      }
    }
  }
}

TEST_CASE("a row's text names each word of a choice", "[manual]") {
  const Schema schema{served};
  for (const auto& [title, keys] : sections(schema)) {
    for (const Key* key : keys) {
      INFO(key->name);
      CHECK_FALSE(key->text.empty());
      for (std::size_t word = 0; word < key->words.size(); ++word) {
        const std::string written = to_toml(*key, static_cast<std::int64_t>(word));
        CHECK(has_word(std::string{key->text}, written));
      }
    }
  }
}
