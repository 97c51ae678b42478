// LiveDisplay: shows a run on a descriptor while it goes on: in place on a terminal, a line a
// second elsewhere. Told by the run once a second; used on one thread. The descriptor must outlive
// it. What a terminal does not take at once is left out: one that was stopped, or that nobody
// reads, holds up neither the run nor its end.
#pragma once

#include <string>
#include <string_view>

#include "client/descriptors/own_terminal.hpp"
#include "client/load/report/display.hpp"

namespace client::load::report {

class LiveDisplay {
 public:
  /// Finds out what `descriptor` can show. `plan` must outlive the display.
  LiveDisplay(int descriptor, const Plan& plan);
  ~LiveDisplay() { clear(); }
  LiveDisplay(const LiveDisplay&) = delete;
  LiveDisplay& operator=(const LiveDisplay&) = delete;

  /// What goes on instead of a measurement. Only shown in place: it is no news once it is over.
  void status(std::string_view text);
  void interval(const Figures& figures);
  /// Takes away what is drawn in place, and leaves the cursor where the display began.
  void clear();

 private:
  std::size_t room() const;
  void draw(const std::string& two_lines);
  void write(const std::string& text) const;

  int descriptor_;
  descriptors::OwnTerminal own_;
  const Plan& plan_;
  bool in_place_;
  Style style_;
  SoFar so_far_;
  bool drawn_ = false;
};

}  // namespace client::load::report
