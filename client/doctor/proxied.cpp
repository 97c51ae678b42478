// Group 10: the header of the PROXY protocol that a proxy sends to its origin.
#include <array>
#include <string>
#include <vector>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "streams/gather.hpp"
#include "streams/proxy_header/parser.hpp"
#include "streams/text/escape.hpp"

namespace client::doctor {
namespace {

using proxy_header::Header;
using proxy_header::Parser;
using streams::Task;
using namespace std::chrono_literals;

void need_header(const Bench& bench) {
  if (!bench.options().expects_proxy) {
    throw NotAsked("it is for --expect-proxy");
  }
}

/// The origin's end of a connection, its header unread.
Task<std::unique_ptr<Socket>> next(Bench& bench) {
  auto far = co_await bench.accept_bare();
  if (far == nullptr) throw Broken("no connection came to the origin");
  co_return std::move(far);
}

/// Receives a header and no octet more.
Task<Parser> header_of(Socket& far) {
  Parser parser;
  while (parser.state() == Parser::State::incomplete) {
    const std::uint64_t before = far.received();
    const bool came = co_await far.receive(before + parser.wanted(), withheld);
    parser.take(std::string_view(far.text()).substr(before));
    if (!came)
      throw Broken("the origin received " + std::to_string(far.received()) +
                   " octets, and no whole header in them");
  }
  if (parser.state() == Parser::State::malformed) {
    throw Broken("the origin received \"" + text::escaped(far.text()) +
                 "\", which is no header: " + make_error_code(parser.fault()).message());
  }
  co_return parser;
}

Task<std::string> header_is_right(Bench& bench) {
  need_header(bench);
  bench.clear();
  const auto near = co_await bench.connect();
  co_await send(*near, "request\n");
  const auto far = co_await next(bench);
  const Parser parser = co_await header_of(*far);
  const bool is_text = far->text().starts_with("PROXY");
  co_await expect(*far, "request\n");
  co_await send(*far, "answer\n");
  co_await expect(*near, "answer\n");
  co_return std::string("version ") + (is_text ? "1, " : "2, ") + std::to_string(parser.size()) +
      " octets";
}

/// What the header must say of `near`: what that itself has said, where it was to say something.
Header due(const Bench& bench, const Socket& near) {
  return client::header_of(bench.options().proxy.value_or(Proxy()), near.own(), near.peer());
}

const Header& proxied(const Socket& far) {
  if (!far.introduced) throw Broken("the connection ended before its header");
  if (far.introduced->kind == Header::Kind::proxied) return *far.introduced;
  throw Broken("the header names nobody: it is LOCAL or UNKNOWN");
}

void expect_source(const Bench& bench, const Socket& near, const Socket& far) {
  const streams::Endpoint source = bench.is_direct() ? near.own() : due(bench, near).source;
  const Header& header = proxied(far);
  if (header.source == source) return;
  throw Broken("the header names " + header.source.to_string() + ", the client is " +
               source.to_string());
}

Task<std::string> source_is_right(Bench& bench) {
  need_header(bench);
  const Pair pair = co_await bench.pair();
  expect_source(bench, *pair.near, *pair.far);
  co_return "";
}

Task<std::string> destination_is_right(Bench& bench) {
  need_header(bench);
  const Pair pair = co_await bench.pair();
  const Header& header = proxied(*pair.far);
  if (header.destination == pair.near->peer()) co_return "";
  throw Broken("the header names " + header.destination.to_string() +
               ", the client is connected to " + pair.near->peer().to_string());
}

Task<std::string> comes_at_once(Bench& bench) {
  need_header(bench);
  bench.clear();
  const auto near = co_await bench.connect();
  const auto far = co_await bench.accept_bare(2s);
  if (far == nullptr) throw Broken("no connection came for 2s, for the client had said nothing");
  static_cast<void>(co_await header_of(*far));
  co_return "";
}

Task<std::string> is_in_one_piece(Bench& bench) {
  need_header(bench);
  bench.clear();
  const auto near = co_await bench.connect();
  const auto far = co_await next(bench);
  const bool came = co_await far->wait_for_octets(deadlock);
  if (!came) throw Unable("no header came while the client said nothing");
  // What is there, and nothing is waited for.
  static_cast<void>(co_await far->receive(proxy_header::max_size, 0ns));
  Parser parser;
  parser.take(far->text());
  if (parser.state() == Parser::State::incomplete) {
    throw Broken("only " + std::to_string(far->received()) + " octets of the header came at first");
  }
  co_return "";
}

Task<std::string> each_names_its_own(Bench& bench) {
  need_header(bench);
  bench.clear();
  const unsigned count = bench.amount(50U, 20U);
  std::vector<std::unique_ptr<Socket>> nears;
  nears.reserve(count);
  for (unsigned i = 0; i < count; ++i) {
    auto near = co_await bench.connect();
    co_await send(*near, std::to_string(i) + '\n');
    nears.push_back(std::move(near));
  }
  for (unsigned i = 0; i < count; ++i) {
    const auto far = co_await bench.accept();
    if (far == nullptr) throw Broken("not all connections came to the origin");
    while (!far->text().ends_with('\n')) {
      const bool more = co_await far->receive(far->received() + 1, deadlock);
      if (!more) throw Broken("behind a header no octets came");
    }
    expect_source(bench, *nears.at(std::stoul(far->text())), *far);
  }
  co_return std::to_string(count) + " connections";
}

Task<std::string> octets_behind_it(Bench& bench) {
  need_header(bench);
  bench.clear();
  const std::string octets = pattern(1, 0, 10'000);
  const auto near = co_await bench.connect();
  near->send_last(octets);
  const auto far = co_await bench.accept();
  if (far == nullptr) throw Broken("no connection came to the origin");
  co_await expect(*far, octets);
  co_await expect_fin(*far);
  co_return "";
}

Task<std::string> nobody_poses(Bench& bench) {
  need_header(bench);
  if (bench.options().proxy)
    throw NotAsked("it is for a proxy that takes no header: without --proxy");
  const std::string forged = "PROXY TCP4 203.0.113.7 203.0.113.8 4242 80\r\n";
  bench.clear();
  const auto near = co_await bench.connect();
  co_await send(*near, forged);
  const auto far = co_await bench.accept();
  if (far == nullptr) throw Broken("no connection came to the origin");
  expect_source(bench, *near, *far);
  co_await expect(*far, forged);
  co_return "";
}

constexpr const char* specification = "proxy-protocol.txt 2";
constexpr const char* wrong_name =
    "Access lists, limits and logs of the origin are of the wrong client.";

constexpr std::array table{
    must({10, 1}, only(Way::through),
         "A connection to the origin begins with a right header of the PROXY protocol.",
         "The origin refuses the connection, or takes it for the proxy's own.", specification, 10,
         20s, header_is_right),
    must({10, 2}, only(Way::through), "The header names the client's address and port.", wrong_name,
         specification, 3, 20s, source_is_right),
    must({10, 3}, only(Way::through),
         "The header names the address and port that the client had connected to.",
         "An origin that serves several names takes the wrong one.", specification, 3, 20s,
         destination_is_right),
    should({10, 4}, only(Way::through),
           "The header comes at once, though the client says nothing yet.",
           "A server that speaks first waits for the header, and the client for the server.",
           specification, 3, 20s, comes_at_once),
    should({10, 5}, only(Way::through), "The header comes in one piece.",
           "Receivers that look once see half a header, and refuse it.", specification, 10, 20s,
           is_in_one_piece),
    must({10, 6}, only(Way::through), "Of many connections at once each header names its client.",
         wrong_name, specification, 3, 30s, each_names_its_own),
    must({10, 7}, only(Way::through),
         "What a client sends at once, and its FIN, arrives whole behind the header.",
         "The first request is lost, and only of fast clients.", specification, 10, 20s,
         octets_behind_it),
    must({10, 8}, only(Way::through),
         "A header that a client sends is data: it stands behind that of the proxy.",
         "Anybody can pose as an address that the origin trusts.", "proxy-protocol.txt 4, 5", 3,
         20s, nobody_poses)};

}  // namespace

std::span<const Case> proxied_cases() { return table; }

}  // namespace client::doctor
