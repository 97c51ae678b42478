#include "client/load/report/display.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "client/load/report/columns.hpp"
#include "client/load/report/plan_text.hpp"
#include "client/load/report/quantities.hpp"

namespace client::load::report {
namespace {

constexpr std::size_t widest_bar = 50;
constexpr std::string_view gap = "   ";

struct Part {
  std::string text;
  Tone tone = Tone::plain;
};

std::string in_seconds(Duration time) {
  const auto whole = std::chrono::round<std::chrono::seconds>(time);
  return whole.count() == 0 ? "0 s" : readable_span(whole);
}

// The share of the run that is over, by its duration or its number of requests.
double done(const Plan& plan, Duration elapsed, const SoFar& so_far) {
  double share = 0;
  if (plan.requests) {
    share = static_cast<double>(so_far.requests + so_far.errors) /
            static_cast<double>(std::max<std::uint64_t>(*plan.requests, 1));
  } else if (plan.duration.count() > 0) {
    share = static_cast<double>(elapsed.count()) / static_cast<double>(plan.duration.count());
  }
  return std::clamp(share, 0.0, 1.0);
}

// What the run still waits for when nothing more is sent; empty before.
std::string waited_for(const Plan& plan, const Figures& figures, const SoFar& so_far) {
  const std::uint64_t over = so_far.requests + so_far.errors + figures.under_way;
  const bool is_over =
      plan.requests ? over >= *plan.requests : figures.start + figures.length >= plan.duration;
  if (!is_over || figures.under_way == 0) return {};
  if (!plan.protocol->has_replies) return "waiting for " + counted(figures.under_way, "message");
  if (figures.under_way == 1) return "waiting for 1 reply";
  return "waiting for " + readable_count(figures.under_way) + " replies";
}

std::string left_over(const Plan& plan, const Figures& figures, const SoFar& so_far) {
  std::string waiting = waited_for(plan, figures, so_far);
  if (!waiting.empty()) return waiting;
  if (!plan.requests) {
    const Duration left = plan.duration - figures.start - figures.length;
    return in_seconds(std::max(left, Duration::zero())) + " left";
  }
  const std::uint64_t over = so_far.requests + so_far.errors;
  return counted(*plan.requests - std::min(over, *plan.requests), "request") + " left";
}

std::string bar_line(const Plan& plan, const Figures& figures, const SoFar& so_far,
                     std::size_t width, const Style& style) {
  const Duration elapsed = figures.start + figures.length;
  const std::string before = in_seconds(elapsed);
  const std::string after = left_over(plan, figures, so_far);
  const std::size_t taken = columns(before) + columns(after) + 2;
  if (taken + 4 > width) {
    // What is left without the bar says most.
    for (const std::string& text : {before + ", " + after, after, before}) {
      if (columns(text) <= width) return text;
    }
    return {};
  }
  const std::size_t all = std::min(width - taken, widest_bar);
  const auto full =
      static_cast<std::size_t>(std::floor(done(plan, elapsed, so_far) * static_cast<double>(all)));
  std::string bar;
  for (std::size_t i = 0; i < full; ++i) bar += "━";
  std::string rest;
  for (std::size_t i = full; i < all; ++i) rest += "─";
  return before + ' ' + style.in(Tone::accent, bar) + style.in(Tone::faint, rest) + ' ' + after;
}

std::vector<Part> figure_parts(const Plan& plan, const Figures& figures, const SoFar& so_far) {
  std::vector<Part> parts{
      {readable_rate(figures.rate()), Tone::strong},
      {counted(so_far.errors, "error"), so_far.errors == 0 ? Tone::plain : Tone::bad}};
  const measure::Histogram& times = plan.open_loop() ? figures.response : figures.service;
  if (!times.empty()) {
    for (const auto& [name, percent] : {std::pair{"p50 ", 50.0}, std::pair{"p99 ", 99.0}}) {
      if (times.has_percentile(percent)) {
        parts.push_back({name + readable_time(times.percentile(percent)), Tone::plain});
      }
    }
    parts.push_back({"max " + readable_time(times.max()), Tone::plain});
  }
  parts.push_back({counted(figures.connections_active, "connection"), Tone::plain});
  return parts;
}

// Whole parts as long as there is room, then nothing: half a number would be another number.
std::string figure_line(const std::vector<Part>& parts, std::size_t width, const Style& style) {
  std::string out;
  std::size_t taken = 0;
  for (const Part& part : parts) {
    const std::size_t needed = columns(part.text) + (taken == 0 ? 0 : gap.size());
    if (taken + needed > width) break;
    if (taken != 0) out += gap;
    out += style.in(part.tone, part.text);
    taken += needed;
  }
  return out;
}

}  // namespace

std::string display(const Plan& plan, const Figures& figures, const SoFar& so_far,
                    std::size_t width, const Style& style) {
  const std::string out = bar_line(plan, figures, so_far, width, style) + '\n' +
                          figure_line(figure_parts(plan, figures, so_far), width, style);
  return style.unicode ? out : to_ascii(out);
}

std::string progress_line(const Plan& plan, const Figures& figures, const SoFar& so_far,
                          const Style& style) {
  std::string out = in_seconds(figures.start + figures.length);
  for (const Part& part : figure_parts(plan, figures, so_far)) out += ", " + part.text;
  const std::string waiting = waited_for(plan, figures, so_far);
  if (!waiting.empty()) out += ", " + waiting;
  out += '\n';
  return style.unicode ? out : to_ascii(out);
}

}  // namespace client::load::report
