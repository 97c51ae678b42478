#include "client/load/report/live_display.hpp"

#include <string_view>
#include <unistd.h>

#include "client/load/report/terminal.hpp"

namespace client::load::report {
namespace {

// The cursor rests at the end of the second line. Never hidden, it need not be restored by one who
// was killed.
constexpr std::string_view to_start = "\r\x1b[1A";
constexpr std::string_view erase_below = "\x1b[J";

}  // namespace

LiveDisplay::LiveDisplay(int descriptor, const Plan& plan)
    : descriptor_(descriptor),
      plan_(plan),
      in_place_(can_redraw(descriptor)),
      style_(style_of(descriptor)) {}

void LiveDisplay::interval(const Figures& figures) {
  so_far_.requests += figures.requests;
  so_far_.errors += figures.errors.total();
  if (!in_place_) return write(progress_line(plan_, figures, so_far_, style_));
  std::string out = drawn_ ? std::string{to_start} : std::string{};
  // A terminal that was full in the last column may wrap already.
  out.append(erase_below) += display(plan_, figures, so_far_, width_of(descriptor_) - 1, style_);
  write(out);
  drawn_ = true;
}

void LiveDisplay::clear() {
  if (!drawn_) return;
  write(std::string{to_start}.append(erase_below));
  drawn_ = false;
}

// In one call, so that nobody sees half of it. A display that cannot be written is not missed.
void LiveDisplay::write(const std::string& text) const {
  [[maybe_unused]] const auto written = ::write(descriptor_, text.data(), text.size());
}

}  // namespace client::load::report
