#include "client/load/report/escaped.hpp"

namespace client::load::report {
namespace {

void append_escaped(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '\r': out += "\\r"; return;
    case '\n': out += "\\n"; return;
    case '\t': out += "\\t"; return;
    case '\\':
    case '"': (out += '\\') += c; return;
    default: break;
  }
  if (byte < 0x20 || byte > 0x7e) {
    ((out += "\\x") += hex[byte >> 4U]) += hex[byte & 15U];
  } else {
    out += c;
  }
}

}  // namespace

std::string escaped(std::string_view bytes, std::size_t limit) {
  std::string out = "\"";
  for (const char c : bytes.substr(0, limit)) append_escaped(out, c);
  return out + (bytes.size() > limit ? "\"..." : "\"");
}

}  // namespace client::load::report
