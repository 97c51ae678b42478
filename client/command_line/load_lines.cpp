#include "client/command_line/load_lines.hpp"

#include <cstdint>
#include <fstream>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "client/load/line_template.hpp"
#include "client/replies/pattern.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/number.hpp"

namespace client::command_line {
namespace {

constexpr std::uint64_t max_weight = 1'000'000;
constexpr std::size_t max_lines = 100'000;
constexpr std::size_t max_file = std::size_t{16} << 20U;  // bytes

[[noreturn]] void refuse(const std::string& option, const std::string& why) {
  throw CLI::ValidationError(option, why);
}

std::uint64_t read_weight(const std::string& word) {
  const auto weight = text::whole_number<std::uint64_t>(word);
  if (!weight) refuse("--weight", text::quoted(word) + " is not a whole number");
  if (*weight < 1 || *weight > max_weight) {
    refuse("--weight",
           text::quoted(word) + " is out of range; write 1 to " + std::to_string(max_weight));
  }
  return *weight;
}

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::string content(max_file + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (file.bad() || (file.fail() && !file.eof())) refuse("--lines", name + ": cannot be read");
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (content.size() > max_file) refuse("--lines", name + ": is larger than 16MiB");
  return content;
}

void check_template(const std::string& where, std::string_view text) {
  try {
    static_cast<void>(load::LineTemplate(text));
  } catch (const std::invalid_argument& error) {
    refuse(where, error.what());
  }
}

/// Each line once, without those that are empty.
void add_lines_of(const std::string& name, std::vector<load::PlannedLine>& lines) {
  const std::string content = read_file(name);
  std::string_view rest = content;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::size_t feed = rest.find('\n');
    std::string_view line = rest.substr(0, feed);
    rest.remove_prefix(feed == std::string_view::npos ? rest.size() : feed + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    check_template("--lines: " + name + ':' + std::to_string(number), line);
    lines.emplace_back(std::string(line));
    if (lines.size() > max_lines) {
      refuse("--lines", name + ": has more than " + std::to_string(max_lines) + " lines");
    }
  }
  if (lines.empty()) refuse("--lines", name + ": has only empty lines");
}

void check_pattern(const char* option, const std::string& expression) {
  try {
    static_cast<void>(replies::Pattern(expression));
  } catch (const std::invalid_argument& error) {
    refuse(option, error.what());
  }
}

}  // namespace

void LoadLines::add_to(CLI::App& app) {
  app_ = &app;
  const auto add = [&app](const char* name, const std::string& what, const char* form) {
    return app.add_option(name, what)
        ->option_text(form)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  line_ = add("--line", "A line, with {seq}, {connection}, {random:N};\nmay be repeated for a mix",
              "TEMPLATE");
  weight_ = add("--weight", "Relative frequency of the preceding line (1)", "N");
  reply_ = add("--reply", "The expected reply to the preceding line", "TEMPLATE");
  reply_match_ = add("--reply-match", "Instead, a pattern for its reply (RE2)", "RE");
  app.add_option("--lines", file_, "Send the lines of a file")->option_text("FILE");
  app.add_flag("--stamped", stamped_, "Send STAMP, and tell the server's time from the way's");
  app.add_option("--reply-last", reply_last_, "A pattern for the last line of each reply")
      ->option_text("RE");
  app.add_option("--greeting", greeting_, "A pattern for what the service says first")
      ->option_text("RE");
}

void LoadLines::complete(load::Payload& payload) const {
  take_in_order(payload);
  payload.lines_file = file_;
  if (!file_.empty()) {
    if (!payload.lines.empty()) refuse("--lines", "it cannot be combined with --line");
    add_lines_of(file_, payload.lines);
  }
  for (const auto& [name, expression] :
       {std::pair{"--reply-last", &reply_last_}, std::pair{"--greeting", &greeting_}}) {
    if (app_->get_option(name)->count() != 0) check_pattern(name, *expression);
  }
  payload.stamped = stamped_;
  if (stamped_ && !(payload.lines.empty() && reply_last_.empty())) {
    refuse("--stamped", "it has lines and replies of its own; leave out " +
                            std::string(payload.lines.empty() ? "--reply-last"
                                        : file_.empty()       ? "--line"
                                                              : "--lines"));
  }
  payload.reply_last = reply_last_;
  payload.greeting = greeting_;
}

void LoadLines::take_in_order(load::Payload& payload) const {
  std::map<const CLI::Option*, std::size_t> seen;
  for (const CLI::Option* const option : app_->parse_order()) {
    const bool is_line = option == line_;
    if (!is_line && option != weight_ && option != reply_ && option != reply_match_) continue;
    const std::string name = option->get_name();
    const std::string& text = option->results().at(seen[option]++);
    if (is_line) {
      check_template("--line", text);
      payload.lines.emplace_back(text);
      continue;
    }
    if (payload.lines.empty()) refuse(name, "it has to follow a --line");
    load::PlannedLine& line = payload.lines.back();
    if (option == weight_) {
      line.weight = read_weight(text);
    } else if (option == reply_) {
      check_template("--reply", text);
      line.reply = text;
    } else {
      check_pattern("--reply-match", text);
      line.pattern = text;
    }
    if (!line.reply.empty() && !line.pattern.empty()) {
      refuse("--reply", "a line takes either this or --reply-match");
    }
  }
}

}  // namespace client::command_line
