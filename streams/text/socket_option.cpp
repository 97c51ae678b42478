#include "streams/text/socket_option.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "streams/text/number.hpp"

namespace text {
namespace {

constexpr unsigned max_dscp = 63;

constexpr std::array<std::pair<std::string_view, unsigned>, 23> dscp_names{
    {{"cs0", 0},   {"le", 1},    {"cs1", 8},   {"af11", 10}, {"af12", 12}, {"af13", 14},
     {"cs2", 16},  {"af21", 18}, {"af22", 20}, {"af23", 22}, {"cs3", 24},  {"af31", 26},
     {"af32", 28}, {"af33", 30}, {"cs4", 32},  {"af41", 34}, {"af42", 36}, {"af43", 38},
     {"cs5", 40},  {"va", 44},   {"ef", 46},   {"cs6", 48},  {"cs7", 56}}};

}  // namespace

Parsed<unsigned> parse_dscp(std::string_view text) {
  Parsed<unsigned> parsed;
  const auto named = std::ranges::find(dscp_names, text, [](const auto& row) { return row.first; });
  const auto number = whole_number<unsigned>(std::string(text));
  if (named != dscp_names.end()) {
    parsed.value = named->second;
  } else if (number && *number <= max_dscp) {
    parsed.value = *number;
  } else {
    parsed.error =
        '"' + std::string(text) +
        "\" is not a code point; write 0 to 63, or cs0 to cs7, af11 to af43, ef, va or le";
  }
  return parsed;
}

std::string format_dscp(unsigned dscp) {
  const auto named =
      std::ranges::find(dscp_names, dscp, [](const auto& row) { return row.second; });
  return named != dscp_names.end() ? std::string(named->first) : std::to_string(dscp);
}

std::string option_remedy(std::string_view option, int error) {
  if (error == ENOPROTOOPT || error == EOPNOTSUPP) {
    return "this kernel, or the socket's protocol, has no such option: leave it out";
  }
  if (option != "device") return {};
  if (error == ENODEV) return "this machine has no such interface: \"ip link\" lists those it has";
  if (error == EPERM) {
    return "binding to an interface takes CAP_NET_RAW here: run it with that capability "
           "(AmbientCapabilities= of a unit), or have a .socket unit do it (BindToDevice=)";
  }
  return {};
}

}  // namespace text
