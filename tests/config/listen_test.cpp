#include "config/listen.hpp"

#include "tests/config/loading.hpp"

using namespace config;

TEST_CASE("the value of --listen is a protocol, an equals sign and an address", "[listen]") {
  Config base = defaults(protocols);
  base.limits.max_connections = 5;
  base.log.sessions = LogSessions::failed;
  const ParsedListen parsed = parse_listen("line=unix:/run/a=b", protocols, base);
  INFO(parsed.error);
  REQUIRE(parsed);
  CHECK(parsed.listener == Listener{.name = "line",
                                    .protocol = "line",
                                    .address = "unix:/run/a=b",
                                    .backlog = 4096,
                                    .log_sessions = LogSessions::failed,
                                    .limits = base.limits,
                                    .options = base.options});
}

TEST_CASE("a bad --listen says what is allowed", "[listen]") {
  const auto error = [](std::string_view text) { return parse_listen(text, protocols, {}).error; };
  CHECK(error("127.0.0.1:7007") ==
        "\"127.0.0.1:7007\" has no '='; write PROTOCOL=ADDRESS, as in echo=127.0.0.1:7007");
  CHECK(error("") == "\"\" has no '='; write PROTOCOL=ADDRESS, as in echo=127.0.0.1:7007");
  CHECK(error("ehco=localhost:1") == "unknown protocol \"ehco\"; did you mean \"echo\"?");
  CHECK(error("=localhost:1") ==
        "unknown protocol \"\"; allowed are \"echo\", \"line\", \"discard\"");
  CHECK(error("echo=") == "the address is empty; write HOST:PORT, [IPV6]:PORT or unix:/PATH");
  CHECK(error("echo=localhost") ==
        "\"localhost\" has no port; write HOST:PORT, [IPV6]:PORT or unix:/PATH");
  CHECK(error("a\nb=localhost:1").starts_with("unknown protocol \"a?b\""));
}

TEST_CASE("several --listen options get names of their own", "[listen]") {
  const std::string texts[] = {"echo=localhost:0", "echo=localhost:0", "discard=localhost:9"};
  const ParsedListens parsed = parse_listens(texts, protocols, {});
  REQUIRE(parsed);
  REQUIRE(parsed.listeners.size() == 3);
  CHECK(parsed.listeners[0].name == "echo");
  CHECK(parsed.listeners[1].name == "echo-2");
  CHECK(parsed.listeners[2].name == "discard");
}

TEST_CASE("each wrong --listen option is reported", "[listen]") {
  const std::string texts[] = {"ehco=localhost:1", "echo=[::1]:7", "line=[0::1]:7", "line"};
  const ParsedListens parsed = parse_listens(texts, protocols, {});
  CHECK_FALSE(parsed);
  CHECK(parsed.errors ==
        std::vector<std::string>{
            "unknown protocol \"ehco\"; did you mean \"echo\"?",
            "\"line\" has no '='; write PROTOCOL=ADDRESS, as in echo=127.0.0.1:7007",
            "the address \"[0::1]:7\" of the listener \"line\" is taken by the listener \"echo\", "
            "which has \"[::1]:7\"; addresses must differ"});
}

TEST_CASE("a wildcard takes the addresses of its family", "[listen]") {
  const std::string texts[] = {"echo=0.0.0.0:7", "echo=127.0.0.1:7", "line=[::1]:7"};
  CHECK(parse_listens(texts, protocols, {}).errors ==
        std::vector<std::string>{
            "the address \"127.0.0.1:7\" of the listener \"echo-2\" is taken by the listener "
            "\"echo\", which has \"0.0.0.0:7\"; addresses must differ"});
}
