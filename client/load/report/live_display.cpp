#include "client/load/report/live_display.hpp"

#include <string_view>
#include <unistd.h>

#include "client/load/report/columns.hpp"
#include "client/load/report/style.hpp"

namespace client::load::report {
namespace {

// The cursor rests at the end of the second line. Never hidden, it need not be restored by one who
// was killed.
constexpr std::string_view to_start = "\r\x1b[1A";
constexpr std::string_view erase_below = "\x1b[J";

// What is left over at the end of a run makes no rate worth reading.
constexpr Duration shortest_interval = std::chrono::milliseconds{100};

}  // namespace

LiveDisplay::LiveDisplay(int descriptor, const Plan& plan)
    : descriptor_(descriptor),
      own_(descriptor),
      plan_(plan),
      in_place_(can_redraw(descriptor)),
      style_(style_of(descriptor)) {}

void LiveDisplay::status(std::string_view text) {
  if (in_place_) draw(std::string{cut(text, room())} + '\n');
}

void LiveDisplay::interval(const Figures& figures) {
  so_far_.requests += figures.answered;
  so_far_.errors += figures.errors.total();
  if (figures.length < shortest_interval) return;
  if (!in_place_) return write(progress_line(plan_, figures, so_far_, style_));
  draw(display(plan_, figures, so_far_, room(), style_));
}

void LiveDisplay::clear() {
  if (!drawn_) return;
  write(std::string{to_start}.append(erase_below));
  drawn_ = false;
}

// A terminal that is full in its last column may wrap already.
std::size_t LiveDisplay::room() const { return width_of(descriptor_) - 1; }

void LiveDisplay::draw(const std::string& two_lines) {
  write((drawn_ ? std::string{to_start} : std::string{}).append(erase_below) + two_lines);
  drawn_ = true;
}

// In one call, so that nobody sees half of it. A display that cannot be written is not missed.
void LiveDisplay::write(const std::string& text) const {
  [[maybe_unused]] const auto written = ::write(own_.get(), text.data(), text.size());
}

}  // namespace client::load::report
