#include "client/html/page.hpp"

#include "streams/text/utf8.hpp"

namespace client::html {
namespace {

/// C0 but for the line feed, DEL and C1: HTML has no room for them.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return (first < 0x20 && first != '\n') || first == 0x7f;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = text::character_at_front(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    switch (character.front()) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += length == 0 || is_control(character) ? "\ufffd" : character;
    }
    text.remove_prefix(character.size());
  }
  return out;
}

std::string page(std::string_view title, std::string_view body) {
  std::string text =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      // Nothing is asked for, not even the browser's icon, and no script could run.
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; img-src data:\">\n<link rel=\"icon\" href=\"data:,\">\n<title>";
  text += escaped(title);
  text += "</title>\n<style>\n";
  text += style;
  text += "</style>\n</head>\n<body>\n";
  text += body;
  return text + "</body>\n</html>\n";
}

}  // namespace client::html
