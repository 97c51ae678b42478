#include "client/connect/crlf.hpp"

namespace client::connect {

std::string_view Crlf::translate(std::string_view piece) {
  out_.clear();
  for (const char c : piece) {
    if (c == '\n' && !after_cr_) out_ += '\r';
    out_ += c;
    after_cr_ = c == '\r';
  }
  return out_;
}

}  // namespace client::connect
