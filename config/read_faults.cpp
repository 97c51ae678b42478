#include "config/read_faults.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include "config/listener_set.hpp"
#include "config/read_file.hpp"
#include "config/units.hpp"
#include "streams/faults/grammar.hpp"
#include "streams/faults/plan.hpp"

namespace config {
namespace {

faults::ParsedPlan read_plan(const std::string& path) {
  const FileText file = read_regular_file(path, "leave the key out");
  if (!file.text) return {{}, "cannot read " + path + ": " + file.problem};
  faults::ParsedPlan parsed = faults::parse_plan(std::string_view(*file.text));
  if (!parsed) parsed.error = path + ", " + parsed.error;
  return parsed;
}

bool is_of_reply(const faults::Place& place) noexcept {
  using Kind = faults::Place::Kind;
  return place.of == faults::Direction::output &&
         (place.kind == Kind::line || place.kind == Kind::every_line);
}

/// Why a listener cannot have them, or empty.
std::string wrong_with(const faults::Plan& plan, const Protocol* protocol,
                       const std::string& address) {
  for (const faults::Fault& fault : plan.faults) {
    if (protocol != nullptr) {
      if (std::string why = wrong_with(fault, *protocol); !why.empty()) return why;
    }
    if (fault.action == faults::Action::refuse && address == inherited_address) {
      return quoted(to_text(fault)) +
             " closes the listening socket, and this one is the service manager's";
    }
  }
  return {};
}

}  // namespace

std::string wrong_with(const faults::Fault& fault, const Protocol& protocol) {
  if (protocol.has_replies || !is_of_reply(fault.place)) return {};
  return quoted(to_text(fault)) + " happens at a reply, and " + std::string{protocol.name} +
         " does not say where its replies end";
}

void check_faults(TableReader& reader, const Protocol* protocol, Listener& listener) {
  const bool has_file = !listener.fault_plan.empty();
  const bool is_in_band = listener.fault_in_band == InBand::yes;
  if (listener.faults.empty() && !has_file && !is_in_band) return;
  if (has_file && !listener.faults.empty()) {
    return reader.error(reader.at("fault_plan"),
                        "there are 'faults' and a 'fault_plan'; write one of them");
  }
  if (is_in_band && protocol != nullptr && !protocol->has_replies) {
    return reader.error(reader.at("fault_in_band"), "'fault_in_band' needs a protocol that has " +
                                                        std::string{"commands for it; "} +
                                                        std::string{protocol->name} + " has none");
  }
  const std::string_view key = has_file                  ? "fault_plan"
                               : listener.faults.empty() ? "fault_in_band"
                                                         : "faults";
  const std::string name = "'" + std::string{key} + "'";
  if (listener.address.starts_with("unix:")) {
    return reader.error(reader.at(key), name + " applies to IP addresses only; this is " +
                                            quoted(listener.address));
  }
  if (listener.fault_sources.networks().empty()) {
    return reader.error(reader.at(key), name + " needs 'fault_sources', the networks that it is " +
                                            "for, as in [\"127.0.0.0/8\"]");
  }
  faults::ParsedPlan parsed =
      has_file ? read_plan(listener.fault_plan) : faults::parse_plan(listener.faults);
  const std::string why =
      parsed ? wrong_with(parsed.plan, protocol, listener.address) : parsed.error;
  if (!why.empty()) return reader.error(reader.at(key), name + ": " + why);
  listener.plan = std::move(parsed.plan);
}

}  // namespace config
