#include "client/doctor/record.hpp"

#include "tests/catch.hpp"

using namespace client::doctor;
using namespace std::chrono_literals;

namespace {

constexpr Case passes = must({3, 1}, only(Way::through), "Half-closes <pass>.",
                             "`nc -N` gets no answer.", "RFC 9293", 30, 20s, nullptr);
constexpr Case breaks = should({4, 2}, only(Way::through), "Resets pass.", "Someone cares.",
                               "RFC 9293", 1, 20s, nullptr);

Options options() {
  Options options;
  options.way = Way::through;
  options.target_name = "127.0.0.1:8080";
  options.origin_name = "127.0.0.1:9000";
  options.quick = true;
  return options;
}

Outcomes outcomes(const Options& options, std::string finding) {
  Outcomes all;
  all.options = &options;
  all.time = 2s;
  CaseResult held;
  held.what = &passes;
  held.verdict = Verdict::pass;
  held.tries = 5;
  CaseResult broken;
  broken.what = &breaks;
  broken.verdict = Verdict::not_strict;
  broken.tries = broken.broken = 3;
  broken.finding = std::move(finding);
  broken.account.moved("near", "sent", "<b>\n");
  broken.account.note("far", "saw FIN");
  all.results.push_back(std::move(held));
  all.results.push_back(std::move(broken));
  return all;
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(part);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

std::string error_of(const std::string& json) { return read_record(json).error; }

}  // namespace

TEST_CASE("a run that is read from its JSON gives the same page") {
  const Options all = options();
  const Outcomes run = outcomes(all, "far saw \"FIN\" \u2014 \x01");
  ReadRecord read = read_record(to_json(run));
  REQUIRE(read.error.empty());
  read.record.name = all.target_name;
  CHECK(to_html({read.record}) == to_html({record_of(run)}));
}

TEST_CASE("the page says what stands behind a proxy") {
  Options all = options();
  has(to_html({record_of(outcomes(all, ""))}),
      "a proxy at 127.0.0.1:8080 in front of 127.0.0.1:9000;");
  all.way = Way::behind;
  all.origin_name.clear();
  all.behind_name = "far:7007";
  const ReadRecord read = read_record(to_json(outcomes(all, "")));
  REQUIRE(read.error.empty());
  has(to_html({read.record}), "a proxy at 127.0.0.1:8080 in front of far:7007;");
  all.way = Way::line;
  all.behind_name.clear();
  has(to_html({record_of(outcomes(all, ""))}), "a line service at 127.0.0.1:8080;");
}

TEST_CASE("the page of one run has all of each case") {
  const Options all = options();
  const std::string text = to_html({record_of(outcomes(all, "far saw <FIN>"))});
  has(text, "<h1>How 127.0.0.1:8080 treats TCP</h1>");
  has(text, "2 cases. 1 was broken.");
  has(text, "<h3>Half-closes &lt;pass&gt;.</h3>");
  has(text, "<code>nc -N</code> gets no answer.");
  has(text, "broken in 3 of 3 tries: far saw &lt;FIN&gt;");
  has(text, "<td>sent 4 octets &quot;&lt;b&gt;\\n&quot;</td><td></td>");
  has(text, "<td></td><td>saw FIN</td>");
  has(text,
      ">echoline doctor --through 127.0.0.1:8080 --origin 127.0.0.1:9000 --quick --only "
      "4.2</code>");
  has(text, "in each of 5 tries");
}

TEST_CASE("the page of several runs has a column each, and says once what they have in common") {
  const Options all = options();
  Record first = record_of(outcomes(all, "no RST"));
  Record second = first;
  Record third = first;
  first.name = "first & foremost";
  second.name = "second";
  third.name = "third";
  third.cases.pop_back();
  const std::string text = to_html({first, second, third});
  has(text, "<h1>How 3 targets treat TCP</h1>");
  has(text, "1 was broken by one of them or more.");
  has(text, "<th scope=\"col\"><span>first &amp; foremost</span></th>");
  has(text, "<b>first &amp; foremost, second, third</b>");
  has(text, "<b>first &amp; foremost, second</b>: broken in 3 of 3 tries: no RST");
  has(text, "What was sent and seen with first &amp; foremost");
  has(text, "not asked");
}

TEST_CASE("of what was seen too often only the beginning and the end are shown") {
  Record record;
  RecordedCase& one = record.cases.emplace_back();
  one.number = {1, 1};
  one.verdict = Verdict::fail;
  one.left_out = 7;
  for (int i = 0; i < 100; ++i)
    one.seen.push_back({1.0 * i, 1.0 * i, "near", "step " + std::to_string(i)});
  const std::string text = to_html({record});
  has(text, "<td>step 0</td>");
  has(text, "<td>step 29</td>");
  has(text, ">40 more<");
  has(text, "<td>step 70</td>");
  has(text, "<td>step 99</td>");
  has(text, ">7 more<");
  CHECK(text.find("<td>step 30</td>") == std::string::npos);
}

TEST_CASE("what is no report of doctor's is refused, and why") {
  const Options all = options();
  const std::string good = to_json(outcomes(all, "none"));
  const auto with = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return error_of(text.replace(at, from.size(), to));
  };
  CHECK(error_of("") == "line 1, column 1: there is no value here");
  CHECK(error_of("[]") == "this is no report of echoline doctor");
  CHECK(error_of("{\"format\": 7}") == "its format is \"\", not \"echoline.doctor/1\"");
  CHECK(with("doctor/1", "load/2") ==
        "its format is \"echoline.load/2\", not \"echoline.doctor/1\"");
  CHECK(with("\"target\"", "\"targets\"") == "it has no member target");
  CHECK(with("\"quick\": true", "\"quick\": 1") == "its member quick is not what it should be");
  CHECK(with("\"verdict\": \"pass\"", "\"verdict\": \"good\"") ==
        "it has a verdict that there is not");
  CHECK(with("\"number\": \"3.1\"", "\"number\": \"3.*\"") == "it has a case without number");
  CHECK(with("\"tries\": 5", "\"tries\": -1e300").empty());
}
