// HelpFormatter: CLI11's help within 80 columns, however long the texts are that the options have;
// line feeds in them are as spaces. The examples and the usage stand as they are.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace client::command_line {

class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_subcommand(const CLI::App* sub) const override;
  /// An empty line is kept.
  std::string make_footer(const CLI::App* app) const override;

 private:
  std::string beside_names(const std::string& description) const;
};

}  // namespace client::command_line
