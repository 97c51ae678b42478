#include "client/command_line/proxy.hpp"

#include <string>
#include <utility>
#include <variant>

#include "streams/address.hpp"
#include "streams/text/escape.hpp"

namespace client::command_line {
namespace {

using text::quoted;

/// With port 0 where none is written; none where it is no address.
std::optional<streams::Endpoint> parse_source(std::string_view text) {
  if (auto alone = streams::Endpoint::of_literal({std::string(text), 0})) return alone;
  if (text.starts_with('[') && text.ends_with(']')) {
    return streams::Endpoint::of_literal({std::string(text.substr(1, text.size() - 2)), 0});
  }
  const streams::ParsedAddress parsed = streams::parse_address(text);
  const auto* const address = std::get_if<streams::HostPort>(&parsed.address);
  if (!parsed || address == nullptr) return std::nullopt;
  return streams::Endpoint::of_literal(*address);
}

}  // namespace

text::Parsed<Proxy> parse_proxy(std::string_view text) {
  text::Parsed<Proxy> parsed;
  const std::size_t equals = text.find('=');
  const std::string_view version = text.substr(0, equals);
  if (version == "v1" || version == "v2") {
    parsed.value.version = version == "v1" ? proxy_header::Version::v1 : proxy_header::Version::v2;
  } else {
    parsed.error = quoted(version) + " is not one of v1, v2";
  }
  if (!parsed || equals == std::string_view::npos) return parsed;
  const std::string_view source = text.substr(equals + 1);
  parsed.value.source = parse_source(source);
  if (!parsed.value.source) {
    parsed.error = quoted(source) +
                   " is no address; write one as 203.0.113.7, 203.0.113.7:51512 "
                   "or [2001:db8::7]:51512";
  }
  return parsed;
}

CLI::Option* add_proxy(CLI::App& app, std::optional<Proxy>& proxy) {
  return app
      .add_option_function<std::string>(
          "--proxy",
          [&proxy](const std::string& text) {
            text::Parsed<Proxy> parsed = parse_proxy(text);
            if (!parsed) throw CLI::ValidationError("--proxy", parsed.error);
            proxy = parsed.value;
          },
          "Begin with a header of the PROXY protocol, v1 or v2,\n"
          "that names SRC, ADDR[:PORT], or our own address")
      ->option_text("v1|v2[=SRC]");
}

}  // namespace client::command_line
