#include "client/doctor/report.hpp"

#include "client/exit_code.hpp"
#include "tests/catch.hpp"

using namespace client::doctor;
using namespace std::chrono_literals;
using client::exit_code::failure;
using client::exit_code::interrupted;
using client::exit_code::invalid;
using client::exit_code::success;

namespace {

constexpr Case first = must({3, 1}, only(Way::through), "Half-closes & <all> pass.",
                            "Someone \"cares\".", "RFC 9293", 30, 20s, nullptr);
constexpr Case second = should({4, 2}, only(Way::through), "Resets pass.", "Someone cares.",
                               "RFC 9293", 1, 20s, nullptr);

CaseResult result_of(const Case& one, Verdict verdict, std::string finding = {}) {
  CaseResult result;
  result.what = &one;
  result.verdict = verdict;
  result.finding = std::move(finding);
  result.tries = 3;
  result.broken = is_failure(verdict, true) ? 2 : 0;
  result.time = 1500ms;
  result.account.moved("near", "sent", "request\n");
  result.account.note("far", "saw RST");
  return result;
}

Options options() {
  Options options;
  options.way = Way::through;
  options.target_name = "127.0.0.1:8080";
  options.origin_name = "127.0.0.1:9000";
  return options;
}

Outcomes outcomes(const Options& options, std::vector<CaseResult> results) {
  Outcomes all;
  all.options = &options;
  all.results = std::move(results);
  all.time = 12'300ms;
  return all;
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text, part);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a failure is told with what was seen, and the command that does it again") {
  const Options all = options();
  const std::string text =
      summary(outcomes(all, {result_of(first, Verdict::fail, "far saw RST in place of FIN"),
                             result_of(second, Verdict::pass)}));
  has(text, "3.1 fail\n");
  has(text, "(MUST, RFC 9293)");
  has(text, "Why it matters: Someone \"cares\".");
  has(text, "Seen: far saw RST in place of FIN; broken in 2 of 3 tries.");
  has(text, "near  sent 8 octets \"request\\n\"\n");
  has(text, "far  saw RST\n");
  has(text, "Again: echoline doctor --through 127.0.0.1:8080 --origin 127.0.0.1:9000 --only 3.1\n");
  has(text, "1 passed, 1 failed, 0 not strict, 0 informational, 0 skipped in 12.3 s\n");
}

TEST_CASE("an interrupted run says so") {
  const Options all = options();
  Outcomes cut = outcomes(all, {result_of(first, Verdict::skipped, "interrupted")});
  cut.interrupted = true;
  has(summary(cut), "Interrupted");
  has(to_json(cut), "\"interrupted\": true");
  has(to_tap(cut), "Bail out! interrupted\n");
}

TEST_CASE("the command of a case has what it was examined with") {
  Options of_service;
  of_service.way = Way::line;
  of_service.target_name = "localhost:7008";
  of_service.quick = true;
  CHECK(command_of(of_service, {12, 3}) ==
        "echoline doctor --protocol line localhost:7008 --quick --only 12.3");
  Options behind = options();
  behind.way = Way::behind;
  behind.behind_name = "server:7007";
  behind.admin_name = "server:7009";
  behind.proxy = client::Proxy();
  behind.proxy_name = "v1";
  behind.expects_proxy = behind.is_long = true;
  behind.reload_command = "kill -HUP 1";
  CHECK(command_of(behind, {14, 1}) ==
        "echoline doctor --through 127.0.0.1:8080 --behind server:7007 --admin server:7009 "
        "--proxy v1 --expect-proxy --reload-command 'kill -HUP 1' --long --only 14.1");
}

TEST_CASE("a line of a case has its number, its verdict and how often it held") {
  const std::string line = case_line(result_of(second, Verdict::not_strict, "no RST"));
  CHECK(line == "  4.2   not strict      Resets pass. — no RST (broken in 2 of 3)\n");
}

TEST_CASE("JSON has its format, the sums and each case") {
  const Options all = options();
  const std::string text = to_json(
      outcomes(all, {result_of(first, Verdict::fail, "none"), result_of(second, Verdict::pass)}));
  has(text, "\"format\": \"echoline.doctor/1\"");
  has(text, "\"way\": \"through\"");
  has(text, "\"pass\": 1, \"fail\": 1, \"not_strict\": 0, \"informational\": 0, \"skipped\": 0");
  has(text, "\"number\": \"3.1\"");
  has(text, "\"what\": \"sent\", \"octets\": 8");
  has(text, "\"again\": \"echoline doctor --through");
}

TEST_CASE("JUnit has a suite a group, and a SHOULD fails where that is asked for") {
  Options all = options();
  const std::vector<CaseResult> results{result_of(first, Verdict::skipped, "no <proxy>"),
                                        result_of(second, Verdict::not_strict, "no RST")};
  const std::string text = to_junit(outcomes(all, results));
  has(text, R"(<testsuite name="half-close" tests="1" failures="0" errors="0" skipped="1">)");
  has(text, "3.1 Half-closes &amp; &lt;all&gt; pass.");
  has(text, "<skipped message=\"no &lt;proxy&gt;\"/>");
  CHECK(text.find("<failure") == std::string::npos);
  all.strict = true;
  has(to_junit(outcomes(all, results)), "<failure message=\"no RST\">");
}

TEST_CASE("TAP has a plan, a line a case and why one was skipped or not ok") {
  const Options all = options();
  const std::string text = to_tap(outcomes(all, {result_of(first, Verdict::fail, "no FIN"),
                                                 result_of(second, Verdict::skipped, "no way")}));
  CHECK(
      text.starts_with("TAP version 13\n1..2\nnot ok 1 - 3.1 Half-closes & <all> pass.\n  ---\n"));
  has(text, "  message: \"no FIN\"\n");
  has(text, "  ...\nok 2 - 4.2 Resets pass. # SKIP no way\n");
}

TEST_CASE("the exit code is that of a failure, an interrupt, or of nothing that was judged") {
  const auto code = [](std::vector<Verdict> verdicts, bool strict, bool cut) {
    std::vector<CaseResult> results;
    for (const Verdict verdict : verdicts) results.push_back(result_of(first, verdict));
    return exit_code_of(results, strict, cut);
  };
  CHECK(code({Verdict::pass, Verdict::informational, Verdict::skipped}, false, false) == success);
  CHECK(code({Verdict::pass, Verdict::informational, Verdict::skipped}, true, false) == invalid);
  CHECK(code({Verdict::fail, Verdict::skipped}, true, false) == failure);
  CHECK(code({Verdict::pass, Verdict::fail}, false, false) == failure);
  CHECK(code({Verdict::pass, Verdict::not_strict}, false, false) == success);
  CHECK(code({Verdict::pass, Verdict::not_strict}, true, false) == failure);
  CHECK(code({Verdict::skipped, Verdict::skipped}, false, false) == invalid);
  CHECK(code({Verdict::pass, Verdict::skipped}, false, true) == interrupted);
  CHECK(code({Verdict::fail}, false, true) == interrupted);
}
