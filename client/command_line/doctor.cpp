// echoline doctor: its options, and the list of its cases.
#include "client/doctor/doctor.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <CLI/CLI.hpp>

#include "client/command_line/options.hpp"
#include "client/command_line/proxy.hpp"
#include "client/command_line/subcommand.hpp"
#include "client/command_line/surplus.hpp"
#include "client/descriptors/open_files.hpp"
#include "client/doctor/former.hpp"
#include "client/exit_code.hpp"
#include "streams/text/escape.hpp"

namespace client::command_line {
namespace {

constexpr std::array<std::pair<std::string_view, doctor::Way>, 2> protocols{
    {{"echo", doctor::Way::echo}, {"line", doctor::Way::line}}};

void refuse(const std::string& why) { throw CLI::ValidationError(why); }

/// One target on TCP: there is no reset on a Unix socket.
Target parse_one(const std::string& option, std::span<const std::string> words) {
  auto parsed = parse_targets(words);
  if (!parsed) throw CLI::ValidationError(option, parsed.error);
  if (parsed.value.size() > 1) {
    throw CLI::ValidationError(
        option, "one is examined at a time; leave out " + text::quoted(parsed.value[1].name));
  }
  if (std::holds_alternative<streams::UnixPath>(parsed.value.front().address)) {
    throw CLI::ValidationError(option,
                               "the cases are of TCP, and a Unix socket knows no reset; "
                               "write HOST:PORT");
  }
  return std::move(parsed.value.front());
}

Target parse_admin(const std::string& text) {
  auto parsed = parse_targets(std::span(&text, 1));
  if (!parsed) throw CLI::ValidationError("--admin", parsed.error);
  return std::move(parsed.value.front());
}

std::vector<doctor::Selection> parse_selections(const std::vector<std::string>& texts) {
  std::vector<doctor::Selection> selections;
  for (const std::string& text : texts) {
    const auto selection = doctor::parse_selection(text);
    if (!selection) {
      throw CLI::ValidationError("--only", text::quoted(text) +
                                               " is no case; write 3.2, or 3.* for "
                                               "a group (--list has them all)");
    }
    if (doctor::cases_of(std::span(&*selection, 1)).empty()) {
      throw CLI::ValidationError("--only",
                                 "there is no case " + text + "; --list has those that there are");
    }
    selections.push_back(*selection);
  }
  return selections;
}

class DoctorCommand final : public Subcommand {
 public:
  explicit DoctorCommand(CLI::App& app) {
    add_target_words(app, "The service to examine", [this](std::span<const std::string> words) {
      Target target = parse_one("TARGET", words);
      options_.target = std::move(target.address);
      options_.target_name = std::move(target.name);
    });
    protocol_ = add_choice(app, "--protocol", options_.way,
                           "What TARGET speaks: echo (default) or line", protocols);
    add_address(app, "--through", "A proxy to examine in place of a service", through_);
    add_address(app, "--origin", "Where that proxy forwards to, and where doctor listens", origin_);
    add_address(app, "--behind", "An echolined that echoes, to which that proxy forwards instead",
                behind_);
    app.add_option_function<std::string>(
           "--admin", [this](const std::string& text) { admin_ = parse_admin(text); },
           "Its admin's address, which tells how connections ended")
        ->option_text("ADDRESS");
    proxy_ = add_proxy(app, options_.proxy);
    app.add_flag("--expect-proxy", options_.expects_proxy,
                 "At the origin a PROXY header comes first");
    app.add_option("--reload-command", options_.reload_command,
                   "What reloads the proxy, for sh; without it no case does")
        ->option_text("CMD");
    app.add_option("--only", only_, "A case, as 3.2, or a group, as 3.*; may be repeated")
        ->option_text("CASE")
        ->allow_extra_args(false);
    app.add_flag("--list", list_, "Print the cases, and examine nothing");
    app.add_flag("--quick", options_.quick, "Fewer repetitions and less data: under a minute");
    app.add_flag("--long", options_.is_long, "4 GiB and more in both directions, too: minutes");
    app.add_flag("--strict", options_.strict, "A SHOULD that is broken is a failure, too");
    add_file(app, "--json", options_.json, "Write the results as JSON; - is stdout");
    add_file(app, "--junit", options_.junit, "Write them as JUnit's XML; - is stdout");
    add_file(app, "--tap", options_.tap, "Write them in the Test Anything Protocol; - is stdout");
    add_file(app, "--html", options_.html, "Write them as a page for a browser; - is stdout");
    app.add_option("--report", former_,
                   "Examine nothing; with --html, one page of former runs, files of --json")
        ->option_text("FILE...");
    app.footer(
        "With --through, each case is played from both ends in this process, and first without "
        "the proxy: what differs there is the machine's doing, and the case is skipped. What "
        "depends on timing is repeated.\n\n"
        "Exit code 0: nothing that must be so was broken; 1: something was, or nothing could be "
        "examined; 2: an error on the command line; 4: every case was skipped, or with --strict a "
        "MUST; 130: interrupted.");
    app.final_callback([this, &app] { complete(app); });
  }

  int run() override {
    if (!former_.empty()) return doctor::write_page_of_former(former_, options_.html);
    if (list_) {
      const std::string text = doctor::list_of(options_.cases);
      const bool printed = std::fputs(text.c_str(), stdout) != EOF && std::fflush(stdout) == 0;
      if (!printed) std::perror("echoline doctor: cannot write to standard output");
      return printed ? exit_code::success : exit_code::failure;
    }
    // A peer, or a reader of our output, that has gone is an error of a system call.
    std::signal(SIGPIPE, SIG_IGN);
    descriptors::raise_open_files();
    streams::EventLoop loop;
    doctor::Doctor doctor(loop, std::move(options_));
    return loop.run(doctor.run());
  }

