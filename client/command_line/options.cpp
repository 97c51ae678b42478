#include "client/command_line/options.hpp"

#include <charconv>
#include <system_error>
#include <utility>
#include <variant>

#include "client/command_line/quantity.hpp"

namespace client::command_line {
namespace {

Target parse_target(const std::string& text) {
  streams::ParsedAddress parsed = streams::parse_address(text);
  if (!parsed) throw CLI::ValidationError("TARGET", parsed.error);
  const auto* const host_port = std::get_if<streams::HostPort>(&parsed.address);
  if (host_port != nullptr && host_port->port == 0) {
    throw CLI::ValidationError("TARGET", '"' + text + "\": nobody can connect to port 0");
  }
  return {std::move(parsed.address), text};
}

/// Reads the option's text with `parse` and checks that it is between the bounds, which `format`
/// writes.
template <class Value, class Number, class Parse, class Format>
CLI::Option* add(CLI::App& app, const std::string& names, Value& value, const std::string& what,
                 std::pair<Number, Number> bounds, Parse parse, Format format) {
  const std::string name = names.substr(names.find("--"));
  return app.add_option_function<std::string>(
      names,
      [&value, name, bounds, parse, format](const std::string& text) {
        const auto parsed = parse(text);
        if (!parsed) throw CLI::ValidationError(name, parsed.error);
        if (parsed.value < bounds.first || parsed.value > bounds.second) {
          const bool bounded = bounds.second != std::numeric_limits<Number>::max();
          throw CLI::ValidationError(
              name, '"' + text + "\" is out of range; write " + format(bounds.first) +
                        (bounded ? " to " + format(bounds.second) : " or more"));
        }
        value = static_cast<Value>(parsed.value);
      },
      what);
}

Parsed<std::uint64_t> parse_count(const std::string& text) {
  Parsed<std::uint64_t> parsed;
  const char* const end = text.data() + text.size();
  const auto [last, ec] = std::from_chars(text.data(), end, parsed.value);
  if (ec != std::errc{} || last != end) {
    parsed.error = '"' + text + "\" is not a whole number";
  }
  return parsed;
}

}  // namespace

CLI::Option* add_target(CLI::App& app, Target& target) {
  return app
      .add_option_function<std::string>(
          "TARGET", [&target](const std::string& text) { target = parse_target(text); },
          "HOST:PORT, [IPV6]:PORT or unix:/PATH")
      ->required()
      ->option_text(" ");
}

CLI::Option* add_targets(CLI::App& app, std::vector<Target>& targets) {
  return app
      .add_option_function<std::vector<std::string>>(
          "TARGET",
          [&targets](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) targets.push_back(parse_target(text));
          },
          "HOST:PORT, [IPV6]:PORT or unix:/PATH; one or more")
      ->required()
      ->option_text("...");
}

CLI::Option* add_duration(CLI::App& app, const std::string& names, Duration& value,
                          const std::string& what, Duration least, Duration most) {
  return add(app, names, value, what, std::pair{least, most}, parse_duration,
             format_duration<Duration::rep, Duration::period>)
      ->option_text("TIME");
}

CLI::Option* add_size(CLI::App& app, const std::string& names, std::size_t& value,
                      const std::string& what, std::size_t least, std::size_t most) {
  return add(app, names, value, what, std::pair{least, most}, parse_size, format_size)
      ->option_text("SIZE");
}

CLI::Option* add_count(CLI::App& app, const std::string& names, std::uint64_t& value,
                       const std::string& what, std::uint64_t least, std::uint64_t most) {
  return add(app, names, value, what, std::pair{least, most}, parse_count,
             [](std::uint64_t count) { return std::to_string(count); })
      ->option_text("N");
}

}  // namespace client::command_line
