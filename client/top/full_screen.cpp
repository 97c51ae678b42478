#include "client/top/full_screen.hpp"

#include <algorithm>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace client::top {
namespace {

// xterm's control sequences, which every terminal of today knows.
constexpr std::string_view to_other_page = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view to_own_page = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view to_first_line = "\x1b[H";
constexpr std::string_view erase_rest_of_line = "\x1b[K";
constexpr std::string_view erase_below = "\x1b[J";

/// Whether all of it is written, without waiting for a terminal that takes nothing.
bool write_at_once(int terminal, std::string_view text) noexcept {
  while (!text.empty()) {
    pollfd entry{};
    entry.fd = terminal;
    entry.events = POLLOUT;
    if (::poll(&entry, 1, 0) <= 0) return false;
    const ssize_t written = ::write(terminal, text.data(), text.size());
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Undoes Ctrl-S. The kernel starts only what was stopped by a call.
void restart_output(int terminal) noexcept {
  ::tcflow(terminal, TCOOFF);
  ::tcflow(terminal, TCOON);
}

}  // namespace

void FullScreen::enter() noexcept {
  if (taken_) return;
  taken_ = true;
  has_keys_ = ::isatty(input_) == 1 && ::tcgetattr(input_, &before_) == 0;
  if (has_keys_) {
    termios keys = before_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    ::tcsetattr(input_, TCSANOW, &keys);
  }
  overdue_ = write_at_once(output_, to_other_page) ? std::string_view() : to_other_page;
}

void FullScreen::leave() noexcept {
  if (!taken_) return;
  taken_ = false;
  if (!write_at_once(output_, to_own_page)) {
    restart_output(output_);
    write_at_once(output_, to_own_page);
  }
  if (has_keys_) ::tcsetattr(input_, TCSANOW, &before_);
}

ScreenSize FullScreen::size() const noexcept {
  winsize found{};
  if (::ioctl(output_, TIOCGWINSZ, &found) != 0 || found.ws_col == 0 || found.ws_row == 0) {
    return {};
  }
  return {found.ws_col, found.ws_row};
}

std::string FullScreen::frame(std::span<const std::string> lines) {
  std::string out(to_first_line);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i != 0) out += "\r\n";
    out += lines[i];
    out += erase_rest_of_line;
  }
  // Behind the last line; what a larger screen has left below it goes.
  return out += erase_below;
}

// ECMA-48's control sequences, and behind ESC O or ESC one byte more.
std::string FullScreen::letters(std::string_view typed) {
  constexpr char escape = '\x1b';
  std::string out;
  while (!typed.empty()) {
    const char key = typed.front();
    typed.remove_prefix(1);
    if (key != escape) {
      out += key;
    } else if (typed.starts_with('[')) {
      const auto is_final = [](char c) { return c >= '@' && c <= '~'; };
      const auto last = std::find_if(typed.begin() + 1, typed.end(), is_final);
      typed.remove_prefix(last == typed.end() ? typed.size()
                                              : static_cast<std::size_t>(last - typed.begin()) + 1);
    } else {
      typed.remove_prefix(std::min<std::size_t>(typed.size(), typed.starts_with('O') ? 2 : 1));
    }
  }
  return out;
}

}  // namespace client::top
