#include "streams/proxy_header/line.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>

#include "streams/text/number.hpp"

namespace proxy_header {
namespace {

/// Takes the next field off the front of `line`, which begins with the space before it.
Fault take_field(std::string_view& line, std::string_view& field) {
  if (line.empty()) return Fault::missing_field;
  if (line[0] != ' ') return Fault::spacing;
  line.remove_prefix(1);
  field = line.substr(0, line.find(' '));
  if (field.empty()) return line.empty() ? Fault::missing_field : Fault::spacing;
  line.remove_prefix(field.size());
  return Fault::none;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  return text::whole_number<std::uint16_t>(text);
}

/// Both families have it at the same place.
void set_port(sockaddr_storage& address, std::uint16_t port) {
  reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
}

/// False where it is none. inet_pton(3) takes no leading zeros in IPv4, and no zone.
bool parse_address(sa_family_t family, std::string_view text, sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return false;
  text.copy(terminated.data(), text.size());
  address.ss_family = family;
  void* const to = family == AF_INET
                       ? static_cast<void*>(&reinterpret_cast<sockaddr_in&>(address).sin_addr)
                       : &reinterpret_cast<sockaddr_in6&>(address).sin6_addr;
  return ::inet_pton(family, terminated.data(), to) == 1;
}

Fault read_addresses(sa_family_t family, std::string_view line, Header& header) {
  std::array<std::string_view, 4> fields;
  for (std::string_view& field : fields) {
    if (const Fault fault = take_field(line, field); fault != Fault::none) return fault;
  }
  if (!line.empty()) return Fault::surplus_field;
  sockaddr_storage source{};
  sockaddr_storage destination{};
  if (!parse_address(family, fields[0], source)) return Fault::source_address;
  if (!parse_address(family, fields[1], destination)) return Fault::destination_address;
  const auto source_port = parse_port(fields[2]);
  if (!source_port) return Fault::source_port;
  const auto destination_port = parse_port(fields[3]);
  if (!destination_port) return Fault::destination_port;
  set_port(source, *source_port);
  set_port(destination, *destination_port);
  header.kind = Header::Kind::proxied;
  header.source = streams::Endpoint(source);
  header.destination = streams::Endpoint(destination);
  return Fault::none;
}

std::string host_of(const streams::Endpoint& endpoint) {
  const sockaddr* const address = endpoint.address();
  const void* const from =
      endpoint.family() == AF_INET
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(address)->sin_addr)
          : &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(endpoint.family(), from, text.data(), text.size());
  return text.data();
}

}  // namespace

Fault read_line(std::string_view fields, Header& header) {
  std::string_view protocol;
  if (const Fault fault = take_field(fields, protocol); fault != Fault::none) return fault;
  if (protocol == "TCP4") return read_addresses(AF_INET, fields, header);
  if (protocol == "TCP6") return read_addresses(AF_INET6, fields, header);
  if (protocol != "UNKNOWN") return Fault::protocol;
  // Whatever follows is to be ignored.
  header.kind = Header::Kind::unknown;
  return Fault::none;
}

std::string write_line(const streams::Endpoint& source, const streams::Endpoint& destination) {
  const bool is_v4 = source.family() == AF_INET && destination.family() == AF_INET;
  const auto host = [is_v4](const streams::Endpoint& endpoint) {
    const bool is_mapped = !is_v4 && endpoint.family() == AF_INET;
    return (is_mapped ? "::ffff:" : "") + host_of(endpoint);
  };
  std::string line = is_v4 ? "PROXY TCP4 " : "PROXY TCP6 ";
  line += host(source) + ' ' + host(destination) + ' ';
  line += std::to_string(source.port()) + ' ' + std::to_string(destination.port()) + "\r\n";
  return line;
}

}  // namespace proxy_header
