// FullScreen: a terminal that shows one screen after the other and hands over each key as it is
// typed. It is put back as it was found, at the latest by the destructor. No call waits for a
// terminal that takes nothing. One thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <termios.h>
#include <utility>

namespace client::top {

struct ScreenSize {
  std::size_t width = 80;
  std::size_t height = 24;
};

class FullScreen {
 public:
  /// Descriptors, which stay the caller's; `output` is a terminal, `input` may be one.
  FullScreen(int input, int output) noexcept : input_(input), output_(output) {}
  ~FullScreen() { leave(); }
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  /// Takes the terminal over: another page, no cursor, no echo, keys at once. Ctrl-C and Ctrl-Z
  /// still are signals.
  void enter() noexcept;
  /// Gives it back; its page only where it takes that at once, also after Ctrl-S. Nothing where it
  /// is not taken.
  void leave() noexcept;
  /// What enter() could not write at once and stands before the next frame; once.
  std::string_view overdue() noexcept { return std::exchange(overdue_, {}); }

  /// What it has at present; the usual size where it does not tell.
  ScreenSize size() const noexcept;
  /// What shows these lines instead of those before.
  static std::string frame(std::span<const std::string> lines);
  /// Of what was typed the letters: without the keys that send several bytes, such as arrows.
  static std::string letters(std::string_view typed);

 private:
  int input_;
  int output_;
  bool taken_ = false;
  std::string_view overdue_;
  bool has_keys_ = false;  // and before_ is how they were
  termios before_{};
};

}  // namespace client::top
