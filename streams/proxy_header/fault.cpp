#include "streams/proxy_header/fault.hpp"

#include <string>

namespace proxy_header {
namespace {

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "proxy_header"; }
  std::string message(int value) const override {
    switch (static_cast<Fault>(value)) {
      case Fault::none: return "the PROXY header is well-formed";
      case Fault::no_header: return "no PROXY header came first";
      case Fault::line_too_long: return "the PROXY line has no CR LF in its first 107 bytes";
      case Fault::line_end: return "a CR or an LF of the PROXY line stands alone";
      case Fault::protocol: return "the protocol of the PROXY line is not TCP4, TCP6 or UNKNOWN";
      case Fault::missing_field: return "the PROXY line lacks an address or a port";
      case Fault::spacing: return "not exactly one space parts two fields of the PROXY line";
      case Fault::surplus_field: return "the PROXY line goes on behind its last port";
      case Fault::source_address: return "the source address of the PROXY line is malformed";
      case Fault::destination_address:
        return "the destination address of the PROXY line is malformed";
      case Fault::source_port: return "the source port of the PROXY line is malformed";
      case Fault::destination_port: return "the destination port of the PROXY line is malformed";
      case Fault::version: return "the version of the binary PROXY header is not 2";
      case Fault::command: return "the command of the PROXY header is neither LOCAL nor PROXY";
      case Fault::family: return "the PROXY header has an unknown address family";
      case Fault::transport: return "the PROXY header has an unknown transport protocol";
      case Fault::short_addresses: return "the PROXY header is too short for its addresses";
      case Fault::too_long: return "the PROXY header is longer than 16 KiB";
      case Fault::tlv: return "a TLV reaches beyond the end of the PROXY header";
      case Fault::checksum: return "the checksum of the PROXY header is wrong";
    }
    return "unknown fault of a PROXY header";
  }
};

}  // namespace

const std::error_category& fault_category() noexcept {
  static const Category category;
  return category;
}

}  // namespace proxy_header
