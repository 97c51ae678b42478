// The commands of the admin protocol about sessions, which every worker has its own of.
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

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

void append(std::string& line, std::string_view name, const AdminHost::EndedDirection& direction) {
  constexpr std::array<std::string_view, 3> words{"open", "fin", "reset"};
  const auto add = [&line, name](std::string_view what, std::string_view value) {
    line.append(" ").append(name).append(what).append("=").append(value);
  };
  add("", words[static_cast<std::size_t>(direction.how)]);
  add("_bytes", std::to_string(direction.bytes));
  add("_hashed", std::to_string(direction.hashed));
  add("_hash", direction.hash);
}

std::string line_of(const AdminHost::Ended& session, std::chrono::steady_clock::time_point now) {
  std::string line = "+id=" + std::to_string(session.id);
  line += " listener=\"" + text::escaped(session.listener) + '"';
  line += " peer=" + text::printable(session.peer);
  if (!session.proxy.empty()) line += " proxy=" + text::printable(session.proxy);
  line +=
      " ago=" + seconds(std::chrono::duration_cast<std::chrono::milliseconds>(now - session.when));
  line += " lasted=" + seconds(session.lasted);
  append(line, "in", session.in);
  append(line, "out", session.out);
  line.append(" end=").append(session.cause);
  if (!session.error.empty()) line += " error=\"" + text::escaped(session.error) + '"';
  return line + "\r\n";
}

}  // namespace

std::optional<std::size_t> AdminConnection::how_many(std::string_view command, std::size_t most) {
  if (argument_.empty()) return some_sessions;
  const auto number = text::whole_number<std::size_t>(argument_);
  if (number && *number != 0 && *number <= most) return number;
  error(std::string(command) + ' ' + shown(argument_) + ": how many is 1 to " +
        std::to_string(most));
  return std::nullopt;
}

void AdminConnection::end_list(std::size_t count, std::string lines, std::size_t silent_workers) {
  if (silent_workers != 0) {
    lines += "+workers that have not answered: " + std::to_string(silent_workers) + "\r\n";
    ++count;
  }
  array(count, lines);
}

streams::Task<void> AdminConnection::ended() {
  const auto most = how_many("ENDED", AdminHost::most_ended);
  if (!most) co_return;
  const AdminHost::EndedSessions sessions = co_await host().ended_sessions(*most);
  if (!sessions.is_kept && sessions.some.empty()) {
    error("no listener has keep_ended = true, and so nothing is kept of what has ended");
    co_return;
  }
  const auto now = std::chrono::steady_clock::now();
  std::string lines;
  for (const AdminHost::Ended& session : sessions.some) lines += line_of(session, now);
  end_list(sessions.some.size(), std::move(lines), sessions.silent_workers);
}

streams::Task<void> AdminConnection::sessions() {
  const auto most = how_many("SESSIONS", most_sessions);
  if (!most) co_return;
  const AdminHost::Sessions sessions = co_await host().sessions(*most);
  std::string lines;
  for (const AdminHost::Session& session : sessions.some) lines += line_of(session);
  std::size_t count = sessions.some.size();
  if (sessions.all > count) {
    lines += "+and " + std::to_string(sessions.all - sessions.some.size()) + " more\r\n";
    ++count;
  }
  end_list(count, std::move(lines), sessions.silent_workers);
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
