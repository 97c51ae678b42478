#include "config/read_address.hpp"

#include "config/error.hpp"
#include "config/listener_set.hpp"

namespace config {

void check_address(TableReader& reader, const std::string& address) {
  if (reader.how_read("address") != Read::good) return;
  if (const std::string error = address_error(address); !error.empty()) {
    reader.error(reader.at("address"), "'address': " + error);
  }
}

void check_access(TableReader& reader, const std::string& address, const std::string& mode,
                  const std::string& group) {
  if (reader.how_read("address") == Read::bad) return;
  const bool may_be_path = address.empty() || address.starts_with("unix:");
  for (const char* const key : {"mode", "group"}) {
    const std::string& value = std::string_view{key} == "mode" ? mode : group;
    if (may_be_path || value.empty()) continue;
    reader.error(reader.at(key), std::string{"'"} + key +
                                     "' applies to unix: sockets only; this is " + quoted(address));
  }
  const bool octal = mode.find_first_not_of("01234567") == std::string::npos;
  const std::size_t digits = mode.size();
  const bool fits = digits == 3 || (digits == 4 && mode.front() == '0');
  if (digits != 0 && !(octal && fits)) {
    reader.error(reader.at("mode"),
                 "'mode' is " + quoted(mode) + "; allowed are \"0000\" to \"0777\", octal");
  }
  if (printable(group) != group) {
    reader.error(reader.at("group"),
                 "'group' has a control character in it; allowed is the name or number of one");
  }
}

}  // namespace config
