#include "client/doctor/admin.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "streams/open_connection.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/number.hpp"
#include "streams/timeout.hpp"

namespace client::doctor {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::size_t most = std::size_t{1} << 20U;

streams::Task<std::string> ask(streams::EventLoop& loop, streams::Address address) {
  streams::Opened opened = co_await streams::open_connection(loop, std::move(address));
  if (opened.ec) throw std::runtime_error(opened.ec.message());
  streams::Connection& connection = *opened.connection;
  connection.writer().write("ENDED 100\nQUIT\n");
  std::string reply;
  while (reply.size() < most) {
    const streams::Chunk chunk = co_await connection.reader().readline();
    reply += chunk.data;
    if (!chunk || chunk.data.empty() || chunk.data.starts_with("+BYE")) break;
  }
  connection.writer().abort();
  co_return reply;
}

/// The word behind ` name=`.
std::string_view word(std::string_view line, const std::string& name) {
  const std::string before = ' ' + name + '=';
  const std::size_t at = line.find(before);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + before.size());
  return line.substr(0, line.find_first_of(" \r\n"));
}

EndedDirection direction(std::string_view line, const std::string& name) {
  EndedDirection one;
  one.how = word(line, name);
  one.bytes = text::whole_number<std::uint64_t>(word(line, name + "_bytes")).value_or(0);
  one.hashed = text::whole_number<std::uint64_t>(word(line, name + "_hashed")).value_or(0);
  one.hash = word(line, name + "_hash");
  return one;
}

}  // namespace

EndedConnection read_ended(std::string_view line) {
  EndedConnection one;
  one.cause = word(line, "end");
  one.in = direction(line, "in");
  one.out = direction(line, "out");
  return one;
}

streams::Task<std::vector<EndedConnection>> ask_ended(streams::EventLoop& loop,
                                                      streams::Address admin, std::string name) {
  std::string reply;
  std::string failure;
  try {
    auto timed = co_await streams::with_timeout(loop, patience, ask(loop, std::move(admin)));
    if (timed.ec) failure = timed.ec.message();
    reply = std::move(timed.value);
  } catch (const std::runtime_error& error) {
    failure = error.what();
  }
  if (failure.empty() && !reply.starts_with('*')) {
    const std::string_view first = std::string_view(reply).substr(0, reply.find_first_of("\r\n"));
    const bool is_admin = first.starts_with('-') && first.find("unknown") == first.npos;
    failure = is_admin ? "" : "is no admin's address: ";
    failure += "ENDED is answered " + text::quoted(first);
  }
  if (!failure.empty()) throw std::runtime_error(name + ": " + failure);
  std::vector<EndedConnection> all;
  std::string_view left = reply;
  while (!left.empty()) {
    const std::string_view line = left.substr(0, left.find('\n'));
    if (line.starts_with("+id=")) all.push_back(read_ended(line));
    left.remove_prefix(std::min(left.size(), line.size() + 1));
  }
  co_return all;
}

}  // namespace client::doctor
