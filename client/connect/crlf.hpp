// Line feeds become carriage return and line feed, as telnet and the RFCs' protocols end a line.
// What ends so already stays as it is. A value without I/O.
#pragma once

#include <string>
#include <string_view>

namespace client::connect {

class Crlf {
 public:
  /// The next piece of a text, translated; valid until the next call.
  std::string_view translate(std::string_view piece) {
    out_.clear();
    for (const char c : piece) {
      if (c == '\n' && !after_cr_) out_ += '\r';
      out_ += c;
      after_cr_ = c == '\r';
    }
    return out_;
  }

 private:
  std::string out_;
  bool after_cr_ = false;  // the text so far ends with one
};

}  // namespace client::connect
