#include "client/command_line/tcp_options.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <utility>
#include <variant>

#include "client/command_line/options.hpp"
#include "client/command_line/quantity.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/socket_option.hpp"
#include "streams/unique_fd.hpp"

namespace client::command_line {
namespace {

constexpr const char* group = "TCP options";

constexpr std::array<std::pair<std::string_view, bool>, 2> switches{{{"on", true}, {"off", false}}};

/// The option of that member of SocketOptions.
std::string option_of(std::string_view member) {
  std::string name = "--";
  for (const char c : member) name += c == '_' ? '-' : c;
  return name;
}

/// Whole ones of the member's unit, 0 excepted.
template <class Unit>
void add_time(CLI::App& app, const std::string& name, Unit& value, const std::string& what,
              Unit most) {
  app.add_option_function<std::string>(
         name,
         [name, &value, most](const std::string& text) {
           const auto parsed = parse_duration(text);
           if (!parsed) throw CLI::ValidationError(name, parsed.error);
           if (parsed.value < Unit{1} || parsed.value > most ||
               parsed.value % Unit{1} != Duration{0}) {
             throw CLI::ValidationError(
                 name, text::quoted(text) + " is not taken; write " + format_duration(Unit{1}) +
                           " to " + format_duration(most) + ", in whole " +
                           (Unit{1} == std::chrono::seconds{1} ? "seconds" : "milliseconds"));
           }
           value = std::chrono::duration_cast<Unit>(parsed.value);
         },
         what)
      ->option_text("TIME")
      ->group(group);
}

template <class Value, class Parse>
void add_value(CLI::App& app, const std::string& name, Value& value, const std::string& what,
               const std::string& form, Parse parse) {
  app.add_option_function<std::string>(
         name,
         [name, &value, parse](const std::string& text) {
           auto parsed = parse(text);
           if (!parsed) throw CLI::ValidationError(name, parsed.error);
           value = std::move(parsed.value);
         },
         what)
      ->option_text(form)
      ->group(group);
}

Parsed<std::string> parse_device(const std::string& text) {
  Parsed<std::string> parsed;
  parsed.value = text;
  if (text.size() > streams::longest_device) {
    parsed.error = text::quoted(text) + " is too long; write the name of a network interface";
  }
  return parsed;
}

void tell(const char* option, std::size_t asked, std::size_t given, const char* limit) {
  if (asked == 0 || asked == given) return;
  const std::string why =
      given > asked ? "which is the least" : "sysctl " + std::string(limit) + " is the most";
  std::fprintf(stderr, "echoline: %s: %s asked for, the system gives %s; %s\n", option,
               format_size(asked).c_str(), format_size(given).c_str(), why.c_str());
}

}  // namespace

TcpOptions::TcpOptions(CLI::App& app) : app_(app) {
  add_choice(app, "--nodelay", options_.nodelay, "TCP_NODELAY: on (default) or off", switches)
      ->group(group);
  add_time<std::chrono::seconds>(app, "--keepalive", options_.keepalive,
                                 "Probe a peer that is silent this long",
                                 streams::longest_keepalive);
  add_time<std::chrono::milliseconds>(app, "--user-timeout", options_.user_timeout,
                                      "Give up what is not acknowledged for this long",
                                      std::chrono::hours{24});
  add_size(app, "--rcvbuf", options_.rcvbuf, "Receive buffer of a socket", 1,
           streams::largest_buffer)
      ->group(group);
  add_size(app, "--sndbuf", options_.sndbuf, "Send buffer of a socket", 1, streams::largest_buffer)
      ->group(group);
  add_value(app, "--dscp", options_.dscp, "Class of what is sent: ef, af41, a number", "NAME|N",
            text::parse_dscp);
  add_value(app, "--mss", options_.mss, "Longest segment, in bytes", "N",
            [](const std::string& text) {
              const auto count = parse_count(text);
              Parsed<unsigned> mss;
              mss.error = count.error;
              if (count && (count.value < streams::least_mss || count.value > streams::most_mss)) {
                mss.error = text::quoted(text) + " is out of range; write " +
                            std::to_string(streams::least_mss) + " to " +
                            std::to_string(streams::most_mss);
              }
              if (mss) mss.value = static_cast<unsigned>(count.value);
              return mss;
            });
  add_value(app, "--device", options_.device, "Connect through this network interface", "NAME",
            parse_device);
}

const streams::SocketOptions& TcpOptions::complete(std::span<const Target> targets) const {
  for (const Target& target : targets) {
    if (!std::holds_alternative<streams::UnixPath>(target.address)) continue;
    for (const CLI::Option* const option : app_.get_options()) {
      if (option->get_group() != group || option->count() == 0) continue;
      throw CLI::ValidationError(option->get_name(),
                                 "is for TCP, and " + target.name + " is a Unix socket");
    }
  }
  if (options_ == streams::SocketOptions{}) return options_;
  streams::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) fd = streams::UniqueFd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return options_;
  if (const auto failure = streams::set_socket_options(fd.get(), options_)) {
    const std::string remedy = text::option_remedy(failure.option, failure.ec.value());
    throw CLI::ValidationError(option_of(failure.option),
                               failure.ec.message() + (remedy.empty() ? "" : "; " + remedy));
  }
  const streams::BufferSizes given = streams::buffer_sizes(fd.get());
  tell("--rcvbuf", options_.rcvbuf, given.rcvbuf, "net.core.rmem_max");
  tell("--sndbuf", options_.sndbuf, given.sndbuf, "net.core.wmem_max");
  return options_;
}

}  // namespace client::command_line
