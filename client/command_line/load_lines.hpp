// LoadLines: the options of `echoline load` that say which lines are sent and what must come back.
// What belongs to a line stands behind it. Refers to the parser's options and is pinned.
#pragma once

#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "client/load/plan.hpp"

namespace client::command_line {

class LoadLines {
 public:
  LoadLines() = default;
  LoadLines(const LoadLines&) = delete;
  LoadLines& operator=(const LoadLines&) = delete;

  void add_to(CLI::App& app);
  /// After all options were read. Throws CLI::ValidationError for what cannot be read or does not
  /// go together.
  void complete(load::Payload& payload) const;

 private:
  void take_in_order(load::Payload& payload) const;

  CLI::App* app_ = nullptr;
  CLI::Option* line_ = nullptr;
  CLI::Option* weight_ = nullptr;
  CLI::Option* reply_ = nullptr;
  CLI::Option* reply_match_ = nullptr;
  bool stamped_ = false;
  std::string file_;
  std::string reply_last_;
  std::string greeting_;
};

}  // namespace client::command_line
