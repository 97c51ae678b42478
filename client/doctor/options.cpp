#include "client/doctor/options.hpp"

#include "client/load/service_process.hpp"

namespace client::doctor {

using load::shell_quoted;

std::string command_of(const Options& options, Number number) {
  std::string text = "echoline doctor ";
  if (options.way == Way::through) {
    text += "--through " + options.target_name + " --origin " + options.origin_name;
  } else if (options.way == Way::behind) {
    text += "--through " + options.target_name + " --behind " + options.behind_name + " --admin " +
            options.admin_name;
  } else {
    text += options.way == Way::echo ? "--protocol echo " : "--protocol line ";
    text += options.target_name;
  }
  if (options.proxy) text += " --proxy " + options.proxy_name;
  if (options.expects_proxy) text += " --expect-proxy";
  if (!options.reload_command.empty()) {
    text += " --reload-command " + shell_quoted(options.reload_command);
  }
  if (options.is_long) text += " --long";
  if (options.strict) text += " --strict";
  return text + (options.quick ? " --quick" : "") + " --only " + to_string(number);
}

}  // namespace client::doctor
