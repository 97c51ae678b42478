// FAULT of the admin protocol: faults of one living session, which its worker is asked for.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/protocols/admin_connection.hpp"
#include "streams/faults/grammar.hpp"
#include "streams/text/number.hpp"

namespace server::protocols {

streams::Task<void> AdminConnection::fault() {
  using What = AdminHost::FaultOrder::What;
  const std::size_t space = argument_.find(' ');
  const std::string id = argument_.substr(0, space);
  const std::string wanted = space == std::string::npos ? "" : argument_.substr(space + 1);
  if (wanted.empty()) {
    error("FAULT takes an id and a fault, SHOW or OFF, as in FAULT 17 reset at byte 0");
    co_return;
  }
  const auto number = text::whole_number<std::uint64_t>(id);
  if (!number) {
    no_id(id);
    co_return;
  }
  const std::string word = in_capitals(wanted);
  AdminHost::FaultOrder order(word == "SHOW" ? What::show : What::off);
  if (word != "SHOW" && word != "OFF") {
    faults::ParsedFault parsed = faults::parse(wanted);
    if (!parsed) {
      error("fault, column " + std::to_string(parsed.wrong.column) + ": " + parsed.wrong.what);
      co_return;
    }
    if (parsed.fault.place.kind == faults::Place::Kind::accept) {
      error("session " + id + " has been accepted already");
      co_return;
    }
    order = AdminHost::FaultOrder(std::move(parsed.fault));
  }
  const bool is_show = order.what == What::show;
  const AdminHost::FaultAnswer answer = co_await host().order_fault(*number, std::move(order));
  if (answer.found != AdminHost::Found::yes) {
    not_found(id, answer.found);
  } else if (!answer.refusal.empty()) {
    error("session " + id + ' ' + answer.refusal);
  } else if (is_show) {
    std::string lines;
    for (const std::string& text : answer.in_force) lines.append("+").append(text).append("\r\n");
    array(answer.in_force.size(), lines);
  } else {
    ok("OK");
  }
}

}  // namespace server::protocols
