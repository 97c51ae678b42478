// Group 13: the header of the PROXY protocol that a proxy, or a service, takes from its clients.
#include <array>
#include <string>
#include <vector>

#include "client/doctor/bench.hpp"
#include "client/doctor/cases.hpp"
#include "client/doctor/expect.hpp"
#include "streams/text/escape.hpp"

namespace client::doctor {
namespace {

using proxy_header::Header;
using proxy_header::Version;
using streams::Task;
using namespace std::chrono_literals;

Version version_of(const Bench& bench) {
  if (!bench.options().proxy) {
    throw NotAsked("it is for --proxy v1 or v2");
  }
  return bench.options().proxy->version;
}

streams::Endpoint documentation(const char* address, std::uint16_t port) {
  return *streams::Endpoint::of_literal({address, port});
}

/// Of nobody on this machine, so that who takes it does so from the header.
Header of_somebody() {
  Header header;
  header.kind = Header::Kind::proxied;
  header.source = documentation("203.0.113.7", 4242);
  header.destination = documentation("203.0.113.8", 80);
  return header;
}

std::string header_of(Version version) { return encode(version, of_somebody()); }

constexpr const char* request = "PING\r\n";

/// Behind the header that `near` has sent, in one go with it or not, a request passes.
Task<void> expect_service(Bench& bench, Socket& near) {
  if (bench.way() != Way::through) {
    co_await expect(near, bench.way() == Way::line ? "+PONG\r\n" : request);
    co_return;
  }
  const auto far = co_await bench.accept();
  if (far == nullptr) throw Broken("no connection came to the origin");
  co_await expect(*far, request);
  co_await send(*far, "answer\n");
  co_await expect(near, "answer\n");
}

Task<std::string> begin_with(Bench& bench, std::string header) {
  if (bench.way() == Way::through) bench.clear();
  const auto near = co_await bench.connect_bare();
  co_await send(*near, header + request);
  co_await expect_service(bench, *near);
  co_return "";
}

Task<std::string> is_taken(Bench& bench) {
  const Version version = version_of(bench);
  if (bench.is_direct()) co_return "";
  co_return co_await begin_with(bench, header_of(version));
}

Task<std::string> is_told_on(Bench& bench) {
  const Version version = version_of(bench);
  if (!bench.options().expects_proxy) {
    throw NotAsked("it is for --expect-proxy");
  }
  if (bench.is_direct()) co_return "";
  bench.clear();
  const auto near = co_await bench.connect_bare();
  co_await send(*near, header_of(version));
  const auto far = co_await bench.accept();
  if (far == nullptr) throw Broken("no connection came to the origin");
  if (!far->introduced) throw Broken("the connection ended before its header");
  if (far->introduced->source == of_somebody().source) co_return "";
  throw Broken("the header names " + far->introduced->source.to_string() + ", that of the client " +
               of_somebody().source.to_string());
}

Task<std::string> in_single_octets(Bench& bench) {
  const Version version = version_of(bench);
  if (bench.is_direct()) co_return "";
  if (bench.way() == Way::through) bench.clear();
  const auto near = co_await bench.connect_bare();
  for (const char octet : header_of(version)) {
    co_await send(*near, std::string(1, octet));
    co_await expect_silence(*near, 2ms);
  }
  co_await send(*near, request);
  co_await expect_service(bench, *near);
  co_return "";
}

Task<std::string> of_nobody(Bench& bench) {
  const Version version = version_of(bench);
  if (bench.is_direct()) co_return "";
  Header header;
  header.kind = version == Version::v1 ? Header::Kind::unknown : Header::Kind::local;
  co_return co_await begin_with(bench, encode(version, header));
}

Task<std::string> with_unknown_parts(Bench& bench) {
  if (version_of(bench) == Version::v1) throw NotAsked("it is for --proxy v2");
  if (bench.is_direct()) co_return "";
  std::string header = header_of(Version::v2);
  // A type for experiments, three octets long.
  const std::string part("\xE9\x00\x03xyz", 6);
  constexpr std::size_t length = 15;
  header[length] = static_cast<char>(header[length] + static_cast<char>(part.size()));
  co_return co_await begin_with(bench, header + part);
}

constexpr const char* secret = "secret\r\n";

/// Who begins with `first` is ended, and nothing of it reaches the origin.
Task<void> expect_refused(Bench& bench, std::string first) {
  const std::string shown = '"' + text::escaped(std::string_view(first).substr(0, 40)) + '"';
  if (bench.way() == Way::through) bench.clear();
  const auto near = co_await bench.connect_bare();
  static_cast<void>(near->send_now(first));
  static_cast<void>(near->send_now(secret));
  const Ended ended = co_await near->end(withheld);
  if (near->received() != 0) throw Broken("a client that begins with " + shown + " is answered");
  std::unique_ptr<Socket> far;
  if (bench.way() == Way::through) far = co_await bench.accept_bare(20ms);
  if (far != nullptr) {
    static_cast<void>(co_await far->end(500ms));
    if (far->text().find("secret") != std::string::npos) {
      throw Broken("what stands behind " + shown + " reached the origin");
    }
  }
  if (ended == Ended::open) throw Broken("a client that begins with " + shown + " is kept");
}

std::vector<std::string> wrong_lines() {
  std::vector<std::string> lines;
  for (const char* const line : {"proxy TCP4 203.0.113.7 203.0.113.8 4242 80\r\n",
                                 "PROXY TCP9 203.0.113.7 203.0.113.8 4242 80\r\n",
                                 "PROXY TCP4 203.0.113.7 203.0.113.8 4242\r\n",
                                 "PROXY TCP4 203.0.113.700 203.0.113.8 4242 80\r\n",
                                 "PROXY TCP4 2001:db8::7 2001:db8::8 4242 80\r\n",
                                 "PROXY TCP4 203.0.113.7 203.0.113.8 4242 x\r\n"}) {
    lines.emplace_back(line);
  }
  lines.push_back("PROXY TCP4 203.0.113.7 203.0.113.8 4242 80" + std::string(200, ' ') + "\r\n");
  return lines;
}

std::vector<std::string> wrong_octets() {
  constexpr std::size_t command = 12;
  constexpr std::size_t length = 15;
  const std::string right = header_of(Version::v2);
  std::vector<std::string> headers(4, right);
  headers[0][3] = 'x';            // of the signature
  headers[1][command] = '\x31';   // a version 3
  headers[2][command] = '\x2F';   // a command that there is not
  headers[3].resize(length + 1);  // no room for the addresses
  headers[3][length] = '\x00';
  return headers;
}

Task<std::string> malformed_is_refused(Bench& bench) {
  const Version version = version_of(bench);
  if (bench.is_direct()) co_return "";
  const auto headers = version == Version::v1 ? wrong_lines() : wrong_octets();
  for (const std::string& header : headers) co_await expect_refused(bench, header);
  co_return std::to_string(headers.size()) + " headers";
}

Task<std::string> none_is_refused(Bench& bench) {
  static_cast<void>(version_of(bench));
  if (bench.is_direct()) co_return "";
  co_await expect_refused(bench, "request without a header, and long enough to be seen as one\r\n");
  co_return "";
}

constexpr Ways all = Way::through | Way::echo;
constexpr Ways ways = all | only(Way::line);
constexpr const char* specification = "proxy-protocol.txt 2, 4";
constexpr const char* posing = "Who is let in by a header can do without one.";

constexpr std::array table{
    must({13, 1}, ways, "The header of a client is taken, and what stands behind it is served.",
         "The first request is lost, or the header is taken for one.", specification, 5, 20s,
         is_taken),
    must({13, 2}, only(Way::through), "Whom a client's header names, the proxy's names, too.",
         "Behind two proxies nobody knows who the client is.", specification, 3, 20s, is_told_on),
    should({13, 3}, ways, "A header that comes in single octets is one.",
           "Clients behind a slow network are refused.", specification, 3, 20s, in_single_octets),
    must({13, 4}, ways, "A header that names nobody, UNKNOWN or LOCAL, is taken.",
         "Health checks of the balancer in front fail.", specification, 3, 20s, of_nobody),
    must({13, 5}, ways, "Parts of a header of version 2 that nobody knows are passed over.",
         "An update of the balancer in front is an outage.", "proxy-protocol.txt 2.2", 3, 20s,
         with_unknown_parts),
    must({13, 6}, ways, "A client with a malformed header is ended, and nothing of it is served.",
         posing, specification, 1, 60s, malformed_is_refused),
    must({13, 7}, ways, "A client without a header is ended, and nothing of it is served.", posing,
         specification, 1, 20s, none_is_refused)};

}  // namespace

std::span<const Case> introduced_cases() { return table; }

}  // namespace client::doctor
