// Any text either loads or has errors that say so; what loads is printed to a text that loads to
// the same.
#include <array>
#include <string>

#include "config/load.hpp"
#include "config/print.hpp"
#include "tests/fuzz/verdict.hpp"

namespace {

using tests::found;

struct Options {
  std::size_t max_line = 8192;
};
constexpr std::array options{config::size<&Options::max_line>("max_line", 64, 1 << 20, "")};
constexpr std::array<config::Protocol, 3> protocols{{
    {"echo", "127.0.0.1:7007", {}},
    {"line", "127.0.0.1:7008", options},
    {"discard", "", {}},
}};

config::Loaded load(std::string_view text) { return config::load_text(text, "fuzz", protocols); }

std::string errors_of(const config::Loaded& loaded) {
  std::string lines;
  for (const config::Error& error : loaded.errors) (lines += to_string(error)) += '\n';
  return lines;
}

void check_errors(const config::Loaded& loaded, std::string_view text) {
  if (loaded.errors.empty() != loaded.config.has_value()) {
    found("neither loaded nor an error, or both", text::escaped(text));
  }
  for (const config::Error& error : loaded.errors) {
    const std::string line = to_string(error);
    if (error.what.empty() || line != config::printable(line)) {
      found("an error that is not one readable line",
            text::escaped(line) + "\ntext: " + text::escaped(text));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = tests::text_of(data, size);
  const config::Loaded loaded = load(text);
  check_errors(loaded, text);
  if (!loaded) return 0;
  const std::string printed = to_toml(*loaded.config, protocols);
  const config::Loaded again = load(printed);
  if (again.config != loaded.config) {
    found("what is printed does not load to the same",
          "text: " + text::escaped(text) + "\nprinted:\n" + printed + "\n" + errors_of(again));
  }
  return 0;
}
