// The commands of the admin protocol about sessions, which every worker has its own of.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "server/protocols/admin_connection.hpp"
#include "streams/text/escape.hpp"
#include "streams/text/number.hpp"

namespace server::protocols {
namespace {

constexpr std::size_t some_sessions = 20;
constexpr std::size_t most_sessions = 1000;

std::string seconds(std::chrono::milliseconds duration) {
  std::string text;
  text::append_decimal(text, static_cast<std::uint64_t>(duration.count()), 3);
  return text;
}

std::string line_of(const AdminHost::Session& session) {
  std::string line = "+id=" + std::to_string(session.id);
  line += " listener=\"" + text::escaped(session.listener) + '"';
  line += " peer=" + text::printable(session.peer);
  if (!session.proxy.empty()) line += " proxy=" + text::printable(session.proxy);
  line += " age=" + seconds(session.age) + " idle=" + seconds(session.idle);
  line += " received=" + std::to_string(session.received);
  line += " sent=" + std::to_string(session.sent) + " unsent=" + std::to_string(session.unsent);
  if (session.above_high_water) {
    line += " above_high_water";
    if (session.since.count() != 0) line += '=' + seconds(session.since);
  }
  if (session.rtt.count() != 0) line += " rtt_us=" + std::to_string(session.rtt.count());
  return line + "\r\n";
}

}  // namespace

streams::Task<void> AdminConnection::sessions() {
  std::size_t most = some_sessions;
  if (!argument_.empty()) {
    const auto number = text::whole_number<std::size_t>(argument_);
    if (!number || *number == 0 || *number > most_sessions) {
      error("SESSIONS " + shown(argument_) + ": how many is 1 to 1000");
      co_return;
    }
    most = *number;
  }
  const AdminHost::Sessions sessions = co_await host().sessions(most);
  std::string lines;
  for (const AdminHost::Session& session : sessions.some) lines += line_of(session);
  std::size_t count = sessions.some.size();
  if (sessions.all > count) {
    lines += "+and " + std::to_string(sessions.all - sessions.some.size()) + " more\r\n";
    ++count;
  }
  if (sessions.silent_workers != 0) {
    lines += "+workers that have not answered: " + std::to_string(sessions.silent_workers) + "\r\n";
    ++count;
  }
  array(count, lines);
}

streams::Task<void> AdminConnection::close() { return end_session(false); }

streams::Task<void> AdminConnection::abort() { return end_session(true); }

streams::Task<void> AdminConnection::end_session(bool reset) {
  const auto id = text::whole_number<std::uint64_t>(argument_);
  if (!id) {
    no_id(argument_);
    co_return;
  }
  const AdminHost::Found found = co_await host().end_session(*id, reset);
  found == AdminHost::Found::yes ? ok("OK") : not_found(argument_, found);
}

void AdminConnection::no_id(std::string_view id) {
  error("the id " + shown(id) + " is no number; SESSIONS and the log tell it");
}

void AdminConnection::not_found(std::string_view id, AdminHost::Found found) {
  const bool is_known = found == AdminHost::Found::no;
  error(is_known ? "there is no session " + std::string(id) + " any more"
                 : "a worker has not answered, which may have the session " + std::string(id));
}

}  // namespace server::protocols
