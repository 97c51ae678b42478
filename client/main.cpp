// echoline: the command line of the client.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "client/ping.hpp"

namespace {

constexpr int exit_usage = 2;

constexpr const char* introduction =
    "echoline: try and measure TCP echo and line services\n\n"
    "Examples:\n"
    "  echoline ping 127.0.0.1:7007                  a round trip a second until Ctrl-C\n"
    "  echoline ping -c 10 -i 0.1 127.0.0.1:7007     ten of them\n"
    "  echoline ping --protocol line 127.0.0.1:7008  against the line protocol\n";

std::chrono::nanoseconds seconds(double value) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(value));
}

struct PingLine {
  std::string target;
  double interval = 1;
  double timeout = 1;
  client::PingOptions options;
};

CLI::App* define_ping(CLI::App& app, PingLine& line) {
  static const std::map<std::string, client::PingProtocol> protocols{
      {"echo", client::PingProtocol::echo}, {"line", client::PingProtocol::line}};
  CLI::App* const ping = app.add_subcommand("ping", "Measure round trips, one at a time");
  ping->add_option("target", line.target, "HOST:PORT, [IPV6]:PORT or unix:/PATH")
      ->required()
      ->option_text("TARGET");
  ping->add_option("-c,--count", line.options.count, "Stop after N round trips")
      ->option_text("N")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 62));
  ping->add_option("-i,--interval", line.interval, "Seconds from one to the next (1)")
      ->option_text("SECONDS")
      ->check(CLI::Range(0.0, 86400.0));
  ping->add_option("-W,--timeout", line.timeout, "Seconds to wait for a reply (1)")
      ->option_text("SECONDS")
      ->check(CLI::Range(0.001, 86400.0));
  ping->add_option("-s,--size", line.options.size, "Bytes of content (56)")
      ->option_text("BYTES")
      ->check(CLI::Range(1, 1 << 24));
  ping->add_option("--protocol", line.options.protocol, "What the target speaks: echo or line")
      ->option_text("NAME")
      ->transform(CLI::CheckedTransformer(protocols));
  return ping;
}

int run_ping(PingLine& line) {
  const streams::ParsedAddress target = streams::parse_address(line.target);
  if (!target) {
    std::fprintf(stderr, "echoline: %s: %s\n", line.target.c_str(), target.error.c_str());
    return exit_usage;
  }
  line.options.target = target.address;
  line.options.interval = seconds(line.interval);
  line.options.timeout = seconds(line.timeout);
  streams::EventLoop loop;
  client::Ping ping(loop, line.options);
  return loop.run(ping.run()) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(introduction, "echoline");
  app.require_subcommand(1);
  app.set_version_flag("-V,--version", "echoline " ECHOLINE_VERSION);
  PingLine ping_line;
  const CLI::App* const ping = define_ping(app, ping_line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  try {
    return ping->parsed() ? run_ping(ping_line) : exit_usage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "echoline: %s\n", error.what());
    return 1;
  }
}