 private:
  static void add_file(CLI::App& app, const std::string& name, std::string& file,
                       const std::string& what) {
    app.add_option(name, file, what)->option_text("FILE");
  }
  static void add_address(CLI::App& app, const std::string& name, const std::string& what,
                          Target& target) {
    app.add_option_function<std::string>(
           name,
           [&target, name](const std::string& text) {
             target = parse_one(name, std::span(&text, 1));
           },
           what)
        ->option_text("HOST:PORT");
  }
  void complete(const CLI::App& app);
  void complete_through();
  void complete_former(const CLI::App& app) const;
  void complete_ways();

  doctor::Options options_;
  Target through_;
  Target origin_;
  Target behind_;
  Target admin_;
  std::vector<std::string> only_;
  std::vector<std::string> former_;
  bool list_ = false;
  CLI::Option* protocol_ = nullptr;
  CLI::Option* proxy_ = nullptr;
};

void DoctorCommand::complete_through() {
  if (!options_.target_name.empty()) {
    refuse("--through takes the place of TARGET; leave out " + text::quoted(options_.target_name));
  }
  if (protocol_->count() != 0) {
    refuse("--protocol is for a service; with --through doctor is the service itself");
  }
  options_.target = through_.address;
  options_.target_name = through_.name;
  if (!behind_.name.empty()) {
    options_.way = doctor::Way::behind;
    options_.behind = behind_.address;
    options_.behind_name = behind_.name;
    options_.admin = admin_.address;
    options_.admin_name = admin_.name;
    return;
  }
  options_.way = doctor::Way::through;
  options_.origin = origin_.address;
  options_.origin_name = origin_.name;
}

void DoctorCommand::complete_former(const CLI::App& app) const {
  if (options_.html.empty()) refuse("--report goes with --html, the page that is to be written");
  if (!options_.target_name.empty()) {
    refuse("--report examines nothing; leave out " + text::quoted(options_.target_name));
  }
  for (const CLI::Option* const option : app.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || name == "--report" || name == "--html") continue;
    refuse("--report examines nothing; leave out " + name);
  }
}

void DoctorCommand::complete_ways() {
  if (!behind_.name.empty() && !origin_.name.empty()) {
    refuse("--behind takes the place of --origin; leave out one of them");
  }
  if (behind_.name.empty() != admin_.name.empty()) {
    refuse("--behind and --admin go together: an echolined, and who tells how it saw it");
  }
  if (through_.name.empty() != (origin_.name.empty() && behind_.name.empty())) {
    refuse("--through and --origin go together: the proxy, and where it forwards to");
  }
  if (!through_.name.empty() && through_.name == origin_.name) {
    refuse("--through is a proxy, which " + text::quoted(through_.name) +
           " cannot be for itself; give where it forwards to");
  }
  if (!through_.name.empty()) complete_through();
  if (options_.expects_proxy && !has_proxy(options_.way)) {
    refuse("--expect-proxy is of what is behind a proxy: it needs --through");
  }
  if (!options_.reload_command.empty() && options_.way != doctor::Way::through) {
    refuse("--reload-command is for a proxy with doctor behind it: it needs --origin");
  }
}

void DoctorCommand::complete(const CLI::App& app) {
  // Where there is no target, nobody has looked yet.
  if (const auto unknown = unknown_option(app)) throw CLI::ValidationError(*unknown);
  if (!former_.empty()) {
    complete_former(app);
    return;
  }
  const std::vector<doctor::Selection> selections = parse_selections(only_);
  if (list_) {
    options_.cases = doctor::cases_of(selections);
    return;
  }
  complete_ways();
  if (options_.proxy) options_.proxy_name = proxy_->as<std::string>();
  if (options_.target_name.empty()) {
    refuse("TARGET is missing: a service, or a proxy with --through and --origin");
  }
  options_.cases = doctor::cases_of(options_.way, selections);
  if (options_.cases.empty()) {
    refuse("--only: none of these cases is for what is examined; --list says what they are for");
  }
  const int to_standard_output =
      static_cast<int>(options_.json == "-") + static_cast<int>(options_.junit == "-") +
      static_cast<int>(options_.tap == "-") + static_cast<int>(options_.html == "-");
  if (to_standard_output > 1) {
    refuse("--json, --junit, --tap, --html: only one of them can have stdout");
  }
  const std::array files{&options_.json, &options_.junit, &options_.tap, &options_.html};
  for (auto one = files.begin(); one != files.end(); ++one) {
    const auto same = [one](const std::string* other) {
      return !other->empty() && *other == **one;
    };
    if (std::none_of(one + 1, files.end(), same)) continue;
    refuse("--json, --junit, --tap, --html: only one of them can be " + text::quoted(**one));
  }
}

}  // namespace

const SubcommandEntry doctor_command{
    "doctor", "Examine how a service or a proxy treats TCP",
    "  echoline doctor 127.0.0.1:7007                 an echo service, case by case\n"
    "  echoline doctor --through :8080 --origin :9000 a proxy, from both ends\n"
    "  echoline doctor --report *.json --html x.html  former runs beside one another\n",
    [](CLI::App& app) -> std::unique_ptr<Subcommand> {
      return std::make_unique<DoctorCommand>(app);
    }};

}  // namespace client::command_line
