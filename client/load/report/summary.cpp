#include "client/load/report/summary.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "client/load/report/columns.hpp"
#include "client/load/report/mismatch_text.hpp"
#include "client/load/report/outcome.hpp"
#include "client/load/report/parts_text.hpp"
#include "client/load/report/plan_text.hpp"
#include "client/load/report/quantities.hpp"
#include "client/load/report/request_text.hpp"
#include "client/load/report/spectrum.hpp"
#include "streams/text/timestamp.hpp"

namespace client::load::report {
namespace {

constexpr std::size_t label_width = 13;
constexpr std::size_t amount_width = 12;

std::string line(const Style& style, std::string_view label, std::string_view text,
                 Tone tone = Tone::faint) {
  return style.in(tone, left(label, label_width)) + std::string{text} + '\n';
}

std::string wrapped_line(const Style& style, std::string_view label, std::string_view text,
                         Tone tone = Tone::faint) {
  if (text.empty()) return {};
  // The first line has the label's columns before it, the others as many spaces.
  const std::string filled = std::string(label_width, '_') + std::string{text};
  return line(style, label, wrapped(filled, style.width, label_width).substr(label_width), tone);
}

std::string date(std::chrono::system_clock::time_point time) {
  std::string text = text::timestamp(time, text::Fraction::none);
  text[text.find('T')] = ' ';
  text.replace(text.find('Z'), 1, " UTC");
  return text;
}

std::string plan_lines(const Results& results, const Style& style) {
  const Plan& plan = results.plan;
  return wrapped_line(style, "target", target_text(plan)) +
         wrapped_line(style, "load", load_text(plan)) +
         wrapped_line(style, "time", time_text(plan) + ", from " + date(results.started));
}

std::string rate_line(const Results& results, const Style& style) {
  const Rates& rates = results.rates;
  const std::string answered = readable_rate(rates.answered);
  std::string text = answered;
  if (results.plan.open_loop() && results.asked_rate > 0) {
    text += " of " + readable_rate(results.asked_rate) + " asked (" +
            readable_share(rates.answered / results.asked_rate) + ")";
    constexpr double all = 0.995;
    if (rates.sent < all * results.asked_rate) text += ", " + readable_rate(rates.sent) + " sent";
  }
  // Wrapped before it is coloured: the sequences take no columns.
  std::string out =
      wrapped(std::string(label_width + amount_width + 2, '_') + text, style.width, label_width)
          .substr(label_width + amount_width + 2);
  if (out.starts_with(answered)) out.replace(0, answered.size(), style.in(Tone::strong, answered));
  return line(style, "requests",
              left(readable_count(results.total.answered), amount_width) + "  " + out);
}

std::string peak_line(const Results& results, const Style& style) {
  const std::vector<RateStage>& stages = results.plan.stages;
  const bool changes = std::ranges::any_of(stages, [&stages](const RateStage& stage) {
    return stage.from != stages.front().from || stage.to != stages.front().from;
  });
  if (!results.peak || !changes) return {};
  return wrapped_line(style, "peak",
                      readable_rate(results.peak->rate) + " answered in the second from " +
                          readable_span(results.peak->start) + " on");
}

std::string bytes_line(const Results& results, const Style& style, std::string_view label,
                       std::uint64_t bytes) {
  const double seconds = std::chrono::duration<double>(results.total.length).count();
  const auto amount = static_cast<double>(bytes);
  std::string text = readable_size(amount);
  if (seconds > 0) text = left(text, amount_width) + "  " + readable_size(amount / seconds) + "/s";
  return line(style, label, text);
}

std::string connections_line(const Results& results, const Style& style) {
  std::string text = readable_count(results.total.connections_opened) + " opened";
  const measure::Histogram& times = results.connect;
  if (!times.empty()) {
    text += ": " + times_text(times);
  }
  if (results.total.connects_failed != 0) {
    text += "; " + readable_count(results.total.connects_failed) + " attempts failed";
    const std::string& why = results.error_examples[static_cast<std::size_t>(ErrorKind::connect)];
    if (!why.empty()) text += ": " + why;
  }
  return wrapped_line(style, "connections", text);
}

std::string account_line(const Results& results, const Style& style) {
  const Figures& total = results.total;
  const std::uint64_t errors = total.errors.total();
  return wrapped_line(style, "errors",
                      (errors == 0 ? "none" : readable_count(errors)) + "; offered " +
                          readable_count(total.offered) + " = answered " +
                          readable_count(total.answered) + " + failed " +
                          readable_count(total.failed()) + " + unsent " +
                          readable_count(total.unsent()),
                      errors == 0 ? Tone::faint : Tone::bad);
}

std::string kind_lines(const Results& results, const ErrorCounts& errors, std::string_view label,
                       const Style& style) {
  std::string out;
  for (std::size_t kind = 0; kind < error_kinds.size(); ++kind) {
    if (errors.of[kind] == 0) continue;
    std::string text = readable_count(errors.of[kind]) + ' ' + std::string{error_kinds[kind].name};
    if (!results.error_examples[kind].empty()) text += ": " + results.error_examples[kind];
    out += wrapped_line(style, out.empty() ? label : "", text, Tone::bad);
  }
  return out;
}

std::string error_lines(const Results& results, const Style& style) {
  return account_line(results, style) + kind_lines(results, results.total.errors, "", style) +
         kind_lines(results, results.other_errors, "other errors", style);
}

std::string outage_lines(const Results& results, const Style& style) {
  std::string out;
  constexpr std::size_t most = 5;
  std::size_t shown = 0;
  const auto show = [&](const std::vector<Outage>& outages, const std::string& where) {
    for (const Outage& outage : outages) {
      if (++shown > most) return;
      out += wrapped_line(style, shown == 1 ? "no service" : "", where + outage_text(outage),
                          Tone::bad);
    }
  };
  show(results.outages, "");
  for (std::size_t i = 0; i < results.targets.size(); ++i) {
    show(results.targets[i].outages, "at " + results.plan.targets[i].name + " ");
  }
  if (results.outages.empty()) return out;
  return out + line(style, "available", readable_share(results.availability()) + " of the time");
}

std::string generator_line(const Results& results, const Style& style) {
  const std::vector<ThreadLoad>& threads = results.health.threads;
  std::string text;
  if (!threads.empty()) {
    const ThreadLoad& most = *std::ranges::max_element(threads, {}, &ThreadLoad::busy);
    text = (threads.size() == 1 ? "thread busy " : "busiest thread ") + readable_share(most.busy);
    constexpr double worth_saying = 0.005;
    if (most.spun > worth_saying) text += ", spinning for " + readable_share(most.spun);
    if (most.waited > worth_saying) {
      text += ", waiting for a processor for " + readable_share(most.waited);
    }
  }
  const measure::Histogram& lag = results.health.lag;
  if (!lag.empty()) {
    if (!text.empty()) text += "; ";
    text += "sent late: ";
    if (lag.has_percentile(99)) text += "p99 " + readable_time(lag.percentile(99)) + ", ";
    text += "max " + readable_time(lag.max());
    // The rest of it is waiting for a connection that is free.
    const measure::Histogram& own = results.health.own_lag;
    if (lag.percentile(99) > std::chrono::milliseconds{1} &&
        lag.percentile(99) > 2 * own.percentile(99)) {
      text += "; its own part: p99 " + readable_time(own.percentile(99));
    }
  }
  return text.empty() ? std::string{} : wrapped_line(style, "generator", text);
}

// In one line each, so that they can be pasted.
std::string command_lines(const Results& results, const Style& style) {
  std::string out;
  for (const std::string& command : results.health.commands) {
    out += line(style, out.empty() ? "commands" : "", command);
  }
  return out;
}

std::string expectation_lines(std::span<const Verdict> verdicts, const Style& style) {
  std::string met;
  for (const Verdict& verdict : verdicts) {
    if (verdict.met) met += (met.empty() ? "" : ", ") + verdict.expectation.text;
  }
  std::string out = met.empty() ? met : wrapped_line(style, "as expected", met, Tone::good);
  for (const Verdict& verdict : verdicts) {
    if (verdict.met) continue;
    out += wrapped_line(style, "missed", verdict.text(), Tone::bad);
  }
  return out;
}

std::string latency_lines(const Results& results, const Style& style) {
  if (!results.total.service.empty()) return '\n' + latency_table(results, style);
  return line(style, "latency", "not known: no reply was measured");
}

std::string interrupted_line(const Results& results, const Style& style) {
  if (!results.interrupted) return {};
  const Plan& plan = results.plan;
  const std::string whole =
      plan.requests ? counted(*plan.requests, "request") : readable_span(plan.duration);
  const std::string text = " after " + readable_span(results.total.length) + " of " + whole;
  return style.in(Tone::warning, "Interrupted") + text + ": a partial report\n";
}

std::string failure_lines(const std::vector<std::string>& failures, const Style& style) {
  if (failures.empty()) return {};
  std::string out = style.in(Tone::bad, "FAILED") + '\n';
  for (const std::string& failure : failures) {
    out += "  - " + wrapped(failure, style.width - 4, 4) + '\n';
  }
  return out;
}

std::string invalid_lines(const Results& results, const Style& style) {
  if (results.valid()) return {};
  std::string out =
      style.in(Tone::bad, "INVALID") + ": the generator, not the service, set these figures\n";
  for (const std::string& reason : results.health.invalid) {
    out += "  - " + wrapped(reason, style.width - 4, 4) + '\n';
  }
  return out;
}

}  // namespace

std::string summary(const Results& results, std::span<const Verdict> verdicts, const Style& style) {
  std::string out = plan_lines(results, style) + '\n';
  out += rate_line(results, style) + peak_line(results, style);
  out += bytes_line(results, style, "sent", results.total.bytes_sent);
  out += bytes_line(results, style, "received", results.total.bytes_received);
  out += latency_lines(results, style) + '\n';
  for (const std::string& parts : {stage_table(results, style), target_table(results, style)}) {
    if (!parts.empty()) out += parts + '\n';
  }
  out += wrapped_line(style, "parts", request_text(results));
  out += wrapped_line(style, "in server", server_text(results.stamped));
  out += wrapped_line(style, "on the way", way_text(results.stamped));
  out += wrapped_line(style, "network", network_text(results.network));
  out += connections_line(results, style) + error_lines(results, style);
  out += outage_lines(results, style);
  out += generator_line(results, style);
  for (const std::string& note : results.notes) out += wrapped_line(style, "note", note);
  out += command_lines(results, style);
  out += expectation_lines(verdicts, style);
  for (const std::string& complaint :
       {mismatch_lines(results, style), interrupted_line(results, style),
        failure_lines(failures(results, verdicts), style), invalid_lines(results, style)}) {
    if (!complaint.empty()) out += '\n' + complaint;
  }
  return style.unicode ? out : to_ascii(out);
}

}  // namespace client::load::report
