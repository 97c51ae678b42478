#include "config/listen_address.hpp"

#include "config/suggest.hpp"
#include "streams/address.hpp"

namespace config {

std::string address_error(std::string_view address) {
  if (address == inherited_address) return {};
  std::string error = streams::parse_address(address).error;
  if (!error.empty() && nearest(address, {&inherited_address, 1})) {
    error += "; or did you mean \"systemd\"?";
  }
  return error;
}

}  // namespace config
