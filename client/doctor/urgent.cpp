// Group 7: urgent data, one octet that is marked.
#include <array>
#include <string>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "streams/text/escape.hpp"

namespace client::doctor {
namespace {

using streams::Task;
using namespace std::chrono_literals;

constexpr const char* before = "before";
constexpr const char* after = "after\n";

/// Octets, an urgent one, octets, FIN; what arrives of it.
Task<std::string> with_urgent(Socket& from, Socket& to) {
  co_await send(from, before);
  co_await expect(to, before);
  if (!from.send_urgent('!')) throw Unable("this machine sends no urgent data");
  co_await send(from, after);
  from.send_fin();
  const Ended ended = co_await to.end(withheld);
  if (ended != Ended::fin)
    throw Broken(to.who() + " saw " + to.how_it_ended() + " in place of FIN");
  co_return to.text();
}

std::string judge(const std::string& text, const std::string& who) {
  if (text == std::string(before) + '!' + after) return "the octet stands in the stream";
  if (text == std::string(before) + after) return "the octet is taken out of the stream";
  throw Broken(who + " received \"" + text::escaped(text) + '"');
}

Task<std::string> stream_survives(Bench& bench) {
  const Pair pair = co_await bench.pair();
  const std::string text = co_await with_urgent(*pair.near, *pair.far);
  co_return judge(text, "far");
}

Task<std::string> stream_to_client_survives(Bench& bench) {
  const Pair pair = co_await bench.pair();
  const std::string text = co_await with_urgent(*pair.far, *pair.near);
  co_return judge(text, "near");
}

Task<std::string> mark(Bench& bench) {
  const Pair pair = co_await bench.pair();
  co_await send(*pair.near, before);
  co_await expect(*pair.far, before);
  if (!pair.near->send_urgent('!')) throw Unable("this machine sends no urgent data");
  const bool came = co_await pair.far->wait_for_octets(1s);
  if (!came) co_return "no octet comes";
  co_return pair.far->at_mark() ? "the octet is urgent at the origin, too"
                                : "the octet is one like others at the origin";
}

Task<std::string> echo_keeps_it(Bench& bench) {
  const auto near = co_await bench.connect();
  const std::string text = co_await with_urgent(*near, *near);
  if (text != std::string(before) + '!' + after)
    throw Broken('"' + text::escaped(text) + "\" came back");
  co_return "";
}

constexpr const char* rfc = "RFC 9293 3.8.5, RFC 6093";

constexpr std::array table{
    must({7, 1}, only(Way::through),
         "Octets of a client before and behind an urgent one arrive in order.",
         "A telnet client's interrupt damages the session.", rfc, 3, 20s, stream_survives),
    must({7, 2}, only(Way::through),
         "Octets of an origin before and behind an urgent one arrive in order.",
         "A server's urgent notice damages the session.", rfc, 3, 20s, stream_to_client_survives),
    info({7, 3}, only(Way::through), "Whether an urgent octet is urgent at the origin.",
         "FTP's ABOR and telnet's Synch use it.", rfc, 1, 20s, mark),
    should({7, 4}, only(Way::echo), "An urgent octet comes back in its place.",
           "An echo returns every octet as it came.", "RFC 862, RFC 6093", 3, 20s, echo_keeps_it)};

}  // namespace

std::span<const Case> urgent_cases() { return table; }

}  // namespace client::doctor
