#include "config/read_tcp.hpp"

#include "config/error.hpp"

namespace config {

void read_tcp(TableReader& reader, streams::SocketOptions& tcp) {
  reader.read(tcp);
  if (reader.how_read("mss") == Read::good && tcp.mss != 0 && tcp.mss < streams::least_mss) {
    reader.error(reader.at("mss"), "'mss' is " + std::to_string(tcp.mss) + "; allowed are 0 and " +
                                       std::to_string(streams::least_mss) + " to " +
                                       std::to_string(streams::most_mss));
  }
  const std::string& device = tcp.device;
  const bool is_name = device.size() <= streams::longest_device && printable(device) == device &&
                       device.find_first_of("/ ") == std::string::npos;
  if (reader.how_read("device") == Read::good && !is_name) {
    reader.error(reader.at("device"), "'device' is " + quoted(device) +
                                          "; allowed is the name of a network interface, at most " +
                                          std::to_string(streams::longest_device) +
                                          " bytes, as in \"eth0\"");
  }
}

void refuse_tcp_of_path(TableReader& reader, const Schema& schema, const std::string& address) {
  if (reader.how_read("address") != Read::good || !address.starts_with("unix:")) return;
  for (const Key* const key : schema.of(Table::tcp)) {
    if (reader.how_read(key->name) != Read::good) continue;
    reader.error(reader.at(key->name), "'" + std::string(key->name) +
                                           "' applies to TCP only; this is " + quoted(address));
  }
}

}  // namespace config
